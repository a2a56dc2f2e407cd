"""Deleting events when their time is over, and never before they are acknowledged."""

from datetime import timedelta
from uuid import uuid4

import pytest

from service.domain.events import EventType
from service.domain.profiles import AppName
from service.kit.database import transaction
from service.outbox.flows import Outbox
from tests.outbox.support import APP, World, event, failing, subscribers

DAY = timedelta(days=1)


async def sweep(world: World, outbox: Outbox | None = None, app: AppName = APP) -> int:
    async with transaction(world.pool) as connection:
        return await (outbox or world.outbox).sweep(
            connection, app, before=world.clock.now() - DAY
        )


async def left(world: World, table: str = "outbox_event") -> int:
    count = await world.pool.fetchval(f"SELECT count(*) FROM {table}")  # noqa: S608
    assert isinstance(count, int)
    return count


async def test_what_was_delivered_long_ago_is_deleted(world: World) -> None:
    await world.tell(event(), event())
    await world.drain()
    world.clock.advance(DAY)
    await world.tell(event())
    await world.drain()
    assert await sweep(world) == 0

    world.clock.advance(timedelta(seconds=1))

    assert await sweep(world) == 2
    assert await left(world) == 1
    assert await left(world, "outbox_delivered") == 1


async def test_what_somebody_still_waits_for_stays(world: World) -> None:
    world.receiver.answer = failing(500)
    await world.tell(event())
    await world.step()
    await world.bury()
    world.clock.advance(365 * DAY)

    assert await sweep(world) == 0
    assert await left(world) == 1


async def test_a_subscriber_that_has_left_holds_nothing_back(world: World) -> None:
    await world.tell(event())
    world.clock.advance(2 * DAY)

    assert await sweep(world, Outbox(subscribers()))
    assert await left(world) == 0
    assert await left(world, "outbox_delivery") == 0


async def test_what_is_owed_to_nobody_goes_too(world: World) -> None:
    await world.tell(event(kind=EventType.POLICY_ACCEPTED))
    world.clock.advance(2 * DAY)

    assert await sweep(world) == 1


async def test_each_app_has_its_own_time(world: World) -> None:
    await world.tell(event())
    await world.drain()
    world.clock.advance(2 * DAY)

    assert await sweep(world, app=AppName("another")) == 0
    assert await sweep(world) == 1


async def test_the_numbers_of_a_subject_go_on_after_its_events_are_deleted(
    world: World,
) -> None:
    subject = uuid4()
    await world.tell(event(subject), event(subject))
    await world.drain()
    world.clock.advance(2 * DAY)
    await sweep(world)

    await world.tell(event(subject))

    assert await world.pool.fetchval("SELECT sequence FROM outbox_event") == 3


@pytest.mark.parametrize(
    "final", [EventType.REGISTRATION_ENDED, EventType.AGE_TURNED_AWAY]
)
async def test_nothing_is_left_of_a_subject_that_has_no_more_to_tell(
    world: World, final: EventType
) -> None:
    subject, other = uuid4(), uuid4()
    await world.tell(event(subject), event(subject, final))
    await world.tell(event(other, final), event(other))
    await world.drain()
    world.clock.advance(2 * DAY)

    assert await sweep(world) == 4

    rows = await world.pool.fetch("SELECT subject_id FROM outbox_subject")
    assert [row["subject_id"] for row in rows] == [other]
