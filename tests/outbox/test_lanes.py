"""What is slow or broken holds up nobody else, however many there are."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from aiohttp import web

from service.outbox.dispatch import LEASE_MARGIN
from service.outbox.lanes import Lane
from service.outbox.subscribers import Subscriber
from service.outbox.transport import Delivered, Envelope
from service.worker import Loop, run
from tests.outbox.support import Held, Taken, World, accept, event, failing

LEASE = timedelta(seconds=5) + LEASE_MARGIN


def lane(world: World, parallelism: int = 8) -> Lane:
    return Lane(
        dispatcher=world.dispatcher,
        subscriber=replace(world.rights, parallelism=parallelism),
        look_seconds=0.001,
    )


def slow_for(subject: UUID, held: Held) -> Callable[[Taken], Awaitable[web.Response]]:
    """Answer for one subject when let go, and at once for all others."""

    async def answer(one: Taken) -> web.Response:
        slow = one.place[0] == str(subject)
        return await (held(one) if slow else accept(one))

    return answer


async def until(lane: Lane, world: World, count: int) -> None:
    """Let the lane work until so many events have arrived."""
    while len(world.receiver.taken) < count:
        await lane.step()


async def test_a_slow_answer_holds_its_own_place_alone(world: World) -> None:
    slow, others = uuid4(), [uuid4() for _ in range(20)]
    held = Held()
    world.receiver.answer = slow_for(slow, held)
    await world.tell(event(slow), event(slow))
    await world.tell(*(event(one) for one in others))
    one = lane(world, parallelism=2)

    await until(one, world, 1 + len(others))

    assert world.numbers[str(slow)] == [1]
    assert {str(other) for other in others} < set(world.numbers)
    held.go.set()
    await until(one, world, 2 + len(others))
    await one.finish()
    assert world.numbers[str(slow)] == [1, 2]


async def drain(lane: Lane) -> None:
    """Let the lane work until there is nothing more to do now."""
    while await lane.step():
        await lane.finish()


@dataclass
class Counting:
    """A transport that counts how many are under way at once."""

    now: int = 0
    most: int = 0
    sent: list[Envelope] = field(default_factory=list)

    async def deliver(self, _: Subscriber, envelope: Envelope) -> Delivered:
        self.now += 1
        self.most = max(self.most, self.now)
        for _turn in range(5):
            await asyncio.sleep(0)
        self.now -= 1
        self.sent.append(envelope)
        return Delivered()


@pytest.mark.parametrize("parallelism", [1, 3])
async def test_no_more_are_under_way_than_the_subscriber_allows(
    world: World, parallelism: int
) -> None:
    counting = Counting()
    await world.tell(*(event() for _ in range(25)))
    one = lane(world.working(transport=counting), parallelism=parallelism)

    while len(counting.sent) < 25:
        await one.step()

    await one.finish()
    assert counting.most == parallelism


async def test_a_lane_ends_when_what_is_under_way_has_ended(world: World) -> None:
    world.receiver.answer = held = Held()
    await world.tell(event())
    one, stopping = lane(world), asyncio.Event()
    working = asyncio.create_task(
        run([Loop("dispatch", one.step, 0.001, one.finish)], stopping)
    )
    await held.arrived.wait()
    stopping.set()
    await asyncio.sleep(0)
    assert not working.done()

    held.go.set()
    await working

    assert await world.states() == [("delivered", 1, 200)]


async def test_what_takes_too_long_at_the_end_is_left_to_its_lease(
    world: World,
) -> None:
    world.receiver.answer = held = Held()
    await world.tell(event())
    one, stopping = lane(world), asyncio.Event()
    working = asyncio.create_task(
        run(
            [Loop("dispatch", one.step, 0.001, one.finish)],
            stopping,
            finish_seconds=0.05,
        )
    )
    await held.arrived.wait()
    stopping.set()
    await working
    assert await world.states() == [("pending", 1, None)]

    held.go.set()
    world.receiver.answer = accept
    world.clock.advance(LEASE)
    await world.drain()
    assert await world.states() == [("delivered", 2, 204)]


async def test_a_poison_event_changes_nothing_for_the_others(world: World) -> None:
    """Its subject waits; all others get every event, once and in order."""
    poison, others = uuid4(), [uuid4() for _ in range(10)]
    sick = failing(500)

    async def answer(one: Taken) -> web.Response:
        return await (sick if one.place[0] == str(poison) else accept)(one)

    world.receiver.answer = answer
    one = lane(world)
    for _ in range(4):
        await world.tell(event(poison), *(event(other) for other in others))
        await drain(one)
        world.clock.advance(timedelta(minutes=10))

    assert {*world.numbers[str(poison)]} == {1}
    got = {key: numbers for key, numbers in world.numbers.items() if key != str(poison)}
    assert got == {str(other): [1, 2, 3, 4] for other in others}

    world.receiver.answer = accept
    world.clock.advance(timedelta(hours=6))
    await drain(one)
    assert world.numbers[str(poison)][-4:] == [1, 2, 3, 4]
