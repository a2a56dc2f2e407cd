"""Measure how fast events reach a receiver, and what a backlog costs sign-ups.

    python -m tests.bench.events [--events 2000] [--backlog 10000] [--seconds 10]
    python -m tests.bench.events --withdrawals 200 --only-withdrawals

A worker and a web process on an embedded PostgreSQL with fsync on; the receiver, which
verifies each signature, is this process; where nats-server is installed, a stream of
NATS JetStream as well. All of them share the machine.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from nats.js import JetStreamContext

from service.kit.clock import SystemClock
from service.kit.database import make_pool, transaction
from service.outbox.flows import Outbox
from tests.bench.__main__ import Figure
from tests.bench.load import at_rate, request
from tests.bench.people import newcomer
from tests.bench.withdrawals import FEWEST, withdrawals
from tests.faults.crew import Crew, crew
from tests.faults.databases import Database, one_database
from tests.faults.receiver import Receiver, always
from tests.outbox.support import event, subscriber, subscribers
from tests.support.nats_server import PROGRAM as NATS
from tests.support.nats_server import running as running_nats
from tests.support.processes import eventually

PARALLELISMS: Final = (1, 8, 32, 64)
BATCH: Final = 500
RATE: Final = 10.0
PATIENCE: Final = 600.0
REAL_HASHING: Final = {
    "AGEGATE_ARGON2_MEMORY_KIB": "19456",
    "AGEGATE_ARGON2_TIME_COST": "2",
}


async def tell(database: Database, events: int) -> None:
    """Record so many events, each of another subject."""
    outbox = Outbox(subscribers(subscriber()))
    async with await make_pool(database.url) as pool:
        for _ in range(0, events, BATCH):
            async with transaction(pool) as connection:
                some = (event() for _ in range(BATCH))
                await outbox.record(connection, *some, at=SystemClock().now())


async def drain(events: int, parallelism: int) -> Figure:
    """Return how many events a second a worker delivers, so many at once."""
    async with (
        one_database() as database,
        Receiver().listening() as receiver,
    ):
        await tell(database, events)
        async with crew(database.url, receiver, web=0, parallelism=parallelism):
            rate = await _rate(receiver.count, events)
    return Figure(f"events a second, {parallelism} at once", rate, "/s")


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream that events go to."""

    url: str
    jetstream: JetStreamContext

    async def count(self) -> int:
        return (await self.jetstream.stream_info("EVENTS")).state.messages


async def drain_into_nats(events: int, parallelism: int) -> Figure:
    """Return the same, into a stream of NATS JetStream kept in files."""
    with tempfile.TemporaryDirectory(prefix="agegate-nats-") as directory:
        async with (
            one_database() as database,
            running_nats(Path(directory)) as server,
            server.stream() as jetstream,
        ):
            await tell(database, events)
            stream = Stream(f"{server.url}/EVENTS", jetstream)
            async with crew(database.url, stream, web=0, parallelism=parallelism):
                rate = await _rate(stream.count, events)
    return Figure(f"events a second into NATS, {parallelism} at once", rate, "/s")


async def _rate(count: Callable[[], Awaitable[int]], events: int) -> float:
    """Return how many a second arrive, from the first of *events* to the last."""

    async def arrived(many: int) -> bool | None:
        return await count() >= many or None

    await eventually(lambda: arrived(1))
    began, before = time.perf_counter(), await count()
    await eventually(lambda: arrived(events), seconds=PATIENCE)
    return (events - before) / (time.perf_counter() - began)


async def sign_ups(backlog: int, seconds: float) -> AsyncGenerator[Figure]:
    """Yield the p99 of sign-ups without a backlog, with one, and while it drains."""
    async with (
        one_database() as database,
        Receiver(always(503)).listening() as receiver,
        crew(database.url, receiver, web=1, more=REAL_HASHING) as running,
    ):
        without = await _p99(running, seconds)
        yield Figure("sign-up p99, no backlog", without, "ms")
        await tell(database, backlog)
        waiting = await _p99(running, seconds)
        yield Figure(f"sign-up p99, {backlog} events wait", waiting, "ms")
        yield Figure("  ÷ without", waiting / without, "")
    async with (
        one_database() as database,
        Receiver().listening() as receiver,
        crew(database.url, receiver, web=1, more=REAL_HASHING) as running,
    ):
        await tell(database, backlog)
        before = len(receiver.taken)
        draining = await _p99(running, seconds)
        taken = len(receiver.taken) - before
        yield Figure(f"sign-up p99, {backlog} events drain", draining, "ms")
        yield Figure("  ÷ without", draining / without, "")
        yield Figure("  events a second meanwhile", taken / seconds, "/s")


async def _p99(running: Crew, seconds: float) -> float:
    def form() -> bytes:
        return request("POST", "/v1/apps/terran-studio/registrations", newcomer())

    seen = await at_rate(running.ports[0], form, per_second=RATE, seconds=seconds)
    assert {*seen.statuses} == {202}
    return seen.p99_ms(202)


async def show(events: int, backlog: int, seconds: float) -> None:
    for parallelism in PARALLELISMS:
        print(await drain(events, parallelism), flush=True)  # noqa: T201 -- a command
    for parallelism in PARALLELISMS if NATS else ():
        print(await drain_into_nats(events, parallelism), flush=True)  # noqa: T201
    if not NATS:
        print("nats-server is not installed: no figures of it")  # noqa: T201
    async for figure in sign_ups(backlog, seconds):
        print(figure, flush=True)  # noqa: T201


async def show_withdrawals(many: int) -> bool:
    """Print how long so many withdrawals took; tell whether that is soon enough."""
    good = True
    async for figure in withdrawals(many):
        print(figure, flush=True)  # noqa: T201 -- a command
        good = good and figure.good
    return good


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--events", type=int, default=2000)
    options.add_argument("--backlog", type=int, default=10_000)
    options.add_argument("--seconds", type=float, default=10)
    options.add_argument("--withdrawals", type=int, default=FEWEST)
    options.add_argument("--only-withdrawals", action="store_true")
    chosen = options.parse_args()
    good = asyncio.run(show_withdrawals(chosen.withdrawals))
    if not chosen.only_withdrawals:
        asyncio.run(show(chosen.events, chosen.backlog, chosen.seconds))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
