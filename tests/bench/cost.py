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

    hashing: float
    server: float
    database: float
    client: float

    @property
    def beside_the_hash(self) -> float:
        return self.server + self.database + self.client


async def measure(
    running: Running, cluster: Path, make: Callable[[], Request], count: int = SIGN_UPS
) -> Cost:
    """Return what one of *count* sign-ups costs, with the database in *cluster*."""
    connection = await Connection.open(running.port)
    await _ask(connection, [make() for _ in range(WARM_UP)])
    requests = [make() for _ in range(count)]
    before = _spent(running, cluster)
    await _ask(connection, requests)
    after = _spent(running, cluster)
    connection.close()
    hashing, server, database, client = (
        1000 * (one - other) / count for one, other in zip(after, before, strict=True)
    )
    return Cost(hashing=hashing, server=server, database=database, client=client)


async def _ask(connection: Connection, requests: list[Request]) -> None:
    for one in requests:
        status, body = await connection.ask(one)
        if status != ACCEPTED:
            raise RuntimeError(f"a sign-up was answered with {status}: {body!r}")


def _spent(running: Running, cluster: Path) -> tuple[float, float, float, float]:
    """Return the seconds of threads that hash, the server's own, PostgreSQL and us."""
    pid = running.process.pid
    threads = {
        one.name: _seconds_of(one) for one in Path(f"/proc/{pid}/task").iterdir()
    }
    own = threads.pop(str(pid))
    database = sum(map(_seconds_of, _processes_in(cluster)))
    return sum(threads.values()), own, database, time.process_time()


def _processes_in(directory: Path) -> Iterator[Path]:
    """Yield the processes at work in *directory*, as all of a cluster's are in its."""
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # gone since; autovacuum's workers come and go
            if (place / "cwd").readlink() == directory:
                yield place


def _seconds_of(place: Path) -> float:
    """Return what a thread, or a process of one, has used (Linux, in nanoseconds)."""
    try:
        return int((place / "schedstat").read_text().split()[0]) / 1e9
    except OSError:
        return 0.0
