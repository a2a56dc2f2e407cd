"""Events of a week go as a whole, and none is ever in the way of a new one."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from service.domain.events import EventType
from service.kit import migrations
from service.kit.database import Pool, make_pool, transaction
from service.kit.ids import first_id, new_id
from service.kit.migrations import Migration
from tests.outbox.support import APP, World, event, failing
from tests.support.databases import Server

WEEK = timedelta(days=7)
BEFORE = "20261122000030"


@pytest.fixture
async def kept(world: World, own_database_url: str) -> AsyncGenerator[World]:
    """The same world in a database of its own, for whoever changes the schema."""
    async with await make_pool(own_database_url) as pool:
        dispatcher = replace(world.dispatcher, pool=pool)
        yield replace(world, pool=pool, dispatcher=dispatcher)


async def add(world: World) -> int:
    async with transaction(world.pool) as connection:
        return await world.outbox.add_partitions(
            connection, [APP], now=world.clock.now()
        )


async def sweep(world: World, kept: timedelta) -> int:
    async with transaction(world.pool) as connection:
        return await world.outbox.sweep(
            connection, APP, before=world.clock.now() - kept
        )


async def places(world: World, table: str = "outbox_event") -> list[str]:
    """Return the tables in which the rows of a partitioned table stand."""
    rows = await world.pool.fetch(
        f"SELECT DISTINCT tableoid::regclass::text AS one FROM {table} ORDER BY 1"  # noqa: S608
    )
    return [row["one"] for row in rows]


async def test_an_event_stands_in_the_partition_of_its_app_and_week(
    kept: World,
) -> None:
    assert await add(kept) == 3
    assert await add(kept) == 0

    await kept.tell(event())
    await kept.drain()

    (told,), (delivered,) = await places(kept), await places(kept, "outbox_delivered")
    assert told.startswith("outbox_event_20261116_")
    assert delivered.startswith("outbox_delivered_20261116_")


async def test_what_has_no_partition_is_kept_all_the_same(kept: World) -> None:
    await add(kept)
    kept.clock.advance(52 * WEEK)

    await kept.tell(event())
    await kept.tell(event(), ago=104 * WEEK)

    assert await places(kept) == ["outbox_event_default"]
    await kept.drain()
    assert len(kept.receiver.taken) == 2


async def test_what_came_before_its_partition_moves_there(kept: World) -> None:
    subject = uuid4()
    await kept.tell(event(subject), event(subject))
    await kept.step()
    assert await places(kept) == ["outbox_event_default"]

    await add(kept)

    assert "outbox_event_default" not in await places(kept)
    assert "outbox_delivered_default" not in await places(kept, "outbox_delivered")
    await kept.drain()
    assert [*kept.numbers.values()] == [[1, 2]]


async def test_a_week_is_dropped_when_its_last_event_was_kept_long_enough(
    kept: World,
) -> None:
    await add(kept)
    subject = uuid4()
    await kept.tell(event(subject), event(subject, EventType.REGISTRATION_ENDED))
    await kept.tell(event())
    await kept.drain()
    kept.clock.time = kept.clock.time.replace(day=30, hour=0)  # the Monday after next

    kept.clock.advance(timedelta(days=-1, seconds=-1) + timedelta(days=30 - 7))
    assert await sweep(kept, timedelta(days=30)) == 0
    kept.clock.advance(timedelta(seconds=1) + timedelta(days=1))
    while await sweep(kept, timedelta(days=30)):
        pass

    assert await kept.pool.fetchval("SELECT count(*) FROM outbox_event") == 0
    assert await kept.pool.fetchval("SELECT count(*) FROM outbox_delivered") == 0
    left = await kept.pool.fetch("SELECT subject_id FROM outbox_subject")
    assert subject not in {row["subject_id"] for row in left}
    assert len(left) == 1


async def test_a_dead_letter_outlives_its_week(kept: World) -> None:
    """An event that nobody has taken is not lost, and holds back no other's end."""
    await add(kept)
    kept.receiver.answer = failing(500)
    await kept.tell(event())
    await kept.step()
    await kept.bury()
    kept.clock.advance(30 * WEEK)
    while await sweep(kept, timedelta(days=30)):
        pass
    assert await kept.pool.fetchval("SELECT count(*) FROM outbox_event") == 0

    kept.receiver.answer = failing(200)
    kept.receiver.taken.clear()
    await kept.replay()
    await kept.drain()

    assert [one.place[1] for one in kept.receiver.taken] == [1]


async def test_dead_letters_go_when_their_own_time_is_over(world: World) -> None:
    world.receiver.answer = failing(500)
    await world.tell(event())
    await world.step()
    await world.bury()
    await world.tell(event())

    async with transaction(world.pool) as connection:
        gone = await world.outbox.sweep_dead_letters(
            connection, before=world.clock.now()
        )

    assert gone == 1
    assert [state for state, _, _ in await world.states()] == ["pending"]


def test_an_id_lies_between_the_bounds_of_its_time(world: World) -> None:
    now = world.clock.now()
    for _ in range(100):
        assert first_id(now) < new_id(now) < first_id(now + timedelta(milliseconds=1))


async def test_what_was_told_before_is_still_there_after_the_migration(
    postgres: Server, world: World
) -> None:
    async with (
        postgres.database() as name,
        await make_pool(postgres.url_of(name)) as pool,
    ):
        earlier, later = _split(migrations.files())
        await _apply(pool, earlier)
        ids = [new_id(world.clock.now() - number * WEEK) for number in range(3)]
        for number, (event_id, state) in enumerate(
            zip(ids, ("pending", "dead", "delivered"), strict=True), 1
        ):
            await pool.execute(TOLD, event_id, number, world.clock.now() - WEEK)
            await pool.execute(OWED, event_id, number, state, world.clock.now())

        await _apply(pool, later)

        here = replace(
            world, pool=pool, dispatcher=replace(world.dispatcher, pool=pool)
        )
        assert await here.states() == [
            ("pending", 0, None),
            ("dead", 0, None),
            ("delivered", 0, None),
        ]
        assert await here.pool.fetchval("SELECT count(*) FROM outbox_event") == 3
        await here.drain()
        assert [one.id for one in here.receiver.taken] == [str(ids[0])]


TOLD = """
INSERT INTO outbox_event
VALUES ($1, '01900000-0000-7000-8000-000000000001', $2, 'plain', 'account.opened',
    '{}', $3)
"""
OWED = """
INSERT INTO outbox_delivery (
    event_id, subscriber, subject_id, sequence, state, due_at, delivered_at
) VALUES (
    $1, 'rights', '01900000-0000-7000-8000-000000000001', $2, $3, $4,
    CASE $3 WHEN 'delivered' THEN $4::timestamptz END
)
"""


def _split(files: Sequence[Migration]) -> tuple[list[Migration], list[Migration]]:
    earlier = [one for one in files if one.version < BEFORE]
    return earlier, [one for one in files if one.version >= BEFORE]


async def _apply(pool: Pool, files: Sequence[Migration]) -> None:
    for one in files:
        if one.in_transaction:
            async with transaction(pool) as connection:
                await connection.execute(one.up)
        else:
            await pool.execute(one.up)
