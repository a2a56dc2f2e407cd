"""Events for those who fetch them: each once, in order, none passed by."""

import asyncio
import random
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from service.domain.events import EventType
from service.domain.profiles import AppName
from service.domain.refusals import CursorUnknown
from service.domain.scopes import Scope
from service.kit.database import transaction
from service.outbox.feed import Cursor, Feed, Page
from tests.outbox.support import (
    APP,
    BASE_URL,
    World,
    event,
    subscriber,
    subscribers,
)
from tests.support.service import Service, everything
from tests.support.services import Door, door

START = Cursor()


@pytest.fixture
def feed(world: World) -> Feed:
    return Feed(
        pool=world.pool, subscribers=world.outbox.subscribers, base_url=BASE_URL
    )


async def read(feed: Feed, after: Cursor = START, limit: int = 100) -> Page:
    return await feed.read("rights", after=after, limit=limit)


def places(page: Page) -> list[tuple[str, int]]:
    return [(str(one.subject_id), one.sequence) for one in page.events]


async def test_what_was_told_can_be_fetched_and_gone_on_from(
    world: World, feed: Feed
) -> None:
    subject = uuid4()
    await world.tell(event(subject), event(subject))
    await world.tell(event(subject))

    first = await read(feed, limit=2)
    assert places(first) == [(str(subject), 1), (str(subject), 2)]
    assert first.more
    second = await read(feed, first.next)
    assert places(second) == [(str(subject), 3)]
    assert not second.more
    assert places(await read(feed, second.next)) == []

    await world.drain()
    assert places(await read(feed)) == places(first) + places(second)


async def test_a_late_commit_is_not_passed_by(world: World, feed: Feed) -> None:
    """The first to begin commits last: a cursor that had moved on would miss it."""
    late, early = uuid4(), uuid4()
    async with transaction(world.pool) as slow:
        await world.outbox.record(slow, event(late), at=world.clock.now())
        await world.tell(event(early))

        meanwhile = await read(feed)
        assert places(meanwhile) == []

    after = await read(feed, meanwhile.next)
    assert places(after) == [(str(late), 1), (str(early), 1)]


async def test_readers_miss_nothing_while_flows_commit_in_any_order(
    world: World, feed: Feed
) -> None:
    """Ten flows hold their transactions open for as long as chance has it."""
    chance, done = random.Random(7), asyncio.Event()  # noqa: S311 -- a test's order
    subjects = [uuid4() for _ in range(10)]

    async def tell(number: int) -> None:
        for _ in range(8):
            async with transaction(world.pool) as connection:
                await world.outbox.record(
                    connection,
                    event(subjects[number]),
                    event(subjects[number]),
                    at=world.clock.now(),
                )
                for _turn in range(chance.randrange(20)):
                    await connection.execute("SELECT 1")

    async def follow() -> list[tuple[str, int]]:
        seen: list[tuple[str, int]] = []
        cursor = START
        while True:
            ending = done.is_set()
            page = await read(feed, cursor, limit=chance.randrange(1, 9))
            seen += places(page)
            cursor = page.next
            if ending and not page.more:
                return seen

    reader = asyncio.create_task(follow())
    await asyncio.gather(*map(tell, range(8)))
    done.set()
    seen = await reader

    assert len(seen) == len(set(seen)) == 8 * 8 * 2
    for subject in subjects[:8]:
        numbers = [number for one, number in seen if one == str(subject)]
        assert numbers == [*range(1, 17)]


async def test_only_what_one_is_entitled_to_is_seen(world: World) -> None:
    secret, elsewhere = AppName("secret"), AppName("elsewhere")
    regions = {str(APP): "EU", "elsewhere": "CN", "secret": "EU"}
    rights = subscriber(types=("account.opened",), apps=(APP, elsewhere))
    known = replace(subscribers(rights, subscriber(name="all")), regions=regions)
    feed = Feed(pool=world.pool, subscribers=known, base_url=BASE_URL)
    mine = event()
    await world.tell(
        event(kind=EventType.ACCOUNT_AGED_UP),
        event(app=elsewhere),
        event(app=secret),
        mine,
        event(kind=EventType.CONSENT_GIVEN),
    )

    page = await read(feed)

    assert places(page) == [(str(mine.subject_id), 1)]
    assert places(await read(feed, page.next)) == []


async def test_what_is_for_others_is_passed_by_a_part_at_a_time(
    world: World, feed: Feed
) -> None:
    few = replace(feed, scanned=10)
    others = [event(kind=EventType.CONSENT_GIVEN) for _ in range(25)]
    await world.tell(*others)
    await world.tell(event())

    cursor, found, pages = START, 0, 0
    while True:
        page = await read(few, cursor)
        cursor, found, pages = page.next, found + len(page.events), pages + 1
        if not page.more:
            break

    assert (found, pages) == (1, 3)


async def test_after_a_restore_readers_begin_again_and_miss_nothing(
    world: World, feed: Feed
) -> None:
    """A dump's transactions have numbers that the new server has not come to."""
    await world.tell(event(), event())
    before = await read(feed)
    await world.pool.execute(
        "UPDATE outbox_event"
        " SET recorded_xid = (recorded_xid::text::bigint + 1000000)::text::xid8"
    )
    ahead = replace(before.next, xid=before.next.xid + 1_000_000)
    await world.tell(event())
    assert len((await read(feed)).events) == 1

    with pytest.raises(CursorUnknown):
        await read(feed, ahead)
    async with transaction(world.pool) as connection:
        assert await world.outbox.take_over_restored(connection) == 2
    async with transaction(world.pool) as connection:
        assert await world.outbox.take_over_restored(connection) == 0

    assert len((await read(feed)).events) == 3


@pytest.mark.parametrize(
    "text",
    ["x", "é", "AAAA", "MS4y", "a" * 200, "MS4wLjE=", "-1", "MQ==\n", "LTEuMC4x"],
)
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(CursorUnknown):
        Cursor.read(text)


def test_a_cursor_is_read_as_it_was_written() -> None:
    cursor = Cursor(2**40, uuid4(), 17)
    assert Cursor.read(str(cursor)) == cursor
    assert Cursor.read(str(START)) == START


@pytest.fixture
async def there(service: Service) -> AsyncGenerator[Door]:
    """Two subscribers, and one that may only acknowledge."""
    async with door(
        service,
        everything("rights"),
        everything("mute"),
        mute=(Scope.EVENTS_ACKNOWLEDGE,),
    ) as one:
        yield one


async def tell(there: Door, count: int) -> None:
    async with transaction(there.parts.pool) as connection:
        await there.parts.outbox.record(
            connection, *(event() for _ in range(count)), at=there.parts.clock.now()
        )


async def test_a_service_reads_its_events_over_http(there: Door) -> None:
    await tell(there, 5)

    response = await there.get("/v1/events?limit=3", name="rights")
    assert response.status == 200
    first: Any = await response.json()
    assert len(first["events"]) == 3
    assert first["more"] is True
    response = await there.get(f"/v1/events?after={first['next']}", name="rights")
    second: Any = await response.json()
    assert len(second["events"]) == 2
    assert second["more"] is False
    ids = {one["id"] for one in first["events"] + second["events"]}
    assert len(ids) == 5


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({}, 401, "service_token_missing"),
        ({"token": "agt_" + "A" * 43}, 401, "service_token_missing"),
        ({"token": "A" * 5000}, 401, "service_token_missing"),
        ({"name": "mute"}, 403, "scope_missing"),
    ],
)
async def test_nobody_else_reads_them(
    there: Door, asked: dict[str, str], status: int, code: str
) -> None:
    response = await there.get("/v1/events", **asked)

    assert response.status == status
    assert (await response.json())["code"] == code


@pytest.mark.parametrize(
    "query",
    [
        "after=nonsense",
        "after=",
        "limit=0",
        "limit=501",
        "limit=x",
        "limit=-1",
        "limit=",
    ],
)
async def test_what_makes_no_sense_is_refused(there: Door, query: str) -> None:
    response = await there.get(f"/v1/events?{query}", name="rights")

    assert response.status == 400
    assert (await response.json())["code"] == "cursor_unknown"
