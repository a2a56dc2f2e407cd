"""People who sign up, and what each of them holds in their hands."""

import asyncio
import re
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final, TypeVar

from aiohttp import ClientResponse

from service.domain.registration import State
from service.messages.adapters import OutgoingEmail, OutgoingSms
from tests.support.clock import StoppedClock
from tests.support.databases import delete_rows
from tests.support.service import PASSWORD, Applicant, Json, Service

T = TypeVar("T")

SECONDS: Final = 60.0
NO_LINK: Final = "x" * 43
NO_CODE: Final = "000000"

STATES: Final = """
SELECT registration_id::text AS id, state FROM registration
UNION ALL
SELECT registration_id::text, CASE WHEN completed THEN 'completed' ELSE 'ended' END
FROM registration_end
"""


@dataclass(frozen=True)
class Kind:
    """A kind of person: so many *years* old for *days* more, telling *fields*."""

    app: str
    years: int
    days: int
    fields: tuple[str, ...]

    def born(self, today: date) -> date:
        birthday = today + timedelta(days=self.days)
        return date(
            birthday.year - self.years - 1, birthday.month, min(birthday.day, 28)
        )


@dataclass
class Person:
    """Somebody who signed up, with the codes and links that were sent for them."""

    applicant: Applicant
    kind: Kind
    typed: Mapping[str, Json]
    state: State
    codes: dict[str, str] = field(default_factory=dict)
    links: list[str] = field(default_factory=list)


@dataclass
class World:
    """The service and its people, for a thread beside the loop that they live on."""

    service: Service
    tables: list[str]
    loop: asyncio.AbstractEventLoop
    people: list[Person] = field(default_factory=list)

    def run(self, step: Coroutine[Any, Any, T]) -> T:
        """Return what *step* returns on the loop; the calling thread waits."""
        return asyncio.run_coroutine_threadsafe(step, self.loop).result(SECONDS)

    def ask(self, request: Coroutine[Any, Any, ClientResponse]) -> Json:
        """Return what a request is answered: a step or a refusal, never a fault."""
        return self.run(_answer(request))

    def sign_up(self, kind: Kind, typed: Mapping[str, Json]) -> None:
        today = self.service.clock.now().date()
        form = {
            "password": PASSWORD,
            "policy_version": self.service.policy_version(kind.app),
            **{name: typed[name] for name in kind.fields},
        }
        if kind.app != "terran-studio":
            form["date_of_birth"] = kind.born(today).isoformat()
        told = self.ask(self.service.post(f"/v1/apps/{kind.app}/registrations", form))
        if "registration_id" in told:
            applicant = Applicant(self.service, told)
            state = State(told["state"])
            self.people.append(Person(applicant, kind, typed, state))

    def take(self, person: Person, step: str, **form: Json) -> Json:
        """Take a step of the applicant, or of the guardian behind their link."""
        self.run(self.read_messages())
        if step == "answer":
            return self.answer(person, **form)
        channel = form.get("channel", "email")
        filled: dict[str, Json] = {
            "contact-codes": {"channel": channel},
            "contact-confirmations": {
                "code": person.codes.get(channel, NO_CODE),
                "channel": channel,
            },
            "guardian-requests": {"guardian_email": "dad@example.org"},
            "guardian-reminders": {},
            "age-proofs": {"method": "card"},
            "policy-acceptances": {
                "policy_version": self.service.policy_version(person.kind.app)
            },
        }
        return self.ask(person.applicant.post(step, **{**filled[step], **form}))

    def answer(self, person: Person, *, newest: bool = True, **form: Json) -> Json:
        """Open a link and answer, as an adult beside the child would."""
        path = f"/v1/registrations/{person.applicant.id}"
        seen = self.ask(self.service.get(path, token=person.applicant.token))
        asked = seen.get("guardian_request", {"match_code": NO_CODE})
        links = person.links or [NO_LINK]
        link = {"link_token": links[-1] if newest else links[0]}
        said = {"answer": "give", "match_code": asked["match_code"], "adult": True}
        self.ask(self.service.post("/v1/consent-requests/open", link))
        reply = {**link, **said, **form}
        return self.ask(self.service.post("/v1/consent-requests/answer", reply))

    def give_up(self, person: Person) -> Json:
        path = f"/v1/registrations/{person.applicant.id}"
        return self.ask(self.service.delete(path, token=person.applicant.token))

    def those(self, *states: State) -> list[Person]:
        """Return everybody in one of *states*, or everybody."""
        return [one for one in self.people if not states or one.state in states]

    async def read_messages(self) -> None:
        """Send what is queued, and hand each code and link to whom it is for."""
        mailbox = self.service.mailbox
        await self.service.send_messages()
        sent: list[OutgoingEmail | OutgoingSms] = [*mailbox.emails, *mailbox.texts]
        for message in sent:
            subject_id = await self.service.pool.fetchval(
                "SELECT subject_id::text FROM message WHERE message_id = $1", message.id
            )
            for person in self.people:
                if person.applicant.id == subject_id:
                    _hand_over(message, person)
        mailbox.emails.clear()
        mailbox.texts.clear()

    async def states(self) -> dict[str, State]:
        """Return where each registration stands that the database still knows of."""
        rows = await self.service.pool.fetch(STATES)
        return {row["id"]: State(row["state"]) for row in rows}

    async def empty(self) -> None:
        """Forget everybody."""
        self.people.clear()
        self.service.mailbox.emails.clear()
        self.service.mailbox.texts.clear()
        self.service.sandbox.wanted.clear()
        self.service.clock.time = StoppedClock().time
        await delete_rows(self.service.pool, self.tables)


async def _answer(request: Coroutine[Any, Any, ClientResponse]) -> Json:
    response = await request
    assert response.status < 500, await response.text()
    return {} if response.status == 204 else await response.json()


def _hand_over(message: OutgoingEmail | OutgoingSms, person: Person) -> None:
    channel = "email" if isinstance(message, OutgoingEmail) else "phone"
    if code := re.search(r"(?<!\d)\d{6}(?!\d)", message.text):
        person.codes[channel] = code[0]
    if link := re.search(r"/guardian/([\w-]{43})", message.text):
        person.links.append(link[1])
