"""An event goes to nobody inside our house, however the address leads there."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field, replace

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.test_utils import TestServer

from service.kit.outbound import open_session
from service.outbox.webhooks import WebhookTransport
from tests.outbox.support import World, event

OUTSIDE = "203.0.113.7"
SPELLINGS = (
    "127.0.0.1",
    "127.1",
    "0",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "localhost",
    "169.254.169.254",
    "[fd00:ec2::254]",
)


@dataclass
class Rebinding(AbstractResolver):
    """Answers with an address outside first, and with one inside ever after."""

    answers: list[str] = field(default_factory=lambda: [OUTSIDE])
    asked: int = 0

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,  # noqa: ARG002
    ) -> list[ResolveResult]:
        self.asked += 1
        address = self.answers.pop(0) if self.answers else "127.0.0.1"
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
        ]

    async def close(self) -> None:
        pass


@dataclass
class Inside:
    """A port on loopback that counts who connects."""

    port: int = 0
    connections: int = 0

    def __call__(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        writer.close()


@pytest.fixture
async def inside() -> AsyncGenerator[Inside]:
    one = Inside()
    server = await asyncio.start_server(one, ["127.0.0.1"])
    async with server:
        one.port = server.sockets[0].getsockname()[1]
        yield one


async def attempts(world: World, url: str, count: int = 3) -> None:
    """Try to deliver one event so many times to *url*, as a stranger's."""
    await world.tell(event())
    for _ in range(count):
        await world.step(url=url, allow_private=False)
        world.clock.time = await world.due_at()
    assert [state for state, _, _ in await world.states()] == ["pending"]


@pytest.mark.parametrize("host", SPELLINGS)
async def test_no_spelling_leads_inside(
    world: World, inside: Inside, host: str
) -> None:
    await attempts(world, f"http://{host}:{inside.port}/")

    assert inside.connections == 0


async def test_a_name_that_moves_inside_is_not_followed(
    world: World, inside: Inside
) -> None:
    resolver = Rebinding()
    url = f"http://hook.example:{inside.port}/"
    await world.tell(event())

    for asked in range(1, 4):
        async with open_session(resolver=resolver) as session:  # it keeps answers
            transport = WebhookTransport(public=session, private=session)
            await world.working(transport=transport).step(url=url, allow_private=False)
        world.clock.time = await world.due_at()
        assert resolver.asked == asked

    assert inside.connections == 0


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_inside_is_not_followed(
    world: World, inside: Inside, status: int
) -> None:
    async def lead_inside(_: web.Request) -> web.Response:
        there = f"http://127.0.0.1:{inside.port}/latest/meta-data"
        return web.Response(status=status, headers={"Location": there})

    app = web.Application()
    app.router.add_post("/hook", lead_inside)
    async with TestServer(app) as server:
        house = replace(world, rights=replace(world.rights, allow_private=True))
        await house.tell(event())
        await house.step(url=str(server.make_url("/hook")))

    assert await world.states() == [("pending", 1, status)]
    assert inside.connections == 0
