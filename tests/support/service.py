"""The whole service behind a client: real PostgreSQL, stopped clock, cheap hashing."""

import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from aiohttp import ClientResponse, DummyCookieJar, web
from aiohttp.test_utils import TestClient, TestServer
from argon2 import PasswordHasher

from service import routes
from service.age_assurance.providers import ProofId, ProofStep, ProofWanted
from service.app import make_app
from service.kit.database import Pool
from service.kit.passwords import Passwords
from service.kit.secrets import KeyRing
from service.messages.adapters import OutgoingEmail, OutgoingSms
from service.messages.render import Renderer
from service.messages.send import Sender
from service.outbox.subscribers import Subscriber, Subscribers
from service.parts import Given, Parts, join
from service.profiles.reader import Profiles, read_profiles
from service.settings import Settings
from tests.support.applicants import SignedUp, code_in
from tests.support.clock import StoppedClock
from tests.support.contract import hold_to_contract

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
KEYS = KeyRing.fresh("test")
SHIPPED = Path(__file__).parents[2] / "deploy" / "profiles"
SANDBOX = "sandbox"
BASE_URL = "http://service.test"

SETTINGS = Settings(
    env="development",
    base_url=BASE_URL,
    limits_factor=1_000_000,
    profiles_dir=SHIPPED,
)

Json = Any
Client = TestClient[web.Request, web.Application]

PASSWORD = "violin harbour 27 umbrellas"


@dataclass
class SandboxProvider:
    """A provider that remembers what it was asked, and answers when a test says so.

    It sends people to *href*, or fails with *error*.
    """

    name: str = SANDBOX
    href: str = BASE_URL + "/prove/{proof_id}"
    error: Exception | None = None
    wanted: list[ProofWanted] = field(default_factory=list)

    async def start(self, wanted: ProofWanted) -> ProofStep:
        self.wanted.append(wanted)
        if self.error is not None:
            raise self.error
        return ProofStep(href=self.href.format(proof_id=wanted.proof_id))

    @property
    def latest(self) -> ProofId:
        return self.wanted[-1].proof_id


@dataclass
class Mailbox:
    """Every message that was sent, in both adapters' shape."""

    emails: list[OutgoingEmail] = field(default_factory=list)
    texts: list[OutgoingSms] = field(default_factory=list)

    def to(self, address: str) -> list[str]:
        """Return the texts of all messages to *address*, newest last."""
        mails = [mail.text for mail in self.emails if mail.to == address]
        return mails + [sms.text for sms in self.texts if sms.to == address]

    def code_for(self, address: str) -> str:
        return code_in(self.to(address)[-1])

    def link_for(self, address: str) -> str:
        """Return the token of the newest guardian link sent to *address*."""
        found = re.search(r"/guardian/([\w-]{43})", self.to(address)[-1])
        assert found is not None, "no link was sent"
        return found[1]


@dataclass
class _Emails:
    mailbox: Mailbox

    async def send(self, mail: OutgoingEmail, /) -> None:
        self.mailbox.emails.append(mail)


@dataclass
class _Texts:
    mailbox: Mailbox

    async def send(self, sms: OutgoingSms, /) -> None:
        self.mailbox.texts.append(sms)


@cache
def renderer() -> Renderer:
    """Return the templates, read once for all tests."""
    return Renderer()


@cache
def profiles_in(directory: Path) -> Profiles:
    """Return the profiles in *directory*, read once for all tests."""
    return read_profiles(directory)


async def deliver(parts: Parts, mailbox: Mailbox) -> Mailbox:
    """Put every message that is due into *mailbox*."""
    sender = Sender(
        pool=parts.pool,
        clock=parts.clock,
        vault=parts.vault,
        profiles=parts.given.profiles,
        renderer=renderer(),
        email=_Emails(mailbox),
        sms=_Texts(mailbox),
    )
    while await sender.step():
        pass
    return mailbox


def everything(name: str = "everything") -> Subscriber:
    """Return a subscriber that is told of all there is."""
    return Subscriber(
        name=name,
        url="http://127.0.0.1:1/",
        secrets=(b"0" * 24,),
        types=(
            "registration.*",
            "age.*",
            "consent.*",
            "account.*",
            "policy.*",
            "security.*",
        ),
        apps=tuple(profiles_in(SHIPPED)),
        legal_ground="contract",  # type: ignore[arg-type]
        region="CN",
        transfer_mechanism="standard contractual clauses",
        allow_insecure=True,
        allow_private=True,
    )


def make_given(settings: Settings = SETTINGS, *providers: Any) -> Given:
    read = profiles_in(settings.profiles_dir or SHIPPED)
    profiles = Profiles(
        {
            app: replace(one, age_proof_provider=SANDBOX) if one.age.proof else one
            for app, one in read.items()
        }
    )
    return Given(
        settings=settings,
        keys=KEYS,
        profiles=profiles,
        subscribers=Subscribers(
            (everything(),), {app: one.region for app, one in profiles.items()}
        ),
        providers={one.name: one for one in providers},
    )


@dataclass(repr=False)  # pytest-asyncio writes out what a fixture yields, often
class Service:
    """The service as its clients and its operator see it."""

    parts: Parts
    client: Client
    clock: StoppedClock
    pool: Pool
    sandbox: SandboxProvider
    mailbox: Mailbox = field(default_factory=Mailbox)

    async def post(
        self,
        path: str,
        body: Mapping[str, Json] | None = None,
        *,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> ClientResponse:
        asked = {**_bearer(token), **(headers or {})}
        return await self.client.post(path, json=body or {}, headers=asked)

    async def get(self, path: str, *, token: str | None = None) -> ClientResponse:
        return await self.client.get(path, headers=_bearer(token))

    async def delete(self, path: str, *, token: str | None = None) -> ClientResponse:
        return await self.client.delete(path, headers=_bearer(token))

    async def send_messages(self) -> Mailbox:
        """Let the worker send what is queued, and return the mailbox."""
        while await self.parts.recovery.resets.step():
            pass
        return await deliver(self.parts, self.mailbox)

    async def events(self, subject: str | None = None) -> list[str]:
        """Return the types of the events told so far, oldest first."""
        rows = await self.pool.fetch(
            "SELECT event_type FROM outbox_event"
            " WHERE $1::text IS NULL OR subject_id::text = $1"
            " ORDER BY occurred_at, sequence",
            subject,
        )
        return [row["event_type"] for row in rows]

    async def count(self, table: str) -> int:
        return int(await self.pool.fetchval(f"SELECT count(*) FROM {table}"))  # noqa: S608

    async def check_age(self, app: str, **answer: Json) -> Json:
        response = await self.post(f"/v1/apps/{app}/age-checks", answer)
        assert response.status == 200, await response.text()
        return await response.json()

    async def register(self, app: str, **form: Json) -> "Applicant":
        """Sign up with *form* over defaults that every operator takes."""
        body = {
            "password": PASSWORD,
            "policy_version": self.policy_version(app),
            **form,
        }
        response = await self.post(f"/v1/apps/{app}/registrations", body)
        assert response.status == 202, await response.text()
        return Applicant(self, await response.json())

    def policy_version(self, app: str) -> str:
        profile = self.parts.given.profiles[app]
        return profile.current_policy(self.clock.now().date()).version


@dataclass
class Applicant(SignedUp):
    """Somebody signing up, as their app sees it."""

    service: Service
    answer: Json

    @property
    def state(self) -> str:
        return str(self.answer["state"])

    async def look(self) -> Json:
        response = await self.service.get(
            f"/v1/registrations/{self.id}", token=self.token
        )
        assert response.status == 200, await response.text()
        return await response.json()

    async def post(self, step: str, **body: Json) -> ClientResponse:
        path = f"/v1/registrations/{self.id}/{step}"
        return await self.service.post(path, body, token=self.token)

    async def confirm(self, address: str, channel: str = "email") -> Json:
        """Type the code that was sent to *address*."""
        mailbox = await self.service.send_messages()
        code = mailbox.code_for(address)
        response = await self.post("contact-confirmations", code=code, channel=channel)
        assert response.status == 200, await response.text()
        return await response.json()

    async def ask_guardian(self, address: str, **more: Json) -> Json:
        response = await self.post("guardian-requests", guardian_email=address, **more)
        assert response.status == 202, await response.text()
        return await response.json()


def _bearer(token: str | None) -> dict[str, str]:
    return {} if token is None else {"Authorization": f"Bearer {token}"}


@asynccontextmanager
async def running(
    pool: Pool,
    clock: StoppedClock,
    settings: Settings = SETTINGS,
    passwords: Passwords | None = None,
) -> AsyncGenerator[Service]:
    """Yield the service on *pool*, behind a client that keeps no cookies.

    Every answer to the client is held against openapi.yaml, except the pages.
    """
    sandbox = SandboxProvider()
    hashing = passwords or Passwords(CHEAP, workers=2, queue=500)
    given = make_given(settings, sandbox)
    parts = join(given, pool=pool, clock=clock, passwords=hashing)
    server = TestServer(make_app(parts, (*routes.PUBLIC, *routes.ADMIN[2:])))
    try:
        async with TestClient(
            server, cookie_jar=DummyCookieJar(), middlewares=[hold_to_contract]
        ) as client:
            yield Service(parts, client, clock, pool, sandbox)
    finally:
        hashing.close()
