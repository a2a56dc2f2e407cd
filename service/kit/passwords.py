"""Password hashing with Argon2id, off the event loop and in bounded memory.

As many worker threads as cores are given to hashing, and a short queue; whoever comes
beyond that is refused at once, so memory is at most workers x cost (OWASP Password
Storage Cheat Sheet; RFC 9106). The threads give way to the event loop.
"""

import asyncio
import contextlib
import os
import threading
from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from argon2 import PasswordHasher

NICENESS: Final = 4
HASH_SECONDS: Final = 10.0

_placed: ContextVar[bool] = ContextVar("placed", default=False)


class HashingBusy(Exception):  # noqa: N818 -- an answer (503), not a fault
    """Too many passwords wait to be hashed; try again in a moment."""


class Passwords:
    """Hashes passwords with argon2id in a bounded pool of worker threads."""

    def __init__(self, hasher: PasswordHasher, *, workers: int, queue: int) -> None:
        """Use *hasher* and its cost on *workers* threads, with *queue* more waiting."""
        self._hasher = hasher
        self._room = workers + queue
        self._places = 0
        self._pending = 0
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(
            workers, thread_name_prefix="hash", initializer=_give_way
        )

    @contextmanager
    def place(self) -> Generator[None]:
        """Hold a place in the queue from now on, or raise HashingBusy at once.

        A request that will hash takes its place once it has arrived whole, so that a
        slow one keeps nobody waiting, and no work is done for one that is refused.
        """
        if self._places >= self._room:
            raise HashingBusy
        self._places += 1
        mark = _placed.set(True)
        try:
            yield
        finally:
            _placed.reset(mark)
            self._places -= 1

    async def hash(self, password: str) -> str:
        """Return the hash to store, or raise HashingBusy."""
        if not _placed.get():
            with self.place():
                return await self.hash(password)
        with self._lock:
            if self._pending >= self._room:
                raise HashingBusy
            self._pending += 1
        future = self._threads.submit(self._hasher.hash, password)
        future.add_done_callback(self._done)
        try:
            async with asyncio.timeout(HASH_SECONDS):
                return await asyncio.wrap_future(future)
        except TimeoutError as error:
            raise HashingBusy from error

    def _done(self, _: Future[str]) -> None:
        """Give the thread back when it ends, not when the caller goes away."""
        with self._lock:
            self._pending -= 1

    def close(self) -> None:
        """Let the threads end; what waits is dropped."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _give_way() -> None:
    if hasattr(os, "setpriority"):
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
