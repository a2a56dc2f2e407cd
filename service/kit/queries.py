"""Named SQL queries, one file a slice in sql/queries, read by aiosql at import.

aiosql silently ignores arguments that a query does not take, and answers rows
untyped; so each query is wrapped here in an object that insists on exactly its
parameters and runs them on a given connection.

A round trip costs more than a row: what several slices write for one flow can be
handed over as ``Write`` and sent as one statement.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Final, TypeAlias

import aiosql
import asyncpg
from aiosql.adapters.asyncpg import AsyncPGAdapter

from service.kit.database import Connection, Pool, glance

Row: TypeAlias = asyncpg.Record

PACKAGED: Final = Path(__file__).parents[1] / "sql"
CHECKED_OUT: Final = Path(__file__).parents[2] / "sql"
SQL: Final = PACKAGED if PACKAGED.exists() else CHECKED_OUT


PARAMETER: Final = re.compile(r"\$([0-9]+)")
END_OF_WITH: Final = "\n)\n\n"
"""What stands before the last statement of a query that begins with WITH."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """A query that writes, with its arguments, not yet run.

    It must touch exactly *rows*, where that is told, or *refusal* is raised.
    """

    sql: str
    arguments: tuple[object, ...]
    rows: int | None = None
    refusal: Callable[[], Exception] = RuntimeError


async def write(connection: Connection, *writes: Write) -> None:
    """Run *writes* as one statement, or raise the refusal of the first that failed.

    All of them or none: the database itself undoes the statement when one touches
    other rows than it must, so by itself it is a transaction. They run side by side:
    none sees what another one writes, so no two may touch one row, and a constraint
    may fail before a refusal is found. References between their rows are checked when
    all are written.
    """
    if not writes:
        return
    sql = _joined(tuple((one.sql, one.rows) for one in writes))
    arguments = chain.from_iterable([one.arguments for one in writes])
    try:
        await connection.fetchval(sql, *arguments)
    except asyncpg.RaiseError as error:  # by refuse_write, nothing else raises it
        raise writes[int(str(error))].refusal() from None


@cache
def _joined(queries: tuple[tuple[str, int | None], ...]) -> str:
    """Return several statements as one, each of which must touch so many rows."""
    parts, checks, before = [], ["1"], 0
    for place, (sql, rows) in enumerate(queries):
        shifted = PARAMETER.sub(lambda found: f"${int(found[1]) + before}", sql)  # noqa: B023
        *own, last = shifted.rstrip(" \n;").removeprefix("WITH ").rsplit(END_OF_WITH, 1)
        parts += [f"{one}\n)" for one in own]
        parts.append(f"w{place} AS ({last} RETURNING 1)")
        if rows is not None:
            count = f"(SELECT count(*) FROM w{place})"  # noqa: S608 -- no value
            checks.append(f"CASE WHEN {count} <> {rows} THEN refuse_write({place}) END")
        before += len(set(PARAMETER.findall(sql)))
    return f"WITH {', '.join(parts)} SELECT {', '.join(checks)}"


@dataclass(frozen=True, slots=True)
class Query:
    """One named query, with its parameters in the order PostgreSQL numbers them."""

    name: str
    sql: str
    parameters: tuple[str, ...]

    def bind(self, arguments: Mapping[str, object]) -> tuple[object, ...]:
        """Return *arguments* in order, or raise TypeError when they do not fit."""
        try:
            bound = tuple(map(arguments.__getitem__, self.parameters))
        except KeyError:
            bound = ()
        if len(bound) != len(arguments):
            raise TypeError(f"{self.name} takes {self.parameters}, not {[*arguments]}")
        return bound

    def write(
        self,
        *,
        rows: int | None = None,
        refusal: Callable[[], Exception] = RuntimeError,
        **arguments: object,
    ) -> Write:
        """Return the query as a ``Write``, to be run together with others."""
        bound = self.bind(arguments)
        return Write(sql=self.sql, arguments=bound, rows=rows, refusal=refusal)

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

    async def seen(self, pool: Pool, **arguments: object) -> asyncpg.Record | None:
        """Return the one row as it is now, or None; by a connection of its own."""
        return await glance(pool, self.sql, *self.bind(arguments))

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
