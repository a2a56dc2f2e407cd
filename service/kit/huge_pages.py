"""Memory in huge pages, where the system has them: hashing goes through much of it.

In pages of 4 KiB a processor spends about a tenth of an Argon2 hash on finding them.
glibc asks the kernel for larger ones where its tunables say so, and reads these only
when a process begins (https://sourceware.org/glibc/manual/latest/html_node/Tunables.html).
"""

import os
import sys
from typing import Final

TUNABLES: Final = "GLIBC_TUNABLES"
WANTED: Final = (
    "glibc.malloc.hugetlb=1"
    ":glibc.malloc.arena_max=1"  # it asks for huge pages in the first arena only
    ":glibc.malloc.mmap_threshold=33554432"  # what a hash needs comes from there,
    ":glibc.malloc.trim_threshold=268435456"  # and stays there for the next one
)


def begin_again_with_them(command: str) -> None:
    """Begin this process anew with huge pages, unless it was told how to use memory.

    It is one that was begun for *command* alone, and nothing else has begun yet; the
    process keeps its number. Elsewhere than with glibc it changes nothing.
    """
    environment = os.environ  # noqa: TID251 -- glibc's settings, not ours
    own = sys.platform == "linux" and command in sys.orig_argv
    if not own or TUNABLES in environment:
        return
    again = [sys.executable, *sys.orig_argv[1:]]
    os.execve(sys.executable, again, {**environment, TUNABLES: WANTED})  # noqa: S606
