"""A primary is lost, and its synchronous standby promoted, while people sign up."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from tests.faults.clients import Clients, Told, people
from tests.faults.crew import crew
from tests.faults.databases import Pair, two_databases
from tests.faults.kills import FAILING, SEED
from tests.faults.ledger import Findings, compare, everything_delivered
from tests.faults.receiver import Receiver, failing, good
from tests.support.processes import eventually

REFUSALS: Final = 24
CANCELLED: Final = 12

HANGING: Final = """
SELECT count(pg_cancel_backend(pid)) AS cancelled
FROM pg_stat_activity WHERE wait_event = 'SyncRep'
"""


@dataclass(frozen=True)
class Outcome:
    """What a failover showed: *next_after* is in seconds from the promotion."""

    findings: Findings
    told: Told
    next_after: float
    faults: list[str]
    cancelled: int = 0


Loss = Callable[[Pair, Told], Awaitable[int]]
"""Takes the primary away; returns how many commits were cancelled meanwhile."""


async def kill_it(pair: Pair, _: Told) -> int:
    pair.primary.kill()
    return 0


async def freeze_it(pair: Pair, _: Told) -> int:
    """As a machine that lost its power: nothing is refused, nothing is answered."""
    pair.freeze_primary()
    return 0


async def cut_it_off(pair: Pair, told: Told) -> int:
    """Part it from its standby first, so that no commit can be kept twice any more.

    Clients wait in vain, and an operator cancels what hangs: PostgreSQL then ends these
    commits well, but for a warning. Only afterwards the primary dies.
    """
    await pair.cut()
    cancelled, before = 0, told.tries["503"]

    async def refused() -> bool | None:
        nonlocal cancelled
        (row,) = await pair.primary.run(HANGING)
        cancelled += row["cancelled"]
        enough = cancelled >= CANCELLED and told.tries["503"] - before >= REFUSALS
        return enough or None

    await eventually(refused)
    pair.primary.kill()
    return cancelled


async def fail_over(count: int, lose: Loss) -> Outcome:
    """Sign *count* people up; half-way the primary is lost and the standby promoted."""
    everybody = people(count)
    async with (
        two_databases() as pair,
        Receiver(failing(FAILING, SEED)).listening() as receiver,
        crew(pair.url, receiver) as running,
    ):
        clients = Clients(lambda: running.ports)
        load = asyncio.create_task(clients.run(everybody))
        try:
            await eventually(lambda: _half_told(clients.told, load, count))
            cancelled = await lose(pair, clients.told)
            await pair.promote()
            promoted = time.monotonic()
            told = await load
            receiver.mood = good
        finally:
            load.cancel()
        await running.start()
        await everything_delivered(pair.standby, receiver)
        findings = await compare(pair.standby, told, receiver, everybody)
        return Outcome(
            findings, told, told.next_after(promoted), running.faults(), cancelled
        )


async def _half_told(told: Told, load: "asyncio.Task[Told]", count: int) -> bool | None:
    return load.done() or len(told.registered) >= count / 2 or None
