"""Brings the database to the schema in sql/migrations, in dbmate's file format.

A file is ``YYYYMMDDHHMMSS_topic.sql`` with a ``-- migrate:up`` block; its version is
kept in ``schema_migrations`` as dbmate keeps it, so either tool may be used. A file
that was applied must never change: its checksum is kept beside and compared.
"""

import hashlib
import re
from dataclasses import dataclass
from typing import Final

import asyncpg

from service.kit.database import Connection, Pool
from service.kit.database import connection as acquired
from service.kit.queries import SQL

LOCK: Final = 7_301_014  # any constant: keeps two starting migrations apart
LOCK_TIMEOUT: Final = "2s"  # a migration that waits must not stall everybody behind it
STATEMENT_SECONDS: Final = 600.0

LEDGER: Final = """
CREATE TABLE IF NOT EXISTS schema_migrations (version varchar(128) PRIMARY KEY);
CREATE TABLE IF NOT EXISTS schema_checksums (
    version varchar(128) PRIMARY KEY,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);
"""

FILE: Final = re.compile(r"(?P<version>\d{14})_[a-z0-9_]+\.sql")
UP: Final = re.compile(
    r"^-- migrate:up[^\n]*\n(?P<up>.*?)(?=^-- migrate:down|\Z)",
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


def files() -> list[Migration]:
    """Return every migration that ships, oldest first."""
    found = []
    for path in sorted((SQL / "migrations").glob("*.sql")):
        text = path.read_text()
        name, up = FILE.fullmatch(path.name), UP.search(text)
        if name is None or up is None:
            raise MigrationMalformedError(path.name)
        checksum = hashlib.sha256(text.encode()).hexdigest()
        found.append(Migration(name["version"], path.name, up["up"], checksum))
    return found


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


async def migrate(pool: Pool) -> list[str]:
    """Apply what is missing, and return the names of the files applied.

    Several processes may call this at once: an advisory lock lets one work while the
    others wait. Each file runs in a transaction of its own.
    """
    async with pool.acquire() as connection:
        await connection.execute("SET lock_timeout = '60s'")
        await connection.execute("SELECT pg_advisory_lock($1)", LOCK, timeout=60)
        try:
            await connection.execute(LEDGER)
            return [file.name for file in files() if await _apply(connection, file)]
        finally:
            await connection.execute("SELECT pg_advisory_unlock($1)", LOCK)
            await connection.execute("RESET lock_timeout")


async def _apply(connection: asyncpg.pool.PoolConnectionProxy, file: Migration) -> bool:
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
    async with connection.transaction():
        await connection.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
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
