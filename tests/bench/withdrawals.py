"""How long a withdrawal takes, from a guardian's click until a receiver knows."""

import asyncio
import tempfile
import time
from collections.abc import AsyncGenerator, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from service.kit.clock import SystemClock
from service.kit.database import make_pool
from tests.bench.__main__ import Figure
from tests.bench.load import Connection, request
from tests.faults.crew import crew
from tests.faults.databases import Database, one_database
from tests.faults.receiver import Receiver, Taken
from tests.support.clock import StoppedClock
from tests.support.processes import eventually
from tests.support.service import KEYS, running
from tests.support.wards import a_ward

FEWEST: Final = 200
FIRST: Final = 5  # while the worker is still starting: not counted
FLOOR_SECONDS: Final = 2.0
RATE: Final = 10.0
CLIENTS: Final = 8
PATIENCE: Final = 60.0
WITHDRAWN: Final = "consent.withdrawn"


@dataclass
class Arrivals:
    """When a receiver knew of each withdrawal, by the account."""

    at: dict[str, float] = field(default_factory=dict)

    async def note(self, one: Taken) -> int:
        if one.type == WITHDRAWN:
            self.at.setdefault(one.subject, time.perf_counter())
        return 204

    async def of(self, accounts: Collection[str]) -> bool | None:
        return self.at.keys() >= {*accounts} or None


async def withdrawals(many: int) -> AsyncGenerator[Figure]:
    """Yield the median and the p99 of *many* withdrawals, a few each second.

    Each begins when its click was due, through a web process; it ends when the receiver
    has verified what the worker sent.
    """
    arrivals = Arrivals()
    with tempfile.TemporaryDirectory(prefix="agegate-withdrawals-") as directory:
        keys = Path(directory) / "keys.json"
        keys.write_text(KEYS.dump())
        keys.chmod(0o600)
        async with (
            one_database() as database,
            Receiver(arrivals.note).listening() as receiver,
        ):
            links = await _families(database, FIRST + many)
            first, rest = dict(links[:FIRST]), dict(links[FIRST:])
            more = {"AGEGATE_KEYS_FILE": str(keys)}
            async with crew(database.url, receiver, web=1, more=more) as started:
                port = started.ports[0]
                await _withdraw(port, first)
                await eventually(lambda: arrivals.of(first), seconds=PATIENCE)
                clicks = await _withdraw(port, rest)
                await eventually(lambda: arrivals.of(rest), seconds=PATIENCE)
    times = sorted(arrivals.at[one] - clicked for one, clicked in clicks.items())
    name = f"withdrawal, from the click to the receiver ({many})"
    yield Figure(f"{name}: p50", 1000 * times[len(times) // 2], "ms")
    p99 = 1000 * times[int(len(times) * 0.99) - 1]
    yield Figure(f"{name}: p99", p99, "ms", most=1000 * FLOOR_SECONDS)


async def _families(database: Database, many: int) -> list[tuple[str, str]]:
    """Return so many accounts of children, each with the link in a guardian's letter.

    What was told of them before is told to nobody: only withdrawals are measured.
    """
    links: list[tuple[str, str]] = []
    async with (
        await make_pool(database.url) as pool,
        running(pool, StoppedClock(SystemClock().now())) as service,
    ):
        for number in range(many):
            name, guardian = f"child{number:05d}", f"g{number:05d}@family.example"
            ward = await a_ward(service, username=name, guardian=guardian)
            links.append((str(ward.account_id), ward.link))
        await pool.execute("DELETE FROM outbox_delivery")
    return links


async def _withdraw(port: int, links: Mapping[str, str]) -> Mapping[str, float]:
    """Withdraw everything for each child, and return when each click was due."""
    start, waiting = time.perf_counter(), enumerate(links.items())
    clicks: dict[str, float] = {}

    async def client() -> None:
        connection = await Connection.open(port)
        for number, (account_id, link) in waiting:
            due = clicks[account_id] = start + number / RATE
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            asked = request("POST", "/v1/consents/withdraw", {"link_token": link})
            status, body = await connection.ask(asked)
            assert status == 200, body
        connection.close()

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return clicks
