"""Migrations that run outside a transaction, as dbmate has them."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from service.kit.database import make_pool
from service.kit.migrations import files, migrate, pending

TABLE = "-- migrate:up\nCREATE TABLE thing (a int);\n-- migrate:down\n"
INDEX = """-- migrate:up transaction:false
-- One that may run twice.
CREATE INDEX CONCURRENTLY IF NOT EXISTS thing_a ON thing (a);
"""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "20260101000001_table.sql").write_text(TABLE)
    (tmp_path / "20260101000002_index.sql").write_text(INDEX)
    return tmp_path


def test_files_are_read_once_and_say_how_they_run(directory: Path) -> None:
    found = files(directory)
    assert [one.in_transaction for one in found] == [True, False]
    (directory / "20260101000001_table.sql").unlink()
    assert files(directory) is found


def test_everything_that_ships_is_read_once() -> None:
    assert files() is files()
    assert files()


async def test_an_index_is_made_concurrently(
    empty_database_url: str, directory: Path
) -> None:
    async with await make_pool(empty_database_url) as pool:
        assert len(await migrate(pool, directory)) == 2
        assert await migrate(pool, directory) == []
        found = await pool.fetchval(
            "SELECT indisvalid FROM pg_index WHERE indexrelid = 'thing_a'::regclass"
        )
        assert found is True
        assert await pool.fetchval("SHOW lock_timeout") == "4s"


async def test_several_make_it_once_without_a_deadlock(
    empty_database_url: str, directory: Path
) -> None:
    async with await make_pool(empty_database_url, max_size=8) as pool:
        applied = await asyncio.gather(*(migrate(pool, directory) for _ in range(8)))
    assert sum(map(len, applied)) == 2


async def test_in_a_transaction_the_same_is_refused_and_leaves_nothing(
    empty_database_url: str, directory: Path
) -> None:
    inside = INDEX.replace(" transaction:false", "")
    (directory / "20260101000002_index.sql").write_text(inside)
    async with await make_pool(empty_database_url) as pool:
        with pytest.raises(asyncpg.ActiveSQLTransactionError):
            await migrate(pool, directory)
        async with pool.acquire() as connection:
            applied = await connection.fetch("SELECT version FROM schema_migrations")
            assert [row["version"] for row in applied] == ["20260101000001"]
            assert await pending(connection)
