"""What was acknowledged outlives the primary, whatever became of it before."""

import asyncio
from collections.abc import Awaitable

import pytest

from service.domain.refusals import StepNotDue
from service.kit.clock import SystemClock
from service.kit.database import DatabaseUnavailable, Pool, make_pool, transaction
from service.outbox.feed import Cursor, Feed
from service.outbox.flows import Outbox
from tests.faults.databases import Pair, two_databases
from tests.faults.failover import CANCELLED, HANGING, REFUSALS, cut_it_off, fail_over
from tests.outbox.support import BASE_URL, event, subscriber, subscribers
from tests.support.processes import eventually


async def test_a_primary_that_lost_its_standby_acknowledges_nothing() -> None:
    """Not even when hanging commits are cancelled, and end well for PostgreSQL."""
    seen = await fail_over(150, cut_it_off)
    assert seen.findings.wrong == {}
    assert seen.findings.signed_up == 150
    assert seen.cancelled >= CANCELLED
    assert seen.told.tries["503"] >= REFUSALS
    assert seen.faults == []


async def test_nobody_learns_of_a_commit_that_no_standby_has() -> None:
    """Neither who made it, nor who is refused because of it, nor who fetches events."""
    rights = subscribers(subscriber())
    outbox = Outbox(rights)

    async def tell(pool: Pool) -> None:
        async with transaction(pool) as connection:
            await outbox.record(connection, event(), at=SystemClock().now())

    async def refuse(pool: Pool) -> None:
        async with transaction(pool) as connection:
            assert await connection.fetchval("SELECT count(*) FROM outbox_event") == 2
            raise StepNotDue

    async def fetch(pool: Pool) -> None:
        feed = Feed(pool=pool, subscribers=rights, base_url=BASE_URL)
        await feed.read("rights", after=Cursor(), limit=10)

    async with two_databases() as pair, await make_pool(pair.url) as pool:
        await tell(pool)
        await pair.cut()
        for attempt in (tell(pool), refuse(pool), fetch(pool)):
            with pytest.raises(DatabaseUnavailable, match="CommitInDoubtError"):
                await _cancelled(pair, attempt)


async def _cancelled(pair: Pair, attempt: Awaitable[None]) -> None:
    """Make an attempt whose commit hangs, and is cancelled by an operator."""
    under_way = asyncio.ensure_future(attempt)

    async def cancelled() -> bool | None:
        (row,) = await pair.primary.run(HANGING)
        return row["cancelled"] > 0 or under_way.done() or None

    await eventually(cancelled)
    await under_way
