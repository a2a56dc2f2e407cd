"""Steps of background work, repeated until the process is told to stop."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

from prometheus_client import Counter

from service.kit.logs import fault_of, log, place_of
from service.kit.metrics import REGISTRY

Step: TypeAlias = Callable[[], Awaitable[int]]

LONGEST_PAUSE: Final = 60.0

FAILURES: Final = Counter(
    "agegate_loop_failures",
    "Steps of a background loop that failed.",
    ["loop"],
    registry=REGISTRY,
)


async def run_forever(
    step: Step, *, name: str, idle_seconds: float, stopping: asyncio.Event
) -> None:
    """Run *step* again and again until *stopping* is set.

    A step returns how much it found to do: after some it runs again at once, after
    nothing in *idle_seconds*. One that fails is logged without its words, which may
    hold data, and tried again after a pause that doubles up to a minute. A step under
    way is never cut short; to stop at once, cancel.
    """
    failures = 0
    while not stopping.is_set():
        try:
            found = await step()
        except Exception as error:  # noqa: BLE001 -- whatever it is, the loop goes on
            failures += 1
            FAILURES.labels(name).inc()
            log().error(
                "loop_failed",
                loop=name,
                attempt=failures,
                fault=fault_of(error),
                where=place_of(error),
            )
            await _pause(stopping, pause_after(failures, idle_seconds))
        else:
            failures = 0
            await _pause(stopping, 0 if found else idle_seconds)


def pause_after(failures: int, idle_seconds: float) -> float:
    """Return how many seconds to wait after so many failures in a row."""
    return min(idle_seconds * 2.0 ** min(failures, 16), LONGEST_PAUSE)


async def _pause(stopping: asyncio.Event, seconds: float) -> None:
    """Wait, or return early to stop; even no wait lets others run."""
    if not seconds:
        await asyncio.sleep(0)
        return
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stopping.wait()
