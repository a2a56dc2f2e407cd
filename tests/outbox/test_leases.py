"""Workers that die: whatever they held is delivered by another one."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import pytest

from service.outbox.dispatch import LEASE_MARGIN
from service.outbox.subscribers import Subscriber
from service.outbox.transport import Delivered, Envelope, Failed, Transport
from tests.outbox.support import Held, World, accept, event

LEASE = timedelta(seconds=5) + LEASE_MARGIN


class PowerCut(BaseException):
    pass


@dataclass
class DyingBefore:
    """The worker is killed between claim and send."""

    transport: Transport

    async def deliver(self, *_: object) -> Delivered:
        raise PowerCut


@dataclass
class DyingAfter:
    """The worker is killed between send and mark."""

    transport: Transport

    async def deliver(self, subscriber: Subscriber, envelope: Envelope) -> Delivered:
        await self.transport.deliver(subscriber, envelope)
        raise PowerCut


@pytest.mark.parametrize(("dying", "times"), [(DyingBefore, 1), (DyingAfter, 2)])
async def test_what_a_killed_worker_held_is_delivered_when_its_lease_ends(
    world: World, dying: type[DyingBefore | DyingAfter], times: int
) -> None:
    subject = uuid4()
    await world.tell(event(subject), event(subject))
    doomed = world.working(transport=dying(world.dispatcher.transport))
    with pytest.raises(PowerCut):
        await doomed.step()

    world.clock.advance(LEASE - timedelta(seconds=1))
    await world.drain()
    assert await world.states() == [("pending", 1, None), ("pending", 0, None)]

    world.clock.advance(timedelta(seconds=1))
    await world.drain()
    assert await world.states() == [("delivered", 2, 204), ("delivered", 1, 204)]
    assert [*world.numbers.values()] == [[1] * times + [2]]
    assert len({one.id for one in world.receiver.taken}) == 2


async def test_one_that_can_t_be_marked_does_not_cut_the_others_short(
    world: World,
) -> None:
    @dataclass
    class DyingOnce:
        """The first send fails as nothing else does, the others go through."""

        transport: Transport
        dead: bool = False

        async def deliver(
            self, one: Subscriber, envelope: Envelope
        ) -> Delivered | Failed:
            if not self.dead:
                self.dead = True
                raise PowerCut
            return await self.transport.deliver(one, envelope)

    await world.tell(*(event() for _ in range(5)))

    with pytest.raises(PowerCut):
        await world.working(transport=DyingOnce(world.dispatcher.transport)).step()

    states = Counter(state for state, _, _ in await world.states())
    assert states == {"delivered": 4, "pending": 1}


async def test_a_worker_that_is_stopped_while_sending_loses_nothing(
    world: World,
) -> None:
    await world.tell(event())
    world.receiver.answer = held = Held()
    step = asyncio.create_task(world.step())
    await held.arrived.wait()
    step.cancel()
    with pytest.raises(asyncio.CancelledError):
        await step
    held.go.set()
    world.receiver.answer = accept

    world.clock.advance(LEASE)
    await world.drain()

    assert await world.states() == [("delivered", 2, 204)]


async def test_a_success_counts_after_the_lease_and_a_failure_does_not(
    world: World,
) -> None:
    """Two workers have the same event, since one was slower than its lease."""
    await world.tell(event())
    world.receiver.answer = first = Held(status=500)
    slow = asyncio.create_task(world.step())
    await first.arrived.wait()
    world.clock.advance(LEASE)
    world.receiver.answer = second = Held()
    other = asyncio.create_task(world.step())
    await second.arrived.wait()

    first.go.set()
    await slow
    assert await world.states() == [("pending", 2, None)]
    assert await world.step() == 0

    second.go.set()
    await other
    assert await world.states() == [("delivered", 2, 200)]


async def test_a_late_failure_buries_nothing_that_somebody_else_has(
    world: World,
) -> None:
    await world.tell(event())
    world.receiver.answer = first = Held(status=500)
    slow = asyncio.create_task(world.step())
    await first.arrived.wait()
    world.clock.advance(timedelta(hours=72))
    world.receiver.answer = second = Held()
    other = asyncio.create_task(world.step())
    await second.arrived.wait()

    first.go.set()
    await slow
    assert await world.states() == [("pending", 2, None)]

    second.go.set()
    await other
    assert await world.states() == [("delivered", 2, 200)]


@pytest.mark.parametrize("status", [500, 200])
async def test_a_late_success_ends_the_retries(world: World, status: int) -> None:
    await world.tell(event())
    world.receiver.answer = first = Held()
    slow = asyncio.create_task(world.step())
    await first.arrived.wait()
    world.clock.advance(LEASE)
    world.receiver.answer = second = Held(status=status)
    other = asyncio.create_task(world.step())
    await second.arrived.wait()

    first.go.set()
    await slow
    second.go.set()
    await other

    assert await world.states() == [("delivered", 2, 200)]
