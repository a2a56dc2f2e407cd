"""What the database says when it can't answer now, and what that becomes."""

import asyncio
import socket
from urllib.parse import parse_qs, quote, urlsplit

import asyncpg
import pytest

from service.kit.database import (
    DatabaseUnavailable,
    Pool,
    connection,
    glance,
    make_pool,
    transaction,
)

PASSING = [
    "08006",  # connection_failure
    "25006",  # read_only_sql_transaction
    "25P02",  # in_failed_sql_transaction
    "25P03",  # idle_in_transaction_session_timeout
    "25P04",  # transaction_timeout
    "26000",  # invalid_sql_statement_name
    "40001",  # serialization_failure
    "40P01",  # deadlock_detected
    "53100",  # disk_full
    "53300",  # too_many_connections
    "55P03",  # lock_not_available
    "57014",  # query_canceled
    "57P01",  # admin_shutdown
    "57P03",  # cannot_connect_now
    "58000",  # system_error
    "58030",  # io_error
]
LASTING = [
    ("0A000", asyncpg.FeatureNotSupportedError),
    ("22003", asyncpg.NumericValueOutOfRangeError),
    ("23505", asyncpg.UniqueViolationError),
    ("42P01", asyncpg.UndefinedTableError),
]


HANGS = 424_242
LOCK = "SELECT pg_advisory_xact_lock($1)"
WAITS = """
SELECT EXISTS (
    SELECT FROM pg_locks
    WHERE locktype = 'advisory' AND objid = $1::bigint::oid AND NOT granted
)
"""


def raising(state: str) -> str:
    return f"DO $$ BEGIN RAISE SQLSTATE '{state}'; END $$"


@pytest.mark.parametrize("state", PASSING)
async def test_what_passes_is_unavailable(pool: Pool, state: str) -> None:
    with pytest.raises(DatabaseUnavailable):
        async with transaction(pool) as one:
            await one.execute(raising(state))
    with pytest.raises(DatabaseUnavailable):
        async with connection(pool) as one:
            await one.execute(raising(state))
    with pytest.raises(DatabaseUnavailable):
        await glance(pool, raising(state))
    async with transaction(pool) as one:
        assert await one.fetchval("SELECT 1") == 1


@pytest.mark.parametrize(("state", "error"), LASTING)
async def test_what_lasts_is_a_fault(
    pool: Pool, state: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        async with transaction(pool) as one:
            await one.execute(raising(state))


async def read_while_it_widens(pool: Pool) -> None:
    async with transaction(pool) as one:
        await one.fetch("SELECT * FROM widening")
        await one.execute("ALTER TABLE widening ADD COLUMN b int")
        await one.fetch("SELECT * FROM widening")


async def lose_statements(pool: Pool) -> None:
    async with connection(pool) as one:
        await one.fetchval("SELECT pg_backend_pid()")
        await one.execute("DEALLOCATE ALL")
        await one.fetchval("SELECT pg_backend_pid()")


async def test_a_plan_that_a_migration_made_old_passes(pool: Pool) -> None:
    await pool.execute("CREATE TABLE widening (a int)")
    try:
        with pytest.raises(DatabaseUnavailable, match="InvalidCachedStatementError"):
            await read_while_it_widens(pool)
    finally:
        await pool.execute("DROP TABLE widening")


async def call_off(pool: Pool, other: Pool) -> None:
    waiting = asyncio.create_task(glance(pool, LOCK, HANGS))
    while not await other.fetchval(WAITS, HANGS):
        pass
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_who_is_called_off_gives_the_connection_back(database_url: str) -> None:
    async with (
        await make_pool(database_url) as other,
        await make_pool(database_url, max_size=1) as pool,
    ):
        async with transaction(other) as holder:
            await holder.execute(LOCK, HANGS)
            for _ in range(100):
                await call_off(pool, other)
        found = await glance(pool, "SELECT 1 AS one")
        assert found is not None
        assert found["one"] == 1
        assert pool.get_idle_size() == pool.get_size() == 1


async def test_a_connection_is_taken_back_in_the_callers_own_task(pool: Pool) -> None:
    async with connection(pool) as one:
        tasks = asyncio.all_tasks()
        await one.fetchval("SELECT 1")
    assert asyncio.all_tasks() == tasks
    assert pool.get_idle_size() == pool.get_size()


async def test_a_session_that_lost_its_statements_is_left(pool: Pool) -> None:
    """As a pooler in front that hands on another session."""
    first = await pool.fetchval("SELECT pg_backend_pid()")
    with pytest.raises(DatabaseUnavailable, match="InvalidSQLStatementNameError"):
        await lose_statements(pool)
    assert await pool.fetchval("SELECT pg_backend_pid()") != first


async def test_a_host_that_never_answers_is_passed_by(database_url: str) -> None:
    """It takes connections, as a server does that was frozen."""
    parts = urlsplit(database_url)
    account, _, host = parts.netloc.rpartition("@")
    if not host:  # a socket
        where = parse_qs(parts.query)
        host = f"{quote(where['host'][0], safe='')}:{where['port'][0]}"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        both = f"{account}@127.0.0.1:{silent.getsockname()[1]},{host}"
        url = parts._replace(netloc=both, query="").geturl()
        async with await make_pool(url) as pool, transaction(pool) as one:
            assert await one.fetchval("SELECT 1") == 1
