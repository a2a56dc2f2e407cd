"""People at every step of signing up, so that requests meet more than a closed door."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

from service.domain.forms import Need
from tests.support.families import Family, a_child, a_family
from tests.support.service import PASSWORD, Applicant, Json, Service


@dataclass(frozen=True)
class Person:
    """Somebody signing up, and the code that they were sent, if any."""

    applicant: Applicant
    code: str | None = None


@dataclass
class People:
    """Makes people, each with a name and addresses that nobody else has."""

    service: Service
    numbers: Iterator[int] = field(default_factory=count)

    @property
    def kinds(self) -> Sequence[Callable[[], Awaitable[Person]]]:
        """One way to make somebody for each step."""
        return (
            self.confirms_a_contact,
            self.asks_a_guardian,
            self.proves_an_age,
            self.awaits_a_guardian,
            self.awaits_a_proof,
            self.comes_of_age,
            self.has_an_account,
            self.gave_up,
        )

    def email(self) -> str:
        return f"{self.name()}@example.org"

    def name(self) -> str:
        return f"somebody-{next(self.numbers)}"

    async def confirms_a_contact(self) -> Person:
        email = self.email()
        form = {"date_of_birth": "1990-05-17", "email": email}
        applicant = await self.service.register("plain", **form)
        mailbox = await self.service.send_messages()
        return Person(applicant, mailbox.code_for(email))

    async def asks_a_guardian(self) -> Person:
        return Person(await a_child(self.service, username=self.name()))

    async def awaits_a_guardian(self) -> Person:
        return Person((await self.a_family()).child)

    async def proves_an_age(self) -> Person:
        email = self.email()
        form = {"date_of_birth": "1990-05-17", "email": email}
        applicant = await self.service.register("platform", **form)
        await applicant.confirm(email)
        return Person(applicant)

    async def awaits_a_proof(self) -> Person:
        person = await self.proves_an_age()
        await person.applicant.post("age-proofs", method="document")
        return person

    async def comes_of_age(self) -> Person:
        """Return who decides alone by now; the clock stands where it stood before."""
        days, clock = timedelta(days=3), self.service.clock
        birthday = clock.now() + days
        born = f"{birthday.year - 14}-{birthday:%m-%d}"
        applicant = await a_child(
            self.service, username=self.name(), date_of_birth=born
        )
        clock.advance(days)
        await self.service.parts.timers.age_up()
        clock.advance(-days)
        return Person(applicant)

    async def has_an_account(self) -> Person:
        name = self.name()
        return Person(await self.service.register("terran-studio", username=name))

    async def gave_up(self) -> Person:
        person = await self.asks_a_guardian()
        path = f"/v1/registrations/{person.applicant.id}"
        await self.service.delete(path, token=person.applicant.token)
        return person

    async def a_family(self) -> Family:
        return await a_family(self.service, username=self.name(), guardian=self.email())

    async def form(self, app: str) -> dict[str, Json]:
        """Return a sign-up form that *app* takes, of an adult who was at the gate."""
        check = await self.service.check_age(app, date_of_birth="1990-05-17")
        number = next(self.numbers)
        core = {
            "email": f"somebody-{number}@example.org",
            "phone": f"+49301{number:06}",
            "username": f"somebody-{number}",
            "password": PASSWORD,
        }
        asked = [
            rule.name
            for rule in self.service.parts.given.profiles[app].fields
            if rule.for_adults is Need.REQUIRED
        ]
        return {
            **{name: core[name] for name in asked if name in core},
            "profile": {name: "Somebody" for name in asked if name not in core},
            "ticket": check["ticket"],
            "policy_version": self.service.policy_version(app),
        }
