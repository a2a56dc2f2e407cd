"""Password hashing with Argon2id, off the event loop and in bounded memory.

As many worker threads as cores are given to hashing, and a short queue; whoever comes
beyond that is refused at once, so memory is at most workers x cost (OWASP Password
Storage Cheat Sheet; RFC 9106). The threads give way to the event loop.
"""

import asyncio
import contextlib
import os
import secrets
import threading
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, ParamSpec, TypeVar

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError

from service.kit.argon2_memory import Argon2InPlace

_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")

NICENESS: Final = 4
HASH_SECONDS: Final = 10.0

_placed: ContextVar[bool] = ContextVar("placed", default=False)


class HashingBusy(Exception):  # noqa: N818 -- an answer (503), not a fault
    """Too many passwords wait to be hashed; try again in a moment."""


class Passwords:
    """Hashes and verifies passwords with argon2id, in a bounded pool of threads."""

    def __init__(self, hasher: PasswordHasher, *, workers: int, queue: int) -> None:
        """Use *hasher* and its cost on *workers* threads, with *queue* more waiting."""
        self._hasher = hasher
        self._nobody = hasher.hash(secrets.token_urlsafe())
        self._in_place = Argon2InPlace(self._nobody)
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
        return await self._in_threads(self._in_place.hash, password)

    async def verify(self, stored: str | None, password: str) -> bool:
        """Tell whether *password* is the one that was *stored*, or raise HashingBusy.

        Without one stored it does the same work, and says no.
        """
        right = await self._in_threads(self._verify, stored or self._nobody, password)
        return right and stored is not None

    def is_weak(self, stored: str) -> bool:
        """Tell whether a hash was made at less than the cost that is set now."""
        found, wanted = extract_parameters(stored), self._hasher
        return (
            found.type is not wanted.type
            or found.memory_cost < wanted.memory_cost
            or found.time_cost < wanted.time_cost
            or found.parallelism < wanted.parallelism
            or found.hash_len < wanted.hash_len
            or found.salt_len < wanted.salt_len
        )

    def _verify(self, stored: str, password: str) -> bool:
        try:
            if self._in_place.makes(stored):
                return self._in_place.verify(stored, password)
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _in_threads(
        self, work: Callable[_Given, _Made], *given: _Given.args, **none: _Given.kwargs
    ) -> _Made:
        """Do the *work* in a thread, within the places and the deadline there are."""
        if not _placed.get():
            with self.place():
                return await self._in_threads(work, *given, **none)
        with self._lock:
            if self._pending >= self._room:
                raise HashingBusy
            self._pending += 1
        future = self._threads.submit(work, *given, **none)
        future.add_done_callback(self._done)
        try:
            async with asyncio.timeout(HASH_SECONDS):
                return await asyncio.wrap_future(future)
        except TimeoutError as error:
            raise HashingBusy from error

    def _done(self, _: object) -> None:
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
