"""Which instructions the installed Argon2 was built to use.

Argon2 multiplies with one instruction, PMULUDQ, which is written in another way for
each width of register: its machine code is searched for all of them. With wider
registers a hash takes down to half the time.
"""

import importlib.util
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_WIDE: Final = b"[" + re.escape(bytes(range(0b101, 256, 8))) + b"]"  # L = 1, pp = 01

PMULUDQ: Final[Mapping[str, re.Pattern[bytes]]] = {
    "SSE2": re.compile(rb"\x66[\x40-\x4f]?\x0f\xf4"),
    "AVX2": re.compile(rb"(?:\xc5|\xc4.)" + _WIDE + rb"\xf4", re.DOTALL),
    "AVX-512": re.compile(rb"\x62...\xf4", re.DOTALL),
}
ENOUGH: Final = 8  # fewer are chance

PROCESSOR: Final = Path("/proc/cpuinfo")


def instructions() -> str | None:
    """Return the name of the instruction set, or None when it can't be told."""
    package = importlib.util.find_spec("_argon2_cffi_bindings")
    if package is None or package.origin is None:
        return None
    for file in Path(package.origin).parent.glob("_ffi*.so"):
        return instructions_in(file.read_bytes())
    return None


def instructions_in(code: bytes) -> str | None:
    """Return the instruction set that *code* multiplies with, or None."""
    found = {name: len(one.findall(code)) for name, one in PMULUDQ.items()}
    most = max(found, key=lambda name: found[name])
    return most if found[most] >= ENOUGH else None


def processor_has_avx2() -> bool:
    """Tell whether this machine is known to have AVX2."""
    try:
        flags = PROCESSOR.read_text()
    except OSError:  # this is not Linux
        return False
    return re.search(r"^flags\s*:.*\bavx2\b", flags, re.MULTILINE) is not None
