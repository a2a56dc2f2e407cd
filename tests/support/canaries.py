"""Personal data with a mark on it, typed into every field on every path."""

import asyncio
import io
import logging
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count

import asyncpg
import structlog
from aiohttp import ClientHandlerType, ClientRequest, ClientResponse

from service import routes
from service.age_assurance.providers import Outcome, ProofStep, ProofWanted
from service.app import listening, make_app
from service.kit import logs
from service.kit.traces import Traces
from service.messages.adapters import OutgoingEmail, OutgoingSms
from service.messages.send import Sender
from service.worker import Outlets
from tests.contract.raw_http import exchange
from tests.support.canary_guardians import guard_and_lose
from tests.support.canary_holders import come_and_go
from tests.support.canary_sessions import sign_in_and_out
from tests.support.canary_signers import sign_by_hand
from tests.support.deliveries import Taken
from tests.support.families import Family
from tests.support.service import (
    Applicant,
    Json,
    SandboxProvider,
    Service,
    renderer,
)

BORN = "2014-07-23"
ADULT = {"date_of_birth": "1984-07-23", "country": "DE"}
EMAIL = "qzvmail@canary.example.org"
PHONE = "+8613987654321"
GUARDIAN = "qzvguardian@canary.example.org"
GUARDIAN_PHONE = "+8613912348765"
USERNAME = "qzvusername"
PASSWORD = "qzvpassword harbour 27 umbrellas"
EXTRAS = {
    "name": "qzvname",
    "birthday": "1913-03-13",
    "gender": "qzvgender",
    "location": "qzvlocation",
    "industry": "qzvindustry",
}
STRAY = "qzvstray"
"""Typed where nothing personal belongs: paths, headers, broken bodies."""

MARKS = (
    *(BORN, ADULT["date_of_birth"], EMAIL, "qzvmail", PHONE, PHONE[1:], PHONE[3:]),
    *(GUARDIAN, "qzvguardian", "canary.example", USERNAME, PASSWORD, "qzvpassword"),
    *(GUARDIAN_PHONE, GUARDIAN_PHONE[1:], GUARDIAN_PHONE[3:]),
    *EXTRAS.values(),
    STRAY,
)

NUMBERS = count()


@dataclass
class Seen:
    """One answer, and the address it came from."""

    url: str
    status: int
    headers: Mapping[str, str]
    media_type: str
    body: str


@dataclass
class Watch:
    """Everything that the service told anybody while marked people signed up."""

    log: io.StringIO = field(default_factory=io.StringIO)
    answers: list[Seen] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    traces: Traces | None = None

    async def see(
        self, request: ClientRequest, handler: ClientHandlerType
    ) -> ClientResponse:
        response = await handler(request)
        headers = dict(response.headers.items())
        body = (await response.read()).decode()
        url, kind = str(response.url.raw_path_qs), response.content_type
        self.answers.append(Seen(url, response.status, headers, kind, body))
        return response


@contextmanager
def logging_to(stream: io.StringIO) -> Generator[None]:
    """Log as production does, at its most talkative, and then as before."""
    root, before = logging.getLogger(), [*logging.getLogger().handlers]
    level = root.level
    logs.set_up("debug", to=stream)
    root.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        structlog.reset_defaults()
        root.handlers[:] = before
        root.setLevel(level)


async def register(service: Service, app: str, **form: Json) -> ClientResponse:
    body = {
        "password": PASSWORD,
        "policy_version": service.policy_version(app),
        **form,
    }
    path, key = f"/v1/apps/{app}/registrations", f"{STRAY}-{next(NUMBERS)}"
    return await service.post(path, body, headers={"Idempotency-Key": key})


async def a_child(service: Service, username: str, guardian: str) -> Family:
    """Return a child that filled in everything, and made every mistake it can."""
    number = PHONE[:-1] + str(len(username) % 10)
    response = await register(
        service,
        "terra-maestro",
        date_of_birth=BORN,
        username=username,
        email=f"{username}@canary.example.org",
        phone=number,
        profile=EXTRAS,
        locale=f"en-{STRAY}",
    )
    assert response.status == 202, await response.text()
    child = Applicant(service, await response.json())
    for channel, contact in (
        ("email", f"{username}@canary.example.org"),
        ("phone", number),
    ):
        await child.post("contact-confirmations", code=STRAY, channel=channel)
        await child.post("contact-confirmations", code="000000", channel=channel)
        await child.post("contact-codes", channel=channel)
        await child.confirm(contact, channel)
    await child.post("guardian-requests", guardian_email=STRAY)
    await child.post("guardian-requests", guardian_email=guardian, relation=STRAY)
    await child.post(
        "guardian-requests", guardian_email=f"{username}+mum@canary.example.org"
    )
    asked = await child.ask_guardian(guardian, locale=f"en-{STRAY}")
    mailbox = await service.send_messages()
    return Family(
        service, child, guardian, asked["match_code"], mailbox.link_for(guardian)
    )


async def a_child_by_text(service: Service, _: Watch) -> None:
    """A child whose guardian is asked, and answers, by text messages."""
    username = f"{USERNAME}t"
    form = {"date_of_birth": BORN, "username": username}
    both = {"guardian_phone": GUARDIAN_PHONE, "guardian_email": GUARDIAN}
    await register(service, "terra-maestro", **form, **both)
    await register(service, "terra-maestro", **form, guardian_phone=STRAY)
    form["guardian_phone"] = GUARDIAN_PHONE
    response = await register(service, "terra-maestro", **form)
    assert response.status == 202, await response.text()
    child = Applicant(service, await response.json())
    await child.post("guardian-requests", guardian_phone=STRAY)
    await child.post("guardian-reminders")
    link = (await service.send_messages()).link_for(GUARDIAN_PHONE)
    code = (await child.look())["guardian_request"]["match_code"]
    family = Family(service, child, GUARDIAN_PHONE, code, link)
    assert (await family.answer("give", method=STRAY)).status == 422
    assert (await family.answer("give")).status == 200
    granted = (await service.send_messages()).link_for(GUARDIAN_PHONE)
    for another in (GUARDIAN_PHONE, STRAY):
        body = {
            "link_token": granted,
            "guardian_phone": another,
            "relation": "parent",
        }
        await service.post("/v1/consents/invite", body)
    for number in (GUARDIAN_PHONE, STRAY):
        path = "/v1/apps/terra-maestro/guardian-sign-ins"
        await service.post(path, {"guardian_phone": number})
    while await service.parts.guardian_sign_ins.step():
        await service.send_messages()
    asked = await service.post("/v1/consents/ask", {"link_token": granted})
    assert asked.status == 202


async def children(service: Service, watch: Watch) -> None:
    """Children whose guardians answer in every way, or never."""
    for number, answer in enumerate(("give", "refuse", "not_my_child", "", "gone")):
        family = await a_child(
            service, f"{USERNAME}{'x' * number}", f"{number}-{GUARDIAN}"
        )
        watch.secrets += [family.link, family.child.token]
        assert (await family.open()).status == 200
        await family.answer("give", match_code=STRAY)
        await family.answer("give", purposes=[STRAY])
        await family.answer("give", adult=False)
        await family.answer(STRAY)
        if answer == "gone":
            await service.delete(
                f"/v1/registrations/{family.child.id}", token=family.child.token
            )
        elif answer:
            response = await family.answer(answer, purposes=["improvement"])
            assert response.status == 200, await response.text()
        if answer == "give":
            watch.secrets += await guard_and_lose(service, family.guardian)
    service.clock.advance(service.parts.given.profiles["plain"].timers.consent_link)
    for link in watch.secrets:
        await service.post("/v1/consent-requests/open", {"link_token": link})


async def signers(service: Service, watch: Watch) -> None:
    """A guardian who signs by hand."""
    family = await a_child(service, f"{USERNAME}form", f"form-{GUARDIAN}")
    watch.secrets += await sign_by_hand(service, family, STRAY)


async def adults(service: Service, watch: Watch) -> None:
    """Adults who prove their age, or don't, and one whose address has an account."""
    for number, outcome in enumerate(Outcome):
        contact = f"{number}-{EMAIL}"
        response = await register(
            service,
            "platform",
            **ADULT,
            email=contact,
            profile={"name": EXTRAS["name"]},
            purposes=["improvement"],
        )
        assert response.status == 202, await response.text()
        adult = Applicant(service, await response.json())
        await adult.confirm(contact)
        await adult.post("age-proofs", method=STRAY)
        await adult.post("age-proofs", method="wallet")
        assert (await adult.post("age-proofs", method="card")).status == 202
        await service.parts.proof_outcomes.take(service.sandbox.latest, outcome)
        watch.secrets.append(adult.token)
    again = await register(service, "platform", **ADULT, email=f"0-{EMAIL}")
    assert again.status == 202
    for app in service.parts.given.profiles:
        answer = {} if app == "terran-studio" else {"date_of_birth": BORN}
        await service.post(f"/v1/apps/{app}/age-checks", answer)


async def mistakes(service: Service, _: Watch) -> None:
    """Whatever can be wrong with a request."""
    await register(service, "terran-studio", username=USERNAME, profile=EXTRAS)
    await register(service, "terran-studio", username=USERNAME)
    await register(service, "terran-studio", username=USERNAME, password="qzvname 1")
    await register(
        service, "terran-studio", username=f"{USERNAME}1", password=f"{USERNAME}1" * 2
    )
    await register(
        service,
        "terra-maestro",
        date_of_birth=BORN,
        username=f"{STRAY} {STRAY}",
        profile={"birthday": STRAY, "name": STRAY * 40},
        purposes=[STRAY],
    )
    await register(service, "platform", date_of_birth=BORN, email=EMAIL, phone=PHONE)
    await register(service, "plain", **ADULT, email=STRAY, phone=STRAY)
    await register(service, "plain", **ADULT, email=EMAIL, **{STRAY: STRAY})
    await register(service, "plain", **ADULT, email=EMAIL, profile={STRAY: STRAY})
    await register(service, "plain", **ADULT, email=EMAIL, purposes=[STRAY])
    await register(service, "plain", ticket=STRAY, email=EMAIL)
    await register(service, "plain", date_of_birth=STRAY, country=STRAY)
    await register(service, "plain", **ADULT, email=[EMAIL], username={STRAY: STRAY})
    await service.post(f"/v1/apps/{STRAY}/registrations", {"email": EMAIL})

    client, path = service.client, "/v1/apps/plain/registrations"
    body = f'{{"email": "{EMAIL}", "password": "{PASSWORD}"'
    for media_type, data in (
        ("application/json", body),
        ("application/json", body + ', "email": "x"}'),
        ("application/json", f'{{"{STRAY}": NaN}}'),
        ("application/json", f'["{EMAIL}"]'),
        ("application/json", f'{{"email": "{EMAIL}\\u0000"}}'),
        ("application/json", f'{{"{STRAY}": ' + "[" * 20 + "]" * 20 + "}"),
        ("application/json", f'{{"{STRAY}": "{EMAIL * 1000}"}}'),
        ("text/plain", body + "}"),
        ("application/x-www-form-urlencoded", f"email={EMAIL}"),
        (f"application/json; charset={STRAY}", body + "}"),
    ):
        await client.post(path, data=data, headers={"Content-Type": media_type})
    headers = {
        "Authorization": f"Bearer {STRAY}",
        "Accept-Language": STRAY,
        "Cookie": f"__Host-agegate-gate={STRAY}; {STRAY}={STRAY}",
        "Idempotency-Key": STRAY * 40,
        "Referer": f"https://{STRAY}.example/{STRAY}",
        "User-Agent": STRAY,
        "X-Forwarded-For": STRAY,
        "X-Request-Id": STRAY,
    }
    for address in (
        f"/{STRAY}",
        f"/v1/apps/{STRAY}/sign-up",
        f"/v1/apps/plain/policies/{STRAY}",
        f"/v1/registrations/{STRAY}",
        f"/guardian/{STRAY}",
        f"/guardian/{STRAY * 6}"[:53],
        f"/policies/{STRAY}/{STRAY}",
        f"/sign-up/{STRAY}?email={EMAIL}",
    ):
        for method in ("GET", "POST", "DELETE", "OPTIONS"):
            origin = {"Origin": f"https://{STRAY}.example"} if method != "GET" else {}
            await client.request(
                method, address, headers={**headers, **origin}, allow_redirects=False
            )


async def holders(service: Service, watch: Watch) -> None:
    """Somebody with an account, which they change, lose and get back."""
    watch.secrets += await come_and_go(service)
    watch.secrets += await sign_in_and_out(service)


async def pages(service: Service, _: Watch) -> None:
    """The pages of a sign-up, with mistakes first."""
    born = dict(zip(("year", "month", "day"), BORN.split("-"), strict=True))
    at = "/sign-up/terra-maestro"
    await send(service, f"{at}/age", {**born, "day": STRAY, "country": "CN"})
    answer = await send(service, f"{at}/age", {**born, "country": "CN"})
    cookies = {key: one.value for key, one in answer.cookies.items()}
    form = {
        "key": STRAY,
        "policy_version": service.policy_version("terra-maestro"),
        "username": f"{USERNAME}page",
        "password": PASSWORD,
    }
    for wrong in (
        {"username": f"{STRAY} {STRAY}"},
        {"password": STRAY},
        {"profile.birthday": STRAY},
        {"key": ""},
    ):
        await send(service, f"{at}/form", {**form, **wrong}, cookies)
    answer = await send(service, f"{at}/form", form, cookies)
    assert answer.status == 303, await answer.text()
    cookies |= {key: one.value for key, one in answer.cookies.items()}
    for number, guardian in enumerate((STRAY, f"page-{GUARDIAN}")):
        asked = {"key": f"{STRAY}{number}", "guardian_email": guardian}
        await send(service, "/registration/guardian", asked, cookies)
    await send(service, "/registration/remind", {STRAY: STRAY}, cookies)
    await send(service, "/registration/give-up", {"sure": STRAY}, cookies)
    link = (await service.send_messages()).link_for(f"page-{GUARDIAN}")
    answer = await service.client.get(f"/guardian/{link}", allow_redirects=False)
    cookies = {key: one.value for key, one in answer.cookies.items()}
    await send(service, "/guardian/answer", {"answer": STRAY}, cookies)
    await send(service, "/guardian/answer", {"answer": "give", "code": STRAY}, cookies)


async def send(
    service: Service,
    path: str,
    form: Mapping[str, str],
    cookies: Mapping[str, str] | None = None,
) -> ClientResponse:
    cookie = "; ".join(f"{key}={value}" for key, value in (cookies or {}).items())
    headers = {"Cookie": cookie} if cookie else {}
    return await service.client.post(
        path, data=form, headers=headers, allow_redirects=False
    )


async def what_is_not_http(service: Service, watch: Watch) -> None:
    """Bytes with marks that no client would send."""
    table = (*routes.PUBLIC, *routes.ADMIN[2:])
    app = make_app(service.parts, table, traces=watch.traces)
    async with listening(app, "127.0.0.1", 0) as port:
        post = "POST /v1/apps/plain/registrations HTTP/1.1\r\nHost: a\r\n"
        for request in (
            f"{STRAY}\r\n\r\n",
            f"GET /{STRAY} HTTP/9.{STRAY}\r\n\r\n",
            f"GET / HTTP/1.1\r\n{STRAY}\r\nHost: {STRAY}\r\n\r\n",
            f"GET /{'x' * 9000}{STRAY} HTTP/1.1\r\nHost: a\r\n\r\n",
            f"{post}Content-Length: {STRAY}\r\n\r\n{EMAIL}",
            f"{post}Transfer-Encoding: chunked\r\n\r\n{STRAY}\r\n{EMAIL}\r\n",
        ):
            answer = await exchange(port, request.encode())
            headers = dict(answer.headers.items())
            seen = Seen("", answer.status, headers, "", answer.body.decode())
            watch.answers.append(seen)


class Quoting(SandboxProvider):
    """A provider of proofs that fails on demand, with a mark in its words."""

    fails = False

    async def start(self, wanted: ProofWanted) -> ProofStep:
        if self.fails:
            raise ValueError(f"{STRAY}: {wanted}")
        return await super().start(wanted)


async def a_failing_provider(service: Service, provider: Quoting) -> None:
    """A proof that can't begin, for a reason nobody thought of."""
    contact = f"p-{EMAIL}"
    response = await register(service, "platform", **ADULT, email=contact)
    adult = Applicant(service, await response.json())
    await adult.confirm(contact)
    provider.fails = True
    assert (await adult.post("age-proofs", method="card")).status == 500
    provider.fails = False


class Failing:
    """A mail server and an SMS provider whose faults quote what they were given."""

    async def send(self, letter: OutgoingEmail | OutgoingSms, /) -> None:
        raise ValueError(f"{STRAY}: {letter.to} {letter.text}")


async def failing_messages(service: Service, watch: Watch) -> None:
    """Messages that nobody takes."""
    await register(
        service,
        "terra-maestro",
        date_of_birth=BORN,
        username=f"{USERNAME}f",
        guardian_email=f"f-{GUARDIAN}",
    )
    failing = Outlets(email=Failing(), sms=Failing(), transport=Taken())
    outlets = failing.under(watch.traces)
    sender = Sender(
        pool=service.pool,
        clock=service.clock,
        vault=service.parts.vault,
        profiles=service.parts.given.profiles,
        renderer=renderer(),
        email=outlets.email,
        sms=outlets.sms,
    )
    assert await sender.step()


async def a_failing_database(service: Service, _: Watch) -> None:
    """Rows that can't be written, a column that is not there, a connection cut off."""
    pool, form = service.pool, {**ADULT, "email": f"lost-{EMAIL}"}
    for break_it, mend_it in (
        (
            "ALTER TABLE registration ADD CONSTRAINT none CHECK (false) NOT VALID",
            "ALTER TABLE registration DROP CONSTRAINT none",
        ),
        (
            "ALTER TABLE message RENAME COLUMN template TO other",
            "ALTER TABLE message RENAME COLUMN other TO template",
        ),
    ):
        await pool.execute(break_it)
        assert (await register(service, "plain", **form)).status == 500
        await pool.execute(mend_it)
    with suppress(asyncpg.InvalidTextRepresentationError):
        await pool.execute(f"SELECT CAST('{STRAY}' AS integer)")
    async with pool.acquire() as holder, holder.transaction():
        await holder.execute("LOCK TABLE registration")
        request = asyncio.create_task(register(service, "plain", **form))
        while not await holder.fetchval(CUT_OFF):
            pass
        assert (await request).status == 503


CUT_OFF = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


async def sign_up_marked(service: Service, watch: Watch, provider: Quoting) -> None:
    """Let marked people do everything that people do, right and wrong."""
    with logging_to(watch.log):
        await a_failing_provider(service, provider)
        for do in (
            children,
            signers,
            a_child_by_text,
            adults,
            mistakes,
            holders,
            pages,
            what_is_not_http,
            failing_messages,
            a_failing_database,
        ):
            await do(service, watch)
