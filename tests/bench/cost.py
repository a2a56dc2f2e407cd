"""What a sign-up costs beside its hash, in processor time: server, database, client.

Each process is asked for its own time, so that whoever else uses the machine counts
for little. Sign-ups come one after the other: nobody waits for a processor, and what
one sign-up does is not shared with the next.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import psutil

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
    server = psutil.Process(running.process.pid)
    own = next(one for one in server.threads() if one.id == server.pid)
    database = sum(map(_seconds_of, psutil.process_iter(["name"])))
    return own.user_time + own.system_time, database, time.process_time()


def _seconds_of(process: psutil.Process) -> float:
    """Return what *process* has used, if it is one of PostgreSQL's."""
    if process.info["name"] != "postgres":
        return 0.0
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:  # gone since; autovacuum's workers come and go
        return 0.0
    return times.user + times.system
