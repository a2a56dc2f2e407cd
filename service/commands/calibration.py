"""The command that measures what a password's hash may cost on this machine."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import click
from argon2 import Type
from argon2.low_level import hash_secret_raw

MIB: Final = 1024
FLOOR_MEMORY: Final = 19 * MIB
FLOOR_PASSES: Final = 2
"""The least that OWASP names for Argon2id (Password Storage Cheat Sheet)."""

MOST_PASSES: Final = 64
TRIES: Final = 3
MEMORY: Final = re.compile(r"(?P<number>[1-9][0-9]{0,6})(?P<unit>KiB|MiB|GiB)")
UNITS: Final = {"KiB": 1, "MiB": MIB, "GiB": MIB * MIB}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one hash takes: memory in KiB, passes over it, lanes."""

    memory: int
    passes: int
    lanes: int


Measure: TypeAlias = Callable[[Cost], float]
"""Returns how many seconds one hash takes."""


class TooSlowError(Exception):
    """Even the least that may be set takes longer than that on this machine."""


def memory_in(text: str) -> int:
    """Return a size such as 64MiB in KiB, or raise ValueError."""
    found = MEMORY.fullmatch(text)
    if found is None:
        raise ValueError("must be a size, such as 64MiB")
    return int(found["number"]) * UNITS[found["unit"]]


def seconds_of(cost: Cost) -> float:
    """Measure one hash: the fastest of a few, which others disturbed the least."""
    taken = []
    for _ in range(TRIES):
        started = time.perf_counter()
        hash_secret_raw(
            b"correct horse battery staple",
            b"sixteen bytes of",
            time_cost=cost.passes,
            memory_cost=cost.memory,
            parallelism=cost.lanes,
            hash_len=32,
            type=Type.ID,
        )
        taken.append(time.perf_counter() - started)
    return min(taken)


def propose(
    target: float, memory: int, lanes: int, measure: Measure = seconds_of
) -> tuple[Cost, float]:
    """Return the dearest cost that takes *target* seconds at most, and what it takes.

    *memory* is used whole if the target allows two passes over it, else half of it,
    and so on, down to what may be set at least; then as many passes as fit.
    """
    cost = Cost(memory=max(memory, FLOOR_MEMORY), passes=FLOOR_PASSES, lanes=lanes)
    taken = measure(cost)
    while taken > target:
        if cost.memory == FLOOR_MEMORY:
            raise TooSlowError(
                f"even {FLOOR_MEMORY // MIB} MiB and {FLOOR_PASSES} passes take"
                f" {taken * 1000:.0f} ms here"
            )
        cost = replace(cost, memory=max(cost.memory // 2, FLOOR_MEMORY))
        taken = measure(cost)
    while cost.passes < MOST_PASSES:
        dearer = replace(cost, passes=cost.passes + 1)
        more = measure(dearer)
        if more > target:
            break
        cost, taken = dearer, more
    return cost, taken


def calibrate(milliseconds: int, memory: str, lanes: int, workers: int) -> None:
    """Print the settings for hashes that take so long, in so much memory."""
    try:
        wanted = memory_in(memory)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--memory") from error
    cost, taken = propose(milliseconds / 1000, wanted, lanes)
    click.echo(f"AGEGATE_ARGON2_MEMORY_KIB={cost.memory}")
    click.echo(f"AGEGATE_ARGON2_TIME_COST={cost.passes}")
    click.echo(f"AGEGATE_ARGON2_PARALLELISM={cost.lanes}")
    click.echo(
        f"# one hash takes {taken * 1000:.0f} ms here; {workers} at a time take"
        f" {workers * cost.memory / MIB:.0f} MiB in each web process"
    )
    click.echo("# weaker hashes are made again when their holders sign in")
