"""Brings the database to the schema in sql/migrations, in dbmate's file format.

A file is ``YYYYMMDDHHMMSS_topic.sql`` with a ``-- migrate:up`` block; its version is
kept in ``schema_migrations`` as dbmate keeps it, so either tool may be used. A file
that was applied must never change: its checksum is kept beside and compared.

What can't run inside a transaction (CREATE INDEX CONCURRENTLY) says so as dbmate has
it, ``-- migrate:up transaction:false``. Such a file holds one statement alone, and one
that may run twice: when it fails half-way, nothing is rolled back.
"""

import asyncio
import hashlib
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from asyncpg.pool import PoolConnectionProxy

from service.kit.database import Connection, Pool
from service.kit.database import connection as acquired
from service.kit.queries import SQL

MIGRATIONS: Final = SQL / "migrations"

LOCK: Final = 7_301_014  # any constant: keeps two starting migrations apart
LOCK_SECONDS: Final = 60.0
LOCK_POLL_SECONDS: Final = 0.1
LOCK_TIMEOUT: Final = "2s"  # a migration that waits must not stall everybody behind it
PATIENT_LOCK_TIMEOUT: Final = "60s"
STATEMENT_SECONDS: Final = 600.0

LEDGER: Final = """
CREATE TABLE IF NOT EXISTS schema_migrations (version varchar(128) PRIMARY KEY);
CREATE TABLE IF NOT EXISTS schema_checksums (
    version varchar(128) PRIMARY KEY,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);
"""

ALONE: Final = re.compile(r"\btransaction:false\b")
FILE: Final = re.compile(r"(?P<version>\d{14})_[a-z0-9_]+\.sql")
UP: Final = re.compile(
    r"^-- migrate:up(?P<options>[^\n]*)\n(?P<up>.*?)(?=^-- migrate:down|\Z)",
    re.DOTALL | re.MULTILINE,
)


class MigrationsPendingError(Exception):
    """The database's schema is older than this program."""


class MigrationChangedError(Exception):
    """An applied migration no longer reads as it did."""


class MigrationMalformedError(Exception):
    """A migration's name or its -- migrate:up block is not in dbmate's format."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file of sql/migrations."""

    version: str
    name: str
    up: str
    checksum: str
    in_transaction: bool = True


@cache
def files(directory: Path = MIGRATIONS) -> tuple[Migration, ...]:
    """Return every migration that ships, oldest first; read once."""
    found = []
    for path in sorted(directory.glob("*.sql")):
        text = path.read_text()
        name, up = FILE.fullmatch(path.name), UP.search(text)
        if name is None or up is None:
            raise MigrationMalformedError(path.name)
        checksum = hashlib.sha256(text.encode()).hexdigest()
        inside = ALONE.search(up["options"]) is None
        found.append(Migration(name["version"], path.name, up["up"], checksum, inside))
    return tuple(found)


async def pending(connection: Connection) -> list[str]:
    """Return the names of the migrations that are not applied, without a write."""
    known = await connection.fetchval("SELECT to_regclass('schema_migrations')")
    if known is None:
        return [file.name for file in files()]
    rows = await connection.fetch("SELECT version FROM schema_migrations")
    applied = {row["version"] for row in rows}
    return [file.name for file in files() if file.version not in applied]


async def check(pool: Pool) -> None:
    """Raise MigrationsPendingError unless every migration is applied."""
    async with acquired(pool) as connection:
        if await pending(connection):
            raise MigrationsPendingError


async def migrate(pool: Pool, directory: Path = MIGRATIONS) -> list[str]:
    """Apply what is missing, and return the names of the files applied.

    Several processes may call this at once: an advisory lock lets one work while the
    others wait. Each file runs in a transaction of its own, unless it says otherwise.
    """
    async with pool.acquire() as connection, _alone(connection):
        await connection.execute(LEDGER)
        return [
            file.name for file in files(directory) if await _apply(connection, file)
        ]


@asynccontextmanager
async def _alone(connection: PoolConnectionProxy) -> AsyncGenerator[None]:
    """Wait until no other process migrates, and keep the others waiting.

    They ask again and again: a statement that waited in the database would keep its
    snapshot, and CREATE INDEX CONCURRENTLY waits until nobody has an older one.
    """
    ask = "SELECT pg_try_advisory_lock($1)"
    async with asyncio.timeout(LOCK_SECONDS):
        while not await connection.fetchval(ask, LOCK):  # noqa: ASYNC110 -- see above
            await asyncio.sleep(LOCK_POLL_SECONDS)
    try:
        yield
    finally:
        await connection.execute("SELECT pg_advisory_unlock($1)", LOCK)


async def _apply(connection: PoolConnectionProxy, file: Migration) -> bool:
    known = await connection.fetchrow(
        "SELECT checksum FROM schema_migrations LEFT JOIN schema_checksums"
        " USING (version) WHERE version = $1",
        file.version,
    )
    if known is not None:
        # dbmate applies a file without our checksum: nothing to compare then.
        if known["checksum"] not in {None, file.checksum}:
            raise MigrationChangedError(file.name)
        return False
    if not file.in_transaction:
        await _run_alone(connection, file)
    async with connection.transaction():
        await connection.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        if file.in_transaction:
            await connection.execute(file.up, timeout=STATEMENT_SECONDS)
        await connection.execute(
            "INSERT INTO schema_migrations (version) VALUES ($1)", file.version
        )
        await connection.execute(
            "INSERT INTO schema_checksums (version, checksum) VALUES ($1, $2)",
            file.version,
            file.checksum,
        )
    return True


async def _run_alone(connection: PoolConnectionProxy, file: Migration) -> None:
    """Run a statement that waits for everybody's transactions, and stalls nobody."""
    await connection.execute(f"SET lock_timeout = '{PATIENT_LOCK_TIMEOUT}'")
    try:
        await connection.execute(file.up, timeout=STATEMENT_SECONDS)
    finally:
        await connection.execute("RESET lock_timeout")
