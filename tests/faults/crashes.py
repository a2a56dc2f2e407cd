"""A crash between each two statements of the flows and of the dispatcher."""

import asyncio
import json
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from tests.faults.databases import one_database
from tests.faults.receiver import Receiver
from tests.support.processes import CLEAN, ROOT

FLOWS: Final = ("register", "confirm", "consent")


@dataclass(frozen=True)
class Outcome:
    """At how many *points* each flow was killed, and what is left after it all."""

    points: dict[str, int]
    people: int
    accounts: int
    opened: int
    twice: int
    gaps: int
    undelivered: int
    phantoms: int
    out_of_order: int
    duplicates: int


async def crash_everywhere(stride: int = 1) -> Outcome:
    """Crash at each point, or at every *stride*-th one, and compare what is left."""
    async with one_database() as database, Receiver().listening() as receiver:
        points = await _crash(database.url, receiver.url, stride)
        accounts = await database.run("SELECT account_id FROM account")
        rows = await database.run(
            "SELECT event_id::text AS id, subject_id::text AS subject, sequence,"
            " event_type FROM outbox_event ORDER BY subject_id, sequence"
        )
    told: dict[str, list[str]] = defaultdict(list)
    numbers: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        told[row["subject"]].append(row["event_type"])
        numbers[row["subject"]].append(row["sequence"])
    events = {row["id"] for row in rows}
    return Outcome(
        points=points,
        people=sum(points[flow] + 2 for flow in FLOWS),  # twice without a crash
        accounts=len(accounts),
        opened=sum(one.count("account.opened") for one in told.values()),
        twice=sum(len(one) - len({*one}) for one in told.values()),
        gaps=sum(one != [*range(1, len(one) + 1)] for one in numbers.values()),
        undelivered=len(events - receiver.ids),
        phantoms=len(receiver.ids - events),
        out_of_order=receiver.out_of_order,
        duplicates=receiver.duplicates,
    )


async def _crash(url: str, receiver: str, stride: int) -> dict[str, int]:
    orders = {"url": url, "receiver": receiver, "flows": FLOWS, "stride": stride}
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.faults.crashing"),
        cwd=ROOT,
        env=CLEAN,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        said, _ = await program.communicate(json.dumps(orders).encode())
    finally:
        if program.returncode is None:
            program.kill()
            await program.wait()
    assert program.returncode == 0, said.decode()
    points: dict[str, int] = json.loads(said.splitlines()[-1])
    return points
