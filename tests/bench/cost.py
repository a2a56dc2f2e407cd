"""What a sign-up costs beside its hash, in processor time: server, database, client.

Each process is asked for its own time, so that whoever else uses the machine counts
for little. Sign-ups come one after the other: nobody waits for a processor, and what
one sign-up does is not shared with the next.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.bench.load import Connection, Request
from tests.bench.servers import Running

SIGN_UPS: Final = 400
WARM_UP: Final = 40
ACCEPTED: Final = 202


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Milliseconds of processor time a sign-up."""

    server: float
    database: float
    client: float

    @property
    def beside_the_hash(self) -> float:
        return self.server + self.database + self.client


async def measure(
    running: Running, make: Callable[[], Request], *, count: int = SIGN_UPS
) -> Cost:
    """Return what one of *count* sign-ups costs, the threads that hash left out."""
    connection = await Connection.open(running.port)
    await _ask(connection, [make() for _ in range(WARM_UP)])
    server, database, client = _spent(running)
    await _ask(connection, [make() for _ in range(count)])
    spent = _spent(running)
    connection.close()
    return Cost(
        server=1000 * (spent[0] - server) / count,
        database=1000 * (spent[1] - database) / count,
        client=1000 * (spent[2] - client) / count,
    )


async def _ask(connection: Connection, requests: list[Request]) -> None:
    for one in requests:
        status, body = await connection.ask(one)
        if status != ACCEPTED:
            raise RuntimeError(f"a sign-up was answered with {status}: {body!r}")


def _spent(running: Running) -> tuple[float, float, float]:
    """Return the seconds of the server's own thread, of PostgreSQL, and of us."""
    server = _seconds_of(Path(f"/proc/{running.process.pid}"))
    database = sum(map(_seconds_of, _database_processes()))
    return server, database, time.process_time()


def _database_processes() -> Iterator[Path]:
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # gone since; autovacuum's workers come and go
            if (place / "comm").read_text() == "postgres\n":
                yield place


def _seconds_of(place: Path) -> float:
    """Return what the first thread of a process has used (Linux, in nanoseconds)."""
    try:
        return int((place / "schedstat").read_text().split()[0]) / 1e9
    except OSError:
        return 0.0
