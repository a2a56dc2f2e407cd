"""sql/schema.sql is the schema that the migrations lead to, on one page."""

import asyncio
import os
import re
import shutil
import subprocess
from pathlib import Path

import asyncpg
import pytest

from service.kit import migrations
from service.kit.database import make_pool
from service.kit.embedded_postgres_programs import find_binaries
from service.kit.migrations import MigrationChangedError, migrate, pending
from service.kit.queries import SQL, Query, load

PAGE = SQL / "schema.sql"
HEADER = """-- The whole schema, as the migrations lead to it. Generated: change a
-- migration, then run the test with AGEGATE_TEST_WRITE_SCHEMA=1.
"""

QUERIES = [
    pytest.param(query, id=f"{file.stem}.{name}")
    for file in sorted((SQL / "queries").glob("*.sql"))
    for name, query in load(file.stem).items()
]


def dump(url: str) -> str:
    """Return the schema of a database, without what differs from run to run."""
    text = subprocess.run(
        [find_binaries() / "pg_dump", "--schema-only", "--no-owner", url],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    kept = [
        line
        for line in text.splitlines()
        if line and not re.match(r"--|SET |SELECT pg_catalog|\\(un)?restrict", line)
    ]
    body = re.sub(r"(?<=;)\n(?=CREATE|ALTER)", "\n\n", "\n".join(kept))
    return f"{HEADER}\n{body}\n"


def statements(schema: str) -> set[str]:
    """Return the statements of a schema, without the ledgers of who applied it."""
    return {one for one in schema.split("\n\n") if "schema_" not in one}


async def test_the_migrations_lead_to_the_schema_on_the_page(
    own_database_url: str,
) -> None:
    made = dump(own_database_url)
    if os.environ.get("AGEGATE_TEST_WRITE_SCHEMA"):
        PAGE.write_text(made)

    assert PAGE.read_text() == made


async def test_a_second_migration_changes_nothing(own_database_url: str) -> None:
    async with await make_pool(own_database_url) as pool:
        assert await migrate(pool) == []
        async with pool.acquire() as connection:
            assert await pending(connection) == []


async def test_an_empty_database_has_every_migration_pending(
    empty_database_url: str,
) -> None:
    async with await make_pool(empty_database_url) as pool:
        async with pool.acquire() as connection:
            waiting = await pending(connection)
        assert waiting == [file.name for file in migrations.files()]
        assert await migrate(pool) == waiting


async def test_a_changed_migration_is_noticed(own_database_url: str) -> None:
    async with await make_pool(own_database_url) as pool:
        await pool.execute("UPDATE schema_checksums SET checksum = 'other'")
        with pytest.raises(MigrationChangedError, match="vault"):
            await migrate(pool)


async def test_migrations_that_dbmate_applied_are_known(own_database_url: str) -> None:
    async with await make_pool(own_database_url) as pool:
        await pool.execute("DELETE FROM schema_checksums")
        assert await migrate(pool) == []


async def test_two_migrations_at_once_do_it_once(empty_database_url: str) -> None:
    async with (
        await make_pool(empty_database_url) as one,
        await make_pool(empty_database_url) as other,
    ):
        applied = await asyncio.gather(migrate(one), migrate(other))
    assert sorted(applied[0] + applied[1]) == [file.name for file in migrations.files()]


@pytest.mark.skipif(shutil.which("dbmate") is None, reason="dbmate is not at hand")
async def test_dbmate_leads_to_the_same_schema(
    empty_database_url: str, tmp_path: Path
) -> None:
    subprocess.run(
        ["dbmate", "--no-dump-schema", "-d", SQL / "migrations", "up"],  # noqa: S607
        check=True,
        env={**os.environ, "DATABASE_URL": empty_database_url},
    )
    assert statements(dump(empty_database_url)) == statements(PAGE.read_text())


@pytest.mark.parametrize("query", QUERIES)
async def test_every_query_prepares(database_url: str, query: Query) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        statement = await connection.prepare(query.sql)
        assert len(statement.get_parameters()) == len(query.parameters)
    finally:
        await connection.close()


def test_an_argument_that_a_query_does_not_take_is_refused() -> None:
    with pytest.raises(TypeError, match="takes"):
        load("registration")["find_registration"].bind({"id": 1})
