"""Named SQL queries, one file a slice in sql/queries, read by aiosql at import.

aiosql silently ignores arguments that a query does not take, and answers rows
untyped; so each query is wrapped here in an object that insists on exactly its
parameters and runs them on a given connection.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import aiosql
import asyncpg
from aiosql.adapters.asyncpg import AsyncPGAdapter

from service.kit.database import Connection

Row: TypeAlias = asyncpg.Record

PACKAGED: Final = Path(__file__).parents[1] / "sql"
CHECKED_OUT: Final = Path(__file__).parents[2] / "sql"
SQL: Final = PACKAGED if PACKAGED.exists() else CHECKED_OUT


@dataclass(frozen=True, slots=True)
class Query:
    """One named query, with its parameters in the order PostgreSQL numbers them."""

    name: str
    sql: str
    parameters: tuple[str, ...]

    def bind(self, arguments: Mapping[str, object]) -> tuple[object, ...]:
        """Return *arguments* in order, or raise TypeError when they do not fit."""
        if arguments.keys() != set(self.parameters):
            raise TypeError(f"{self.name} takes {self.parameters}, not {[*arguments]}")
        return tuple(arguments[name] for name in self.parameters)

    async def run(self, connection: Connection, **arguments: object) -> int:
        """Run the query for its effect, and return how many rows it touched."""
        status = await connection.execute(self.sql, *self.bind(arguments))
        count = status.rpartition(" ")[2]
        return int(count) if count.isdigit() else 0

    async def run_many(
        self, connection: Connection, rows: Sequence[Mapping[str, object]]
    ) -> None:
        """Run the query once for each of *rows*, in one round trip."""
        await connection.executemany(self.sql, [self.bind(row) for row in rows])

    async def one(
        self, connection: Connection, **arguments: object
    ) -> asyncpg.Record | None:
        """Return the one row, or None."""
        return await connection.fetchrow(self.sql, *self.bind(arguments))

    async def value(self, connection: Connection, **arguments: object) -> object:
        """Return the first column of the first row, or None."""
        return await connection.fetchval(self.sql, *self.bind(arguments))

    async def all(
        self, connection: Connection, **arguments: object
    ) -> list[asyncpg.Record]:
        """Return all rows."""
        return await connection.fetch(self.sql, *self.bind(arguments))


class Queries(Mapping[str, Query]):
    """The queries of one file, by name."""

    def __init__(self, file: str) -> None:
        """Read sql/queries/*file*.sql."""
        adapter = AsyncPGAdapter()  # type: ignore[no-untyped-call]
        loaded = aiosql.from_path(SQL / "queries" / f"{file}.sql", lambda: adapter)
        self._queries = {
            name: Query(name, getattr(loaded, name).sql, (*adapter.var_sorted[name],))
            for name in loaded.available_queries
            if not name.endswith("_cursor")
        }

    def __getitem__(self, name: str) -> Query:
        """Return the query called *name*."""
        return self._queries[name]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names."""
        return iter(self._queries)

    def __len__(self) -> int:
        """Count the queries."""
        return len(self._queries)


def load(file: str) -> Queries:
    """Return the queries of sql/queries/*file*.sql."""
    return Queries(file)
