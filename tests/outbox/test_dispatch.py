"""Delivering events: what is sent, in which order, by how many workers."""

import asyncio
from collections import Counter
from dataclasses import replace
from uuid import uuid4

from cloudevents.core.formats.json import JSONFormat

from service.kit.database import transaction
from service.outbox.flows import Outbox
from tests.outbox.support import (
    APP,
    BASE_URL,
    World,
    event,
    subscribers,
)


async def test_a_subscriber_gets_the_event_as_a_cloud_event(world: World) -> None:
    told = event()
    await world.tell(told)

    assert await world.step() == 1

    event_id = await world.pool.fetchval("SELECT event_id FROM outbox_event")
    (taken,) = world.receiver.taken
    read = JSONFormat().read(None, taken.body)
    assert read.get_specversion() == "1.0"
    assert read.get_id() == str(event_id)
    assert read.get_source() == f"{BASE_URL}/apps/{APP}"
    assert read.get_type() == "account.opened"
    assert read.get_subject() == str(told.subject_id)
    assert read.get_time() == world.clock.now()
    assert read.get_datacontenttype() == "application/json"
    assert read.get_extension("sequence") == "0000000001"
    data = read.get_data()
    assert isinstance(data, dict)
    assert data["cause"] == "sign_up"
    assert taken.headers["Content-Type"].startswith("application/cloudevents+json")
    assert await world.states() == [("delivered", 1, 204)]


async def test_there_is_nothing_to_do_twice(world: World) -> None:
    await world.tell(event())

    await world.drain()

    assert await world.step() == 0
    assert len(world.receiver.taken) == 1


async def test_events_of_a_subject_arrive_one_after_the_other(world: World) -> None:
    subject = uuid4()
    await world.tell(*(event(subject) for _ in range(5)))
    await world.tell(*(event(subject) for _ in range(5)))

    await world.drain()

    assert [*world.numbers.values()] == [[*range(1, 11)]]


async def test_events_told_while_others_are_under_way_follow_them(world: World) -> None:
    subject = uuid4()
    await world.tell(event(subject), event(subject))
    await world.step()
    await world.tell(event(subject))

    await world.drain()

    assert [*world.numbers.values()] == [[1, 2, 3]]


async def test_no_more_are_under_way_than_the_subscriber_allows(world: World) -> None:
    await world.tell(*(event() for _ in range(7)))

    await world.step(parallelism=3)

    assert len(world.receiver.taken) == 3


async def test_each_subscriber_has_its_own_queue(world: World) -> None:
    consent = replace(world.rights, name="consent")
    outbox = Outbox(subscribers(world.rights, consent))
    async with transaction(world.pool) as connection:
        await outbox.record(connection, event(), at=world.clock.now())

    await world.drain()

    left = await world.pool.fetchval("SELECT subscriber FROM outbox_delivery")
    gone = await world.pool.fetchval("SELECT subscriber FROM outbox_delivered")
    assert (left, gone) == ("consent", "rights")


async def test_several_workers_deliver_each_event_once_and_in_order(
    world: World,
) -> None:
    subjects = [uuid4() for _ in range(25)]
    for _ in range(4):
        await world.tell(*(event(subject) for subject in subjects))
    workers = [world.working() for _ in range(4)]

    while "pending" in {state for state, _, _ in await world.states()}:
        await asyncio.gather(*(worker.drain() for worker in workers))

    assert max(Counter(one.id for one in world.receiver.taken).values()) == 1
    assert [*world.numbers.values()] == [[1, 2, 3, 4]] * 25
    assert await world.states() == [("delivered", 1, 204)] * 100
