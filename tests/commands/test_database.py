"""The commands that work on the database."""

from pathlib import Path

import asyncpg
import pytest

from tests.commands.running import (
    NOBODY_THERE,
    SECRET,
    agegate,
    in_a_thread,
    mistakes,
    said,
)


async def test_migrations_are_told_and_applied(empty_database_url: str) -> None:
    url = empty_database_url
    result = await in_a_thread("migrate", "--check", DATABASE_URL=url)
    assert len(mistakes(result)) == 1
    pending = result.stdout.splitlines()
    assert pending[0].startswith("pending ")

    applied = said(await in_a_thread("migrate", DATABASE_URL=url)).splitlines()
    assert len(applied) == len(pending) + 1
    assert "up to date" in said(await in_a_thread("migrate", DATABASE_URL=url))
    said(await in_a_thread("migrate", "--check", DATABASE_URL=url))


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "AGEGATE_DATABASE_URL is not set"),
        (NOBODY_THERE, "the database can't be reached"),
        (f"postgresql://app:#{SECRET}@127.0.0.1/db", "the database can't be reached"),
        (f"mysql://app:{SECRET}@127.0.0.1/db", "the database can't be reached"),
    ],
)
def test_a_database_out_of_reach_is_one_line(url: str, words: str) -> None:
    (line,) = mistakes(agegate("migrate", DATABASE_URL=url))
    assert line.startswith(words)


async def test_a_database_that_is_not_there_is_one_line(database_url: str) -> None:
    url = database_url.replace("agegate_test", "agegate_gone")
    (line,) = mistakes(await in_a_thread("migrate", DATABASE_URL=url))
    assert line.startswith("the database can't be reached")


async def test_retention_deletes_what_is_over(
    own_database_url: str, keys_file: Path, profiles_dir: Path
) -> None:
    connection = await asyncpg.connect(own_database_url)
    await connection.execute("INSERT INTO rate_limit VALUES ('over', '2001-01-01Z')")
    settings = {
        "ENV": "development",
        "DATABASE_URL": own_database_url,
        "KEYS_FILE": str(keys_file),
        "PROFILES_DIR": str(profiles_dir),
    }
    result = await in_a_thread("retention", "run", **settings)
    assert "Deleted 1 rows" in said(result)
    assert await connection.fetchval("SELECT count(*) FROM rate_limit") == 0
    await connection.close()
