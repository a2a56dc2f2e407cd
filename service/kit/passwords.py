"""Password hashing with Argon2id, off the event loop and in bounded memory.

As many worker threads as cores are given to hashing, and a short queue; a hash
beyond that is refused at once, so memory is at most workers x cost (OWASP Password
Storage Cheat Sheet; RFC 9106). The threads give way to the event loop.
"""

import asyncio
import contextlib
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, TypeVar

from argon2 import PasswordHasher

T = TypeVar("T")

NICENESS: Final = 10
HASH_SECONDS: Final = 10.0


class HashingBusy(Exception):  # noqa: N818 -- an answer (503), not a fault
    """Too many passwords wait to be hashed; try again in a moment."""


class Passwords:
    """Hashes passwords with argon2id in a bounded pool of worker threads."""

    def __init__(self, hasher: PasswordHasher, *, workers: int, queue: int) -> None:
        """Use *hasher* and its cost on *workers* threads, with *queue* more waiting."""
        self._hasher = hasher
        self._room = workers + queue
        self._pending = 0
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(
            workers, thread_name_prefix="hash", initializer=_give_way
        )

    async def hash(self, password: str) -> str:
        """Return the hash to store, or raise HashingBusy."""
        return await self.work(self._hasher.hash, password)

    async def work(self, function: Callable[[str], T], text: str) -> T:
        """Run *function* on *text* in the pool: other slow work on a password."""
        with self._lock:
            if self._pending >= self._room:
                raise HashingBusy
            self._pending += 1
        future = self._threads.submit(function, text)
        future.add_done_callback(self._done)
        try:
            async with asyncio.timeout(HASH_SECONDS):
                return await asyncio.wrap_future(future)
        except TimeoutError as error:
            raise HashingBusy from error

    def _done(self, _: Future[T]) -> None:
        """Give the place back when the thread ends, not when the caller goes away."""
        with self._lock:
            self._pending -= 1

    def close(self) -> None:
        """Let the threads end; what waits is dropped."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _give_way() -> None:
    if hasattr(os, "setpriority"):
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
