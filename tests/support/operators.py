"""The whole service, run for operators and subscribers of a test's own making."""

from collections.abc import AsyncGenerator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

from aiohttp import ClientMiddlewareType, DummyCookieJar
from aiohttp.test_utils import TestClient, TestServer

from service import routes
from service.app import make_app
from service.domain.forms import ContactKind, Need
from service.domain.profiles import PolicyProfile
from service.kit.database import Pool
from service.kit.passwords import Passwords
from service.kit.secrets import KeyRing
from service.kit.traces import Traces
from service.outbox.subscribers import Subscriber, Subscribers
from service.parts import join
from service.profiles.reader import Profiles
from service.service_tokens import NO_TOKENS, ServiceTokens
from tests.support.clock import StoppedClock
from tests.support.contract import hold_to_contract
from tests.support.service import (
    CHEAP,
    KEYS,
    SETTINGS,
    SandboxProvider,
    Service,
    everything,
    make_given,
)

SHIPPED = make_given().profiles


@asynccontextmanager
async def running_for(
    pool: Pool,
    clock: StoppedClock,
    *changed: PolicyProfile,
    subscribers: Collection[Subscriber] | None = None,
    watching: Collection[ClientMiddlewareType] = (),
    provider: SandboxProvider | None = None,
    traces: Traces | None = None,
    service_tokens: ServiceTokens = NO_TOKENS,
    keys: KeyRing = KEYS,
) -> AsyncGenerator[Service]:
    """Yield the service with *changed* profiles beside the shipped ones.

    *subscribers* are told of events, by default one that is told of everything;
    *watching* sees every answer; *provider* takes the proofs of age; *traces* are on
    where they are given; other services have *service_tokens*; *keys* are those of the
    keys file.
    """
    sandbox = provider or SandboxProvider()
    hashing = Passwords(CHEAP, workers=2, queue=500)
    profiles: Mapping[str, PolicyProfile] = {
        **SHIPPED,
        **{one.app: one for one in changed},
    }
    given = replace(
        make_given(SETTINGS, sandbox),
        keys=keys,
        profiles=Profiles(profiles),
        subscribers=Subscribers(
            (everything(),) if subscribers is None else tuple(subscribers),
            {app: one.region for app, one in profiles.items()},
        ),
        service_tokens=service_tokens,
    )
    parts = join(given, pool=pool, clock=clock, passwords=hashing)
    table = (*routes.PUBLIC, *routes.ADMIN[2:])
    server = TestServer(make_app(parts, table, traces=traces))
    try:
        async with TestClient(
            server,
            cookie_jar=DummyCookieJar(),
            middlewares=[*watching, hold_to_contract],
        ) as client:
            yield Service(parts, client, clock, pool, sandbox)
    finally:
        hashing.close()


def asking_children_everything(app: str) -> PolicyProfile:
    """Return the profile of *app*, whose children may fill in the adults' fields too.

    No shipped operator asks children for a contact of their own; some operators will.
    """
    profile = SHIPPED[app]
    fields = tuple(
        replace(
            rule,
            for_children=Need.OPTIONAL
            if rule.for_children is Need.ABSENT
            else rule.for_children,
        )
        for rule in profile.fields
    )
    contacts = tuple(kind for kind in ContactKind if profile.field(kind) is not None)
    return replace(profile, fields=fields, confirms=contacts)
