"""What hashing may cost is measured, and never falls below what is safe."""

import re

import pytest

from service.commands.calibration import (
    FLOOR_MEMORY,
    FLOOR_PASSES,
    MIB,
    Cost,
    TooSlowError,
    memory_in,
    propose,
)
from tests.commands.running import agegate, said


@pytest.mark.parametrize(
    ("nanoseconds", "memory", "passes"),
    [
        (500, 64 * MIB, 7),  # a fast one: all the memory, many passes
        (1500, 64 * MIB, 2),
        (2000, 32 * MIB, 3),  # a slow one: less memory first
        (6000, FLOOR_MEMORY, 2),
    ],
)
def test_the_dearest_cost_that_fits_is_proposed(
    nanoseconds: float, memory: int, passes: int
) -> None:
    def measure(cost: Cost) -> float:
        return cost.memory * cost.passes * nanoseconds / 1e9

    cost, taken = propose(0.25, 64 * MIB, 1, measure)

    assert (cost.memory, cost.passes, cost.lanes) == (memory, passes, 1)
    assert taken == measure(cost) <= 0.25
    dearer = Cost(memory=cost.memory, passes=cost.passes + 1, lanes=1)
    assert measure(dearer) > 0.25


def test_nothing_below_the_floor_is_proposed_however_slow_the_machine() -> None:
    with pytest.raises(TooSlowError, match="even 19 MiB and 2 passes take 500 ms"):
        propose(0.25, 64 * MIB, 1, lambda _: 0.5)
    cost, _ = propose(0.25, 1, 1, lambda cost: cost.passes / 10)
    assert cost.memory == FLOOR_MEMORY
    assert cost.passes == FLOOR_PASSES


@pytest.mark.parametrize(
    ("text", "kib"), [("64MiB", 65_536), ("19456KiB", 19_456), ("1GiB", 1_048_576)]
)
def test_sizes_are_read_with_their_unit(text: str, kib: int) -> None:
    assert memory_in(text) == kib


def test_settings_are_printed_as_they_are_set() -> None:
    told = said(agegate("passwords", "calibrate", "--memory", "19MiB"))

    lines = told.splitlines()
    assert re.fullmatch(r"AGEGATE_ARGON2_MEMORY_KIB=[0-9]+", lines[0])
    assert re.fullmatch(r"AGEGATE_ARGON2_TIME_COST=[0-9]+", lines[1])
    assert lines[2] == "AGEGATE_ARGON2_PARALLELISM=1"
    assert all(line.startswith("#") for line in lines[3:])


@pytest.mark.parametrize("memory", ["64", "MiB", "-1MiB", "64 MiB", "64MB"])
def test_a_size_without_a_unit_is_refused(memory: str) -> None:
    told = agegate("passwords", "calibrate", "--memory", memory)

    assert told.exit_code == 2
    assert "must be a size, such as 64MiB" in told.stderr
