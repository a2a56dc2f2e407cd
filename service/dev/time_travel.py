"""Moving the clock, with everything done on the way that the time in between causes."""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from service.dev.clock import DevClock
from service.dev.durations import later, stops
from service.kit.loops import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeTravel:
    """Moves *clock*, and lets *timers* act at each stop.

    Where they did something, *everything* that the worker does is done before the
    clock moves on: a message is sent on the day it was written.
    """

    clock: DevClock
    timers: Sequence[Step]
    everything: Sequence[Step]
    patience_seconds: float = 3.0
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def advance(self, duration: str) -> datetime:
        """Move the clock by *duration*, and return what it shows then.

        Raises ValueError for what is no duration, or leads nowhere.
        """
        async with self._one_at_a_time:
            start = self.clock.now()
            end = later(start, duration)
            self.clock.keep(end)
            for stop in stops(start, end):
                self.clock.move(stop)
                if await _until_done(self.timers):
                    await self._deliver()
            await self._deliver()
            return self.clock.now()

    async def _deliver(self) -> None:
        """Do what there is to do; who can't be reached in time is left behind."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.patience_seconds):
                await _until_done(self.everything)


async def _until_done(steps: Sequence[Step]) -> int:
    """Repeat each step until it finds nothing; return how much was found."""
    found = 0
    for step in steps:
        while here := await step():
            found += here
    return found
