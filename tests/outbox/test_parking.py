"""Events that wait behind another one: set aside, and never forgotten there."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

import pytest

from service.kit.database import Connection, transaction
from service.outbox import store
from service.outbox.dispatch import PARKED
from service.outbox.store import Delivery
from service.outbox.subscribers import Subscriber
from service.outbox.transport import Delivered, Envelope
from tests.outbox.support import Held, Taken, World, event, failing, failing_for


@pytest.fixture
async def elder(world: World) -> Delivery:
    """The first event of a subject, claimed by somebody."""
    await world.tell(event())
    (claimed,) = await claim(world)
    return claimed


async def claim(world: World) -> list[Delivery]:
    now = world.clock.now()
    async with transaction(world.pool) as connection:
        return await store.claim(
            connection, "rights", now=now, leased_until=now + PARKED, batch=8
        )


async def park(world: World, connection: Connection) -> int:
    now = world.clock.now()
    return await store.park(connection, "rights", now=now, until=now + PARKED)


async def deliver(world: World, connection: Connection, one: Delivery) -> None:
    await store.mark_delivered(
        connection, one, "rights", status=200, at=world.clock.now()
    )


async def younger_due_at(world: World) -> datetime:
    found = await world.pool.fetchval(
        "SELECT due_at FROM outbox_delivery ORDER BY sequence DESC LIMIT 1"
    )
    assert isinstance(found, datetime)
    return found


async def test_the_younger_is_parked_and_woken_when_the_elder_is_delivered(
    world: World, elder: Delivery
) -> None:
    await world.tell(event(elder.subject_id))
    async with transaction(world.pool) as connection:
        assert await park(world, connection) == 1
        assert await park(world, connection) == 0
    assert await younger_due_at(world) == world.clock.now() + PARKED

    async with transaction(world.pool) as connection:
        await deliver(world, connection, elder)
    assert await younger_due_at(world) == world.clock.now()


async def test_a_delivery_that_comes_while_the_younger_is_being_parked_wakes_it(
    world: World, elder: Delivery
) -> None:
    await world.tell(event(elder.subject_id))

    async def deliver_it() -> None:
        async with transaction(world.pool) as other:
            await deliver(world, other, elder)

    async with transaction(world.pool) as connection:
        assert await park(world, connection) == 1
        delivering = asyncio.create_task(deliver_it())
        while not await waits(world):
            pass
    await delivering

    assert await younger_due_at(world) == world.clock.now()


async def test_nothing_is_parked_behind_what_is_being_delivered(
    world: World, elder: Delivery
) -> None:
    async with transaction(world.pool) as delivering:
        await deliver(world, delivering, elder)
        await world.tell(event(elder.subject_id))
        async with transaction(world.pool) as connection:
            assert await park(world, connection) == 0

    assert await younger_due_at(world) == world.clock.now()
    assert [one.sequence for one in await claim(world)] == [2]


@pytest.mark.parametrize("state", ["pending", "dead"])
async def test_the_younger_is_not_claimed_before_it_is_parked_either(
    world: World, elder: Delivery, state: str
) -> None:
    await world.pool.execute("UPDATE outbox_delivery SET state = $1", state)
    await world.tell(event(elder.subject_id))

    assert await claim(world) == []


async def waits(world: World) -> bool:
    """Tell whether a connection waits for a lock."""
    waiting = await world.pool.fetchval(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    return bool(waiting)


@dataclass
class Hand:
    """A transport that only writes down what it carries."""

    carried: dict[str, list[int]] = field(default_factory=dict)

    async def deliver(self, _: Subscriber, envelope: Envelope) -> Delivered:
        subject, number = Taken(envelope.body, envelope.headers).place
        await asyncio.sleep(0)
        self.carried.setdefault(subject, []).append(number)
        return Delivered(status=200)


@pytest.mark.parametrize("subjects", [1, 2, 5])
async def test_none_is_lost_or_doubled_while_flows_tell_and_workers_deliver(
    world: World, subjects: int
) -> None:
    """The clock stands still: no lease and no parking ever ends by itself."""
    ids = [uuid4() for _ in range(subjects)]
    hand, told = Hand(), asyncio.Event()

    async def tell() -> None:
        for number in range(15):
            await world.tell(event(ids[number % subjects]), event(ids[0]))

    async def work() -> None:
        worker = world.working(transport=hand)
        while await worker.step() or not told.is_set():
            pass

    workers = [asyncio.create_task(work()) for _ in range(3)]
    await asyncio.gather(*(tell() for _ in range(4)))
    told.set()
    await asyncio.gather(*workers)
    await world.working(transport=hand).drain()

    assert sum(map(len, hand.carried.values())) == 15 * 2 * 4
    for numbers in hand.carried.values():
        assert numbers == [*range(1, len(numbers) + 1)]


async def test_an_event_parked_behind_one_under_way_follows_it(world: World) -> None:
    subject = uuid4()
    await world.tell(event(subject), event(subject))
    world.receiver.answer = held = Held()
    first = asyncio.create_task(world.step())
    await held.arrived.wait()

    await world.drain()
    assert len(world.receiver.taken) == 1

    held.go.set()
    await first
    await world.drain()
    assert [*world.numbers.values()] == [[1, 2]]
    assert await world.states() == [("delivered", 1, 200)] * 2


@pytest.mark.parametrize("dead", [False, True])
async def test_a_worker_that_finds_only_waiting_events_looks_further(
    world: World, *, dead: bool
) -> None:
    """However many wait behind a failing event, others don't wait for them."""
    poison, other = uuid4(), uuid4()
    world.receiver.answer = failing_for(poison)
    await world.tell(event(poison))
    await world.step()
    if dead:
        await world.bury()
    await world.tell(*(event(poison) for _ in range(500)))
    await world.tell(event(other))

    await world.drain()

    assert {*world.numbers[str(poison)]} == {1}
    assert world.numbers[str(other)] == [1]


async def test_what_was_forgotten_in_its_place_is_found_again(world: World) -> None:
    """Should an operator delete the elder, its younger one goes out all the same."""
    subject = uuid4()
    world.receiver.answer = failing(500)
    await world.tell(event(subject), event(subject))
    await world.step()
    await world.pool.execute("DELETE FROM outbox_delivery WHERE sequence = 1")

    world.clock.advance(PARKED)
    await world.step()

    assert [*world.numbers.values()] == [[1, 2]]
