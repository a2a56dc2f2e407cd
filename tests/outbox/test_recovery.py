"""A receiver in trouble of every kind gets everything once it is well again."""

import asyncio
import random
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from service.kit.outbound import open_session
from service.outbox.lanes import Lane
from service.outbox.webhooks import WebhookTransport
from tests.outbox.support import Receiver, Taken, World, accept, event, failing
from tests.outbox.test_transport import make_certificate

SUBJECTS, ROUNDS = 12, 10
Trouble = Callable[[Taken], Awaitable[web.Response]]


@dataclass
class AtWork:
    """A lane at work, and flows that go on telling, for ten minutes of the clock."""

    world: World
    lane: Lane
    subjects: list[UUID]

    async def pass_time(self) -> None:
        for _ in range(ROUNDS):
            await self.world.tell(*(event(one) for one in self.subjects))
            await self.drain()
            self.world.clock.advance(timedelta(minutes=1))

    async def drain(self) -> None:
        while await self.lane.step():
            await self.lane.finish()

    async def recover(self) -> None:
        """Let the clock run until nothing is owed any more; a pause is 6 h at most."""
        waited = timedelta(0)
        while await self.world.pool.fetchval("SELECT count(*) FROM outbox_delivery"):
            await self.drain()
            self.world.clock.advance(timedelta(minutes=30))
            waited += timedelta(minutes=30)
            assert waited < timedelta(hours=7)

    def check(self, taken: list[Taken]) -> None:
        """Everything that was answered 2xx came in order, and nothing is missing."""
        wanted = [*range(1, ROUNDS + 1)]
        first: dict[str, list[int]] = {}
        for one in taken:
            subject, number = one.place
            numbers = first.setdefault(subject, [])
            if number not in numbers:
                numbers.append(number)
        assert first == {str(one): wanted for one in self.subjects}


@pytest.fixture
def at_work(world: World) -> AtWork:
    rights = replace(world.rights, timeout_seconds=0.2)
    lane = Lane(dispatcher=world.dispatcher, subscriber=rights, look_seconds=0.001)
    return AtWork(world, lane, [uuid4() for _ in range(SUBJECTS)])


def some_fail(share: float) -> Trouble:
    chance, sick = random.Random(11), failing(500)  # noqa: S311 -- a test's order

    async def answer(one: Taken) -> web.Response:
        return await (sick if chance.random() < share else accept)(one)

    return answer


def too_slow() -> Trouble:
    """Never answer in time; one in four is told at once."""
    chance = random.Random(13)  # noqa: S311 -- a test's order

    async def answer(one: Taken) -> web.Response:
        if chance.random() < 0.75:
            await asyncio.Event().wait()
        return await accept(one)

    return answer


TROUBLES: dict[str, Callable[[], Trouble]] = {
    "down": lambda: failing(503),
    "busy": lambda: failing(429, Retry_After="90"),
    "30 % errors": lambda: some_fail(0.3),
    "moved": lambda: failing(301, Location="http://127.0.0.1/elsewhere"),
    "slow": too_slow,
}


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_all_arrive_in_order_after_recovery(
    at_work: AtWork, trouble: str
) -> None:
    receiver, sick = at_work.world.receiver, TROUBLES[trouble]()
    taken: list[Taken] = []

    async def answer(one: Taken) -> web.Response:
        response = await sick(one)
        if response.status < 300:
            taken.append(one)
        return response

    receiver.answer = answer
    if trouble == "slow":
        at_work.subjects = at_work.subjects[:4]
    await at_work.pass_time()

    sick = accept
    await at_work.recover()

    at_work.check(taken)


async def test_nobody_is_told_twice_when_nothing_fails(
    at_work: AtWork,
) -> None:
    await at_work.pass_time()

    assert len(at_work.world.receiver.taken) == SUBJECTS * ROUNDS
    at_work.check(at_work.world.receiver.taken)


@asynccontextmanager
async def trusting(certificate: Path) -> AsyncGenerator[WebhookTransport]:
    context = ssl.create_default_context(cafile=certificate)
    async with open_session(private=True, ssl_context=context) as session:
        yield WebhookTransport(public=session, private=session)


async def test_all_arrive_when_the_certificate_is_right_again(
    at_work: AtWork, tmp_path: Path
) -> None:
    (tmp_path / "wrong").mkdir()
    wrong, right = make_certificate(tmp_path / "wrong"), make_certificate(tmp_path)
    receiver = Receiver()
    async with trusting(right) as transport:
        for certificate, expected in ((wrong, 0), (right, SUBJECTS * ROUNDS)):
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(certificate)
            server = TestServer(receiver.app())
            await server.start_server(ssl=context)
            try:
                here = replace(at_work.lane.subscriber, url=str(server.make_url("/")))
                dispatcher = replace(at_work.world.dispatcher, transport=transport)
                lane = Lane(dispatcher=dispatcher, subscriber=here, look_seconds=0.001)
                at_work.lane = lane
                await (at_work.recover() if expected else at_work.pass_time())
            finally:
                await server.close()
            assert len(receiver.taken) == expected

    at_work.check(receiver.taken)
