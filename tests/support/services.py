"""Other services, with tokens of their own, at the service's door."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from aiohttp import ClientResponse, DummyCookieJar
from aiohttp.test_utils import TestClient, TestServer

from service import routes
from service.app import make_app
from service.domain.scopes import Scope
from service.kit.tokens import Token, hash_token
from service.outbox.subscribers import Subscriber, Subscribers
from service.parts import Parts, join
from service.service_tokens import ServiceToken, ServiceTokens, mint
from tests.support.contract import hold_to_contract
from tests.support.service import Client, Service


@dataclass(frozen=True)
class Door:
    """The service as other services see it, each with its token."""

    parts: Parts
    client: Client
    tokens: dict[str, str]

    async def get(
        self, path: str, *, name: str = "", token: str = ""
    ) -> ClientResponse:
        return await self.client.get(path, headers=self._bearer(name, token))

    async def post(
        self, path: str, *, name: str = "", token: str = "", json: object = None
    ) -> ClientResponse:
        return await self.client.post(
            path, headers=self._bearer(name, token), json=json
        )

    def _bearer(self, name: str, token: str) -> dict[str, str]:
        given = token or self.tokens.get(name, "")
        return {"Authorization": f"Bearer {given}"} if given else {}


def a_service_token(subscriber: str, *scopes: Scope) -> tuple[str, ServiceToken]:
    """Return a fresh token of a subscriber's, and what is known of it."""
    token, _ = mint(subscriber, scopes=scopes, subscriber=subscriber)
    return token, ServiceToken(
        name=subscriber,
        hash=hash_token(Token(token)),
        scopes=frozenset(scopes),
        subscriber=subscriber,
    )


@asynccontextmanager
async def door(
    service: Service, *subscribers: Subscriber, **scopes: tuple[Scope, ...]
) -> AsyncGenerator[Door]:
    """Yield the service with *subscribers*, each with a token."""
    made, tokens = [], {}
    for one in subscribers:
        wanted = scopes.get(one.name, tuple(Scope))
        tokens[one.name], known = a_service_token(one.name, *wanted)
        made.append(known)
    regions = {app: one.region for app, one in service.parts.given.profiles.items()}
    given = replace(
        service.parts.given,
        subscribers=Subscribers(subscribers, regions),
        service_tokens=ServiceTokens(tuple(made)),
    )
    parts = join(
        given,
        pool=service.pool,
        clock=service.clock,
        passwords=service.parts.passwords,
    )
    server = TestServer(make_app(parts, (*routes.PUBLIC, *routes.ADMIN[2:])))
    async with TestClient(
        server, cookie_jar=DummyCookieJar(), middlewares=[hold_to_contract]
    ) as client:
        yield Door(parts, client, tokens)
