from datetime import timedelta
from pathlib import Path

import pytest

from service.dev.clock import DevClock
from service.kit.clock import SystemClock

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def clock(tmp_path: Path) -> DevClock:
    return DevClock(tmp_path / "clock.json")


def test_it_begins_with_the_machines_time(clock: DevClock) -> None:
    assert abs(clock.now() - SystemClock().now()) < SECOND


def test_it_is_moved_forwards_and_never_back(clock: DevClock) -> None:
    there = clock.now() + DAY
    clock.move(there)
    assert there <= clock.now() < there + SECOND
    clock.move(there - DAY)
    assert there <= clock.now() < there + SECOND


def test_a_restart_begins_where_the_clock_was_going(
    clock: DevClock, tmp_path: Path
) -> None:
    there = clock.now() + DAY
    clock.keep(there)
    assert clock.now() < there
    again = DevClock(tmp_path / "clock.json")
    assert abs(again.now() - there) < SECOND


def test_it_knows_what_it_showed_just_now(clock: DevClock) -> None:
    before = clock.now()
    clock.move(before + DAY)
    assert clock.showed(before)
    assert clock.showed(clock.now())
    assert not clock.showed(before + DAY / 2)
    assert not clock.showed(before - DAY)
