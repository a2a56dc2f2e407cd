"""A subscriber's deliveries under way: as many as it allows, none behind another.

A slow answer holds its own place alone; whatever ends makes room for the next. What
is leased and not under way does not exist: memory and connections are bounded by the
subscribers' parallelism.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Final

from service.outbox.dispatch import Dispatcher
from service.outbox.subscribers import Subscriber

LOOK_SECONDS: Final = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """Delivers to *subscriber*, beside the lanes of all others.

    While something is under way it looks for more every *look_seconds*.
    """

    dispatcher: Dispatcher
    subscriber: Subscriber
    look_seconds: float = LOOK_SECONDS
    _under_way: set[asyncio.Task[None]] = field(default_factory=set)

    async def step(self) -> int:
        """Fill the lane, wait for the first that ends; return how much was done.

        Raises what a delivery could not be marked for: its lease ends by itself.
        """
        try:
            found = await self._fill()
            ended = await self._wait(asyncio.FIRST_COMPLETED, self.look_seconds)
        except asyncio.CancelledError:
            self._cut_short()
            raise
        for fault in filter(None, [one.exception() for one in ended]):
            raise fault
        return found + len(ended)

    async def finish(self) -> None:
        """Wait for what is under way; when cancelled, leave it to its leases."""
        try:
            await self._wait(asyncio.ALL_COMPLETED, None)
        except asyncio.CancelledError:
            self._cut_short()
            raise

    async def _fill(self) -> int:
        room = self.subscriber.parallelism - len(self._under_way)
        if room <= 0:
            return 0
        claimed, parked = await self.dispatcher.claim(self.subscriber, room=room)
        for one in claimed:
            deliver = self.dispatcher.deliver(self.subscriber, one)
            self._under_way.add(asyncio.create_task(deliver))
        return len(claimed) + parked

    async def _wait(self, until: str, seconds: float | None) -> set[asyncio.Task[None]]:
        """Make room where deliveries have ended, and return those."""
        if not self._under_way:
            return set()
        ended, _ = await asyncio.wait(
            self._under_way, timeout=seconds, return_when=until
        )
        self._under_way.difference_update(ended)
        return ended

    def _cut_short(self) -> None:
        for task in self._under_way:
            task.cancel()
