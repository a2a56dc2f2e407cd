"""Databases on the tests' server: made, copied from a template, emptied, dropped."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from itertools import count
from os import getpid
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from service.kit.database import Pool, make_pool
from service.kit.migrations import migrate

NUMBERS = count(1)

# The ledgers of migrations stay; everything else holds what a test wrote.
TABLES_WITH_ROWS_OF_TESTS = """
SELECT format('%I.%I', nspname, relname)
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind IN ('r', 'p') AND NOT relispartition
    AND nspname !~ '^pg_' AND nspname <> 'information_schema'
    AND relname !~ '^schema_'
"""


class Server:
    """A PostgreSQL server on which the tests may make databases, as a superuser."""

    def __init__(self, url: str, log: Path | None = None) -> None:
        self._url = urlsplit(url)
        self.log = log

    def url_of(self, database: str) -> str:
        return self._url._replace(path=f"/{database}").geturl()

    @asynccontextmanager
    async def database(self, *, template: str = "template0") -> AsyncGenerator[str]:
        """Yield the name of a new copy of *template*, and drop it afterwards."""
        name = f"agegate_test_{getpid()}_{next(NUMBERS)}"
        await self._command(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        try:
            yield name
        finally:
            await self._command(f'DROP DATABASE "{name}" WITH (FORCE)')

    async def migrate(self, database: str) -> None:
        pool = await make_pool(self.url_of(database))
        async with pool:
            await migrate(pool)

    async def _command(self, sql: str) -> None:
        connection = await asyncpg.connect(self._url.geturl())
        try:
            await connection.execute(sql)
        finally:
            await connection.close()


async def find_tables(pool: Pool) -> list[str]:
    """Return the tables that hold what a test wrote."""
    rows = await pool.fetch(TABLES_WITH_ROWS_OF_TESTS)
    return sorted(name for (name,) in rows)


async def delete_rows(pool: Pool, tables: list[str]) -> None:
    """Empty *tables*, with triggers and foreign keys asleep.

    DELETE takes a millisecond where TRUNCATE takes sixty.
    """
    deletes = [f"DELETE FROM {table}" for table in tables]  # noqa: S608
    async with pool.acquire() as connection, connection.transaction():
        asleep = "SET LOCAL session_replication_role = replica"
        await connection.execute("; ".join([asleep, *deletes]))
