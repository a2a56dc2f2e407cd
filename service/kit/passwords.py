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

from argon2 import Parameters, PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError

_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")

NICENESS: Final = 4
HASH_SECONDS: Final = 10.0

LEAST_BLOCKS: Final = 8
"""The least memory of a lane, in KiB (RFC 9106, 3.1)."""

_placed: ContextVar[bool] = ContextVar("placed", default=False)


class HashingBusy(Exception):  # noqa: N818 -- an answer (503), not a fault
    """Too many passwords wait to be hashed; try again in a moment."""


class Passwords:
    """Hashes and verifies passwords with argon2id, in a bounded pool of threads."""

    def __init__(self, hasher: PasswordHasher, *, workers: int, queue: int) -> None:
        """Use *hasher* and its cost on *workers* threads, with *queue* more waiting."""
        self._hasher = hasher
        self._nobody = hasher.hash(secrets.token_urlsafe())
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
        return await self._in_threads(self._hasher.hash, password)

    async def verify(self, stored: str | None, password: str) -> bool:
        """Tell whether *password* is the one that was *stored*, or raise HashingBusy.

        Without one stored it does the same work, and says no. So it does with a hash
        that was made at a lower cost: what it lacks is spent, right or wrong, or time
        would tell who has an account, and since when.
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
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False
        finally:
            self._spend(_work_of(self._hasher) - _work_in(stored), password)

    def _spend(self, work: int, password: str) -> None:
        """Do so much *work*, in no more memory than a hash at today's cost takes."""
        wanted = self._hasher
        if work <= 0:
            return
        passes = -(-work // wanted.memory_cost)
        least = LEAST_BLOCKS * wanted.parallelism
        type(wanted)(
            time_cost=passes,
            memory_cost=max(least, -(-work // passes)),
            parallelism=wanted.parallelism,
            hash_len=wanted.hash_len,
            salt_len=wanted.salt_len,
            type=wanted.type,
        ).hash(password)

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


def _work_of(cost: Parameters | PasswordHasher) -> int:
    """Return the blocks of memory that a hash at *cost* fills: its time, about."""
    return cost.memory_cost * cost.time_cost


def _work_in(stored: str) -> int:
    try:
        return _work_of(extract_parameters(stored))
    except InvalidHashError:
        return 0


def _give_way() -> None:
    if hasattr(os, "setpriority"):
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
