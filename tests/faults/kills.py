"""Processes of the service and of PostgreSQL die under load, and are started again."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from tests.faults.clients import PATIENCE, Clients, Told, people
from tests.faults.crew import Crew, crew
from tests.faults.databases import Database, one_database
from tests.faults.ledger import Findings, compare, everything_delivered
from tests.faults.receiver import Receiver, failing, good
from tests.support.processes import eventually

SEED: Final = 20_261_122
FAILING: Final = 0.05


@dataclass(frozen=True)
class Outcome:
    """What a scenario showed."""

    findings: Findings
    told: Told
    kills: list[str]
    faults: list[str]


WORKERS: Final = 2

Fault = Callable[[Database, Crew, random.Random], Awaitable[None]]


async def kill_a_process(_: Database, crew: Crew, draw: random.Random) -> None:
    await crew.kill(draw.choice(crew.everybody))


async def terminate_backends(database: Database, _: Crew, __: random.Random) -> None:
    await database.terminate_backends()


async def kill_backend(database: Database, _: Crew, __: random.Random) -> None:
    """PostgreSQL then ends all the others, and recovers."""
    await database.kill_backend()


async def kill_server(database: Database, _: Crew, __: random.Random) -> None:
    database.kill()
    await database.restart()


async def under_load(
    count: int, faults: Sequence[Fault], *, real_leases: bool = False
) -> Outcome:
    """Sign *count* people up while *faults* happen, one after the other.

    They are spread over the sign-ups: each waits until its share is acknowledged.
    """
    draw = random.Random(SEED)  # noqa: S311 -- the same each time
    everybody = people(count)
    async with (
        one_database() as database,
        Receiver(failing(FAILING, SEED)).listening() as receiver,
        crew(
            database.url, receiver, workers=WORKERS, real_leases=real_leases
        ) as running,
    ):
        clients = Clients(lambda: running.ports)
        load = asyncio.create_task(clients.run(everybody))
        try:
            for place, fault in enumerate(faults):
                share = (place + 0.5) / len(faults) * count
                await _reached(clients.told, load, round(share))
                await fault(database, running, draw)
            told = await load
            receiver.mood = good
        finally:
            load.cancel()
        await running.start()
        await everything_delivered(database, receiver)
        findings = await compare(database, told, receiver, everybody)
        return Outcome(findings, told, running.kills, running.faults())


async def _reached(told: Told, load: "asyncio.Task[Told]", number: int) -> None:
    async def reached() -> bool | None:
        return load.done() or len(told.registered) >= number or None

    await eventually(reached, seconds=PATIENCE)
