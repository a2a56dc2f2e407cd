"""The clock stops on its way wherever something may have to be done."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from service.dev.clock import DevClock
from service.dev.time_travel import TimeTravel

DAY = timedelta(days=1)


@pytest.fixture
def clock(tmp_path: Path) -> DevClock:
    return DevClock(tmp_path / "clock.json")


async def nothing() -> int:
    return 0


async def never() -> int:
    await asyncio.Event().wait()
    return 0


async def test_timers_act_each_day_and_letters_leave_that_day(clock: DevClock) -> None:
    start, due = clock.now(), [clock.now() + DAY * 3.5, clock.now() + DAY * 9.5]
    sent: list[datetime] = []

    async def timer() -> int:
        over = [at for at in due if at <= clock.now()]
        due[:] = [at for at in due if at not in over]
        return len(over)

    async def send() -> int:
        sent.append(clock.now())
        return 0

    travel = TimeTravel(clock=clock, timers=(timer,), everything=(send,))
    end = await travel.advance("P14D")
    assert [(at - start).days for at in sent] == [4, 10, 14]
    assert timedelta() <= end - (start + DAY * 14) < timedelta(minutes=1)
    assert clock.now() >= end


async def test_who_never_answers_does_not_stop_the_clock(clock: DevClock) -> None:
    start = clock.now()
    travel = TimeTravel(
        clock=clock, timers=(nothing,), everything=(never,), patience_seconds=0.01
    )
    assert await travel.advance("P1D") >= start + DAY


async def test_two_moves_are_made_one_after_the_other(clock: DevClock) -> None:
    start = clock.now()
    travel = TimeTravel(clock=clock, timers=(nothing,), everything=(nothing,))
    await asyncio.gather(travel.advance("P3D"), travel.advance("P4D"))
    assert timedelta() <= clock.now() - (start + DAY * 7) < timedelta(minutes=1)


async def test_a_restart_on_the_way_begins_at_its_end(
    clock: DevClock, tmp_path: Path
) -> None:
    start = clock.now()
    seen: list[datetime] = []

    async def timer() -> int:
        seen.append(DevClock(tmp_path / "clock.json").now())
        return 0

    travel = TimeTravel(clock=clock, timers=(timer,), everything=(nothing,))
    await travel.advance("P2D")
    assert min(seen) >= start + DAY * 2
