"""What was acknowledged outlives the primary, whatever became of it before."""

import asyncio
from collections.abc import Coroutine
from typing import TypeVar

import pytest

from service.domain.refusals import StepNotDue
from service.kit.clock import SystemClock
from service.kit.database import DatabaseUnavailable, Pool, make_pool, transaction
from service.outbox.feed import Cursor, Feed
from service.outbox.flows import Outbox
from tests.faults.databases import Pair, two_databases
from tests.faults.failover import CANCELLED, HANGING, REFUSALS, cut_it_off, fail_over
from tests.outbox.support import BASE_URL, event, subscriber, subscribers
from tests.support.clock import StoppedClock
from tests.support.operators import running_for
from tests.support.processes import eventually
from tests.support.service import PASSWORD

T = TypeVar("T")


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


async def test_an_account_that_opens_at_once_is_not_acknowledged_either() -> None:
    """One statement is a commit too; and a name is not taken before that is kept."""
    async with (
        two_databases() as pair,
        await make_pool(pair.url) as pool,
        running_for(pool, StoppedClock()) as service,
    ):

        async def sign_up(username: str) -> int:
            body = {
                "username": username,
                "password": PASSWORD,
                "policy_version": service.policy_version("terran-studio"),
            }
            path = "/v1/apps/terran-studio/registrations"
            return (await service.post(path, body)).status

        assert await sign_up("early") == 202
        assert await sign_up("early") == 409
        await pair.cut()
        assert await _cancelled(pair, sign_up("late")) == 503
        assert await service.count("account") == 2  # the primary has it, and alone
        assert await _cancelled(pair, sign_up("late")) == 503


async def _cancelled(pair: Pair, attempt: Coroutine[None, None, T]) -> T:
    """Make an attempt, of which an operator cancels each commit that hangs."""
    under_way = asyncio.ensure_future(attempt)

    async def over() -> bool | None:
        await pair.primary.run(HANGING)
        return under_way.done() or None

    await eventually(over)
    return await under_way
