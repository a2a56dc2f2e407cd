"""The service at an address of its own, with a mailbox and a provider of age proofs."""

import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from service import routes
from service.age_assurance.providers import ProofStep, ProofWanted
from service.app import listening, make_app
from service.dev import sandbox
from service.dev.routes import DEV
from service.dev.sandbox import SandboxProvider
from service.domain.profiles import PolicyProfile, ProofMethod
from service.kit.database import Pool
from service.kit.passwords import Passwords
from service.parts import Parts, join
from service.profiles.reader import Profiles
from tests.support.clock import StoppedClock
from tests.support.processes import free_port
from tests.support.service import CHEAP, SANDBOX, SETTINGS, Mailbox, deliver, make_given

HOST = "127.0.0.1"
NAME = "localhost"  # passkeys belong to a name, and to no address
ELSEWHERE = "https://cards.example/check"

# The page of the provider of age proofs, as in dev mode.
OF_THE_PROVIDER = tuple(route for route in DEV if route.path == sandbox.PATH)


class Provider:
    """Looks at documents on a page of this site, and at cards on another one."""

    name = SANDBOX

    async def start(self, wanted: ProofWanted) -> ProofStep:
        if wanted.method is ProofMethod.CARD:
            return ProofStep(href=ELSEWHERE)
        return await SandboxProvider().start(wanted)


@dataclass(repr=False)  # pytest-asyncio writes out what a fixture yields, often
class Site:
    """The service, and what tests look into behind it."""

    url: str
    parts: Parts
    clock: StoppedClock
    mailbox: Mailbox = field(default_factory=Mailbox)

    @property
    def pool(self) -> Pool:
        return self.parts.pool

    async def code_for(self, address: str) -> str:
        """Return the newest code sent to *address*."""
        return (await deliver(self.parts, self.mailbox)).code_for(address)

    async def link_for(self, address: str, path: str = "guardian") -> str:
        """Return the newest link to *path* sent to *address*, as the message has it."""
        while await self.parts.recovery.resets.step():
            pass
        sent = (await deliver(self.parts, self.mailbox)).to(address)
        shape = rf"http\S+/{path}[/#](?:enter/)?[\w-]{{43}}"
        links = [re.search(shape, one) for one in sent]
        found = [one[0] for one in links if one is not None]
        assert found, sent
        return found[-1]

    async def count(self, table: str) -> int:
        return int(await self.pool.fetchval(f"SELECT count(*) FROM {table}"))  # noqa: S608


@asynccontextmanager
async def open_site(
    pool: Pool, clock: StoppedClock, *changed: PolicyProfile
) -> AsyncGenerator[Site]:
    """Serve everything on a free port of this machine, with *changed* profiles."""
    port = free_port()
    url = f"http://{NAME}:{port}"
    settings = replace(SETTINGS, base_url=url)
    passwords = Passwords(CHEAP, workers=2, queue=500)
    given = make_given(settings, Provider())
    own: Mapping[str, PolicyProfile] = {one.app: one for one in changed}
    given = replace(given, profiles=Profiles({**given.profiles, **own}))
    parts = join(given, pool=pool, clock=clock, passwords=passwords)
    app = make_app(parts, (*routes.PUBLIC, *OF_THE_PROVIDER))
    try:
        async with listening(app, HOST, port):
            yield Site(url, parts, clock)
    finally:
        passwords.close()
