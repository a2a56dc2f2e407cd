"""Argon2 in memory that each thread keeps, in huge pages where the system has them.

Argon2 goes through its memory in random order. In pages of 4 KiB the processor spends
a tenth of the time on finding them, and no library asks for others: so the memory is
handed over here (``argon2_context`` of phc-winner-argon2). It is as large as a hash
needs, is wiped by the library after each, and goes with its thread.
"""

import base64
import contextlib
import hmac
import mmap
import os
import threading
from typing import Final

from argon2 import extract_parameters
from argon2.exceptions import HashingError
from argon2.low_level import core, error_to_str, ffi

OK: Final = 0  # these as in argon2.h
DEFAULT_FLAGS: Final = 0
MEMORY_ALLOCATION_ERROR: Final = -22

HUGE_PAGES: Final = getattr(mmap, "MADV_HUGEPAGE", None)

_kept = threading.local()


class Argon2InPlace:
    """Makes and verifies hashes of one kind and cost."""

    def __init__(self, example: str) -> None:
        """Make what the encoded hash *example* is: only its salt and hash differ."""
        self._parameters = extract_parameters(example)
        self._head = example.rsplit("$", 2)[0]

    def hash(self, password: str) -> str:
        """Return the encoded hash of *password* under a fresh salt."""
        salt = os.urandom(self._parameters.salt_len)
        made = self._made(password.encode(), salt)
        return "$".join((self._head, _encoded(salt), _encoded(made)))

    def makes(self, stored: str) -> bool:
        """Tell whether *stored* is of this kind and cost, or raise InvalidHashError."""
        return extract_parameters(stored) == self._parameters

    def verify(self, stored: str, password: str) -> bool:
        """Tell whether *stored*, of this kind and cost, is the hash of *password*."""
        salt, expected = map(_decoded, stored.rsplit("$", 2)[1:])
        return hmac.compare_digest(self._made(password.encode(), salt), expected)

    def _made(self, password: bytes, salt: bytes) -> bytes:
        cost = self._parameters
        out = ffi.new("uint8_t[]", cost.hash_len)
        given, salted = ffi.new("uint8_t[]", password), ffi.new("uint8_t[]", salt)
        context = ffi.new(
            "argon2_context *",
            {
                "version": cost.version,
                "out": out,
                "outlen": cost.hash_len,
                "pwd": given,
                "pwdlen": len(password),
                "salt": salted,
                "saltlen": len(salt),
                "t_cost": cost.time_cost,
                "m_cost": cost.memory_cost,
                "lanes": cost.parallelism,
                "threads": cost.parallelism,
                **CALLBACKS,
                "flags": DEFAULT_FLAGS,
            },
        )
        failure = core(context, cost.type.value)
        if failure != OK:
            raise HashingError(error_to_str(failure))
        return bytes(ffi.buffer(out))


def _lend(place: list[object], size: int) -> int:
    """Hand Argon2 the memory of this thread, made when it is first needed."""
    memory = getattr(_kept, "memory", None)
    if memory is None or len(memory) != size:
        memory = _kept.memory = ffi.from_buffer("uint8_t[]", _new_memory(size))
    place[0] = memory
    return OK


def _take_back(_: object, __: int) -> None:
    """Keep the memory, which Argon2 has wiped, for the thread's next hash."""


def _callbacks() -> dict[str, object]:
    """Return whom Argon2 asks for memory: nobody where a system forbids such calls.

    They need a page that can be written and executed; some systems have none
    (``MemoryDenyWriteExecute``). Argon2 then takes ordinary memory.
    """
    try:
        return {
            "allocate_cbk": ffi.callback(
                "int(uint8_t **, size_t)", _lend, error=MEMORY_ALLOCATION_ERROR
            ),
            "free_cbk": ffi.callback("void(uint8_t *, size_t)", _take_back),
        }
    except MemoryError:
        return {}


def _new_memory(size: int) -> mmap.mmap:
    if HUGE_PAGES is None:
        return mmap.mmap(-1, size)
    memory = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    with contextlib.suppress(OSError):  # a kernel without them
        memory.madvise(HUGE_PAGES)
    return memory


def _encoded(value: bytes) -> str:
    return base64.b64encode(value).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4))


CALLBACKS: Final = _callbacks()
