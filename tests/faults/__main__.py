"""Let things die, hang and lie, and print what became of sign-ups and events.

    python -m tests.faults [--full] [--only NAME ...]

Everything runs on this machine, in processes of its own, on servers that are durable.
The command fails when a figure misses its bound. --full takes a quarter of an hour.
"""

import argparse
import asyncio
import sys
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Final

from tests.bench.__main__ import Figure
from tests.faults import crashes, failover, kills, rolling, trouble
from tests.faults.ledger import Findings


@dataclass(frozen=True)
class Size:
    """How much of everything."""

    sign_ups: int
    kills: int
    outages: int
    failover: int
    restarts: int
    poison: tuple[int, int]
    troubles: int
    real_leases: bool


SMALL: Final = Size(
    sign_ups=250,
    kills=5,
    outages=1,
    failover=200,
    restarts=1,
    poison=(3, 60),
    troubles=8,
    real_leases=False,
)
FULL: Final = Size(
    sign_ups=10_000,
    kills=20,
    outages=5,
    failover=3000,
    restarts=5,
    poison=(7, 300),
    troubles=50,
    real_leases=True,
)

PROMOTED_SECONDS: Final = 5.0
FROZEN_SECONDS: Final = 10.0  # statements that hang, then connections that do


async def processes(size: Size) -> AsyncGenerator[Figure]:
    """Web processes and workers are killed."""
    seen = await kills.under_load(
        size.sign_ups,
        [kills.kill_a_process] * size.kills,
        real_leases=size.real_leases,
    )
    for one in _figures(seen.findings, seen.faults):
        yield one
    yield Figure("web processes killed", seen.kills.count("serve"), "")
    yield Figure("workers killed", seen.kills.count("work"), "")
    # Each dead worker leaves up to 8 unmarked: a lot, of a few sign-ups.
    most = 3.0 if size is FULL else None
    yield Figure("events delivered twice", seen.findings.share_doubled, "%", most=most)
    yield Figure("longest time without an answer", seen.told.longest_silence(), "s")


async def servers(size: Size) -> AsyncGenerator[Figure]:
    """PostgreSQL's backends are ended and killed, and the server is."""
    faults = [kills.terminate_backends, kills.kill_backend, kills.kill_server]
    seen = await kills.under_load(
        size.failover, faults * size.outages, real_leases=size.real_leases
    )
    for one in _figures(seen.findings, seen.faults):
        yield one
    yield Figure("events delivered twice", seen.findings.share_doubled, "%", most=None)
    yield Figure("longest time without an answer", seen.told.longest_silence(), "s")


async def killed(size: Size) -> AsyncGenerator[Figure]:
    """The primary is killed, and its standby promoted."""
    seen = await failover.fail_over(size.failover, failover.kill_it)
    for one in _figures(seen.findings, seen.faults):
        yield one
    yield _next(seen, PROMOTED_SECONDS)


async def frozen(size: Size) -> AsyncGenerator[Figure]:
    """The primary falls silent, and its standby is promoted at once."""
    seen = await failover.fail_over(size.failover, failover.freeze_it)
    for one in _figures(seen.findings, seen.faults):
        yield one
    yield _next(seen, FROZEN_SECONDS)


async def cut(size: Size) -> AsyncGenerator[Figure]:
    """The primary loses its standby, hangs, and dies; the standby is promoted."""
    seen = await failover.fail_over(size.failover, failover.cut_it_off)
    for one in _figures(seen.findings, seen.faults):
        yield one
    yield Figure("hanging commits cancelled by an operator", seen.cancelled, "")
    yield Figure("told to come again (503)", seen.told.tries["503"], "")
    yield _next(seen, PROMOTED_SECONDS)


async def statements(_: Size) -> AsyncGenerator[Figure]:
    """Flows and dispatcher die between any two statements."""
    seen = await crashes.crash_everywhere()
    for flow, points in seen.points.items():
        yield Figure(f"points of a crash: {flow}", points, "", least=1)
    lost = abs(seen.people - seen.accounts) + abs(seen.people - seen.opened)
    yield Figure("lost or doubled", lost + seen.twice + seen.gaps, "", most=0)
    yield Figure("events not delivered", seen.undelivered, "", most=0)
    yield Figure("events of nothing", seen.phantoms, "", most=0)
    yield Figure("events out of order", seen.out_of_order, "", most=0)


async def restarts(size: Size) -> AsyncGenerator[Figure]:
    """Two web processes are restarted one by one behind a balancer."""
    seen = await rolling.restart_one_by_one(size.restarts)
    yield Figure("requests", seen.requests, "", least=1)
    yield Figure("requests that failed", len(seen.failed), "", most=0)
    yield Figure("false answers", len(seen.told.wrong), "", most=0)
    ended_badly = sum(map(bool, seen.exit_codes))
    yield Figure("processes that ended badly", ended_badly, "", most=0)


async def poison(size: Size) -> AsyncGenerator[Figure]:
    """One subject's events can't be taken."""
    seen = await trouble.poison(*size.poison)
    for one in _figures(seen.findings, []):
        yield one
    yield Figure("events that waited with the poison", seen.parked, "", least=1)
    yield Figure("others that waited", seen.others_left, "", most=0)
    most = 1.1 if size is FULL else None
    yield Figure("p99 of the others ÷ p99 without poison", seen.ratio, "", most=most)


async def troubles(size: Size) -> AsyncGenerator[Figure]:
    """The subscriber is down, failing, slow, elsewhere, somebody else."""
    seen = await trouble.troubles(size.troubles)
    assert seen.findings is not None
    for one in _figures(seen.findings, []):
        yield one
    yield Figure(
        "others that waited with a poison subject", seen.others_left, "", most=0
    )
    tried_again = sum(seen.told.tries.values()) - len(seen.told.times)
    yield Figure("sign-ups that were to come again", tried_again, "", most=0)
    yield Figure("sign-up p99 meanwhile", seen.told.p99_ms(), "ms")
    yield Figure("all delivered after the recovery", seen.seconds["recovery"], "s")


SCENARIOS: Final = {
    one.__name__: one
    for one in (
        processes,
        servers,
        killed,
        frozen,
        cut,
        statements,
        restarts,
        poison,
        troubles,
    )
}


def _figures(findings: Findings, faults: list[str]) -> list[Figure]:
    wrong: Mapping[str, int] = findings.wrong
    return [
        Figure("sign-ups acknowledged", findings.signed_up, "", least=1),
        Figure("events", findings.events, "", least=1),
        Figure(
            "lost, doubled, out of order, of nothing", sum(wrong.values()), "", most=0
        ),
        *(Figure(f"  {what}", count, "", most=0) for what, count in wrong.items()),
        Figure("faults of ours (500)", len(faults), "", most=0),
    ]


def _next(seen: failover.Outcome, most: float) -> Figure:
    what = "from the promotion to the next acknowledgement"
    return Figure(what, seen.next_after, "s", most=most)


async def show(size: Size, names: list[str]) -> bool:
    """Print the table, and tell whether all of it is good."""
    good = True
    for name in names:
        scenario = SCENARIOS[name]
        print(f"\n{scenario.__doc__}")  # noqa: T201 -- a command
        async for figure in scenario(size):
            print(figure, flush=True)  # noqa: T201
            good = good and figure.good
    return good


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--full", action="store_true")
    options.add_argument("--only", nargs="+", choices=SCENARIOS, default=[*SCENARIOS])
    chosen = options.parse_args()
    size = FULL if chosen.full else SMALL
    return int(not asyncio.run(show(size, chosen.only)))


if __name__ == "__main__":
    sys.exit(main())
