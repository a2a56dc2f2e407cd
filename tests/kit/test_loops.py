"""Background work: goes on whatever happens, and stops when told."""

import asyncio
import json
from collections.abc import Generator
from io import StringIO

import pytest
import structlog

from service.kit.logs import set_up
from service.kit.loops import pause_after, run_forever
from service.kit.metrics import REGISTRY


@pytest.fixture
def lines() -> Generator[StringIO]:
    """What is logged."""
    stream = StringIO()
    set_up("info", to=stream)
    yield stream
    structlog.reset_defaults()


async def test_a_step_runs_again_at_once_while_there_is_work() -> None:
    stopping, left = asyncio.Event(), [3, 2, 1]

    async def step() -> int:
        found = left.pop(0)
        if not left:
            stopping.set()
        return found

    await run_forever(step, name="test", idle_seconds=3600, stopping=stopping)

    assert left == []


async def test_an_idle_loop_stops_at_once() -> None:
    stopping, idle = asyncio.Event(), asyncio.Event()

    async def step() -> int:
        idle.set()
        return 0

    loop = asyncio.create_task(
        run_forever(step, name="test", idle_seconds=3600, stopping=stopping)
    )
    await idle.wait()
    stopping.set()
    await loop


async def test_a_loop_that_is_told_to_stop_before_it_starts_does_nothing() -> None:
    stopping = asyncio.Event()
    stopping.set()

    async def step() -> int:
        raise AssertionError

    await run_forever(step, name="test", idle_seconds=3600, stopping=stopping)


async def test_a_failing_step_is_logged_without_its_words_and_tried_again(
    lines: StringIO,
) -> None:
    stopping, calls = asyncio.Event(), 0

    async def step() -> int:
        nonlocal calls
        calls += 1
        if calls == 5:
            stopping.set()
        if calls in {3, 5}:
            return 1
        raise LookupError("kim@example.org")

    await run_forever(step, name="failing", idle_seconds=0.001, stopping=stopping)

    logged = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert [(one["event"], one["loop"], one["attempt"]) for one in logged] == [
        ("loop_failed", "failing", attempt) for attempt in (1, 2, 1)
    ]
    assert {one["fault"] for one in logged} == {"builtins.LookupError"}
    assert "kim" not in lines.getvalue()
    labels = {"loop": "failing"}
    assert REGISTRY.get_sample_value("agegate_loop_failures_total", labels) == 3


async def test_a_cancelled_loop_ends() -> None:
    started = asyncio.Event()

    async def step() -> int:
        started.set()
        await asyncio.Event().wait()
        return 0

    loop = asyncio.create_task(
        run_forever(step, name="test", idle_seconds=1, stopping=asyncio.Event())
    )
    await started.wait()
    loop.cancel()
    with pytest.raises(asyncio.CancelledError):
        await loop


@pytest.mark.parametrize(
    ("failures", "seconds"), [(1, 2), (2, 4), (5, 32), (6, 60), (10_000, 60)]
)
def test_pauses_after_failures_double_up_to_a_minute(
    failures: int, seconds: float
) -> None:
    assert pause_after(failures, 1.0) == seconds
