"""Recovery codes as people read, write down and type them."""

import re
import secrets
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base32: no I, L, O or U."""

GROUPS: Final = 4
GROUP: Final = 4
COUNT: Final = 10
FEW: Final = 3
"""With so many left, or fewer, the holder is told to make new ones."""

LONGEST_TYPED: Final = 64

_SHAPE: Final = re.compile(f"[{ALPHABET}]{{{GROUPS * GROUP}}}")
_READ_AS: Final = str.maketrans("OIL", "011", "- \t")


def new_codes() -> tuple[str, ...]:
    """Return ten fresh codes of 80 random bits each, as ``7Q4D-0KXM-93TR-WBZ2``."""
    return tuple(_new_code() for _ in range(COUNT))


def _new_code() -> str:
    letters = [secrets.choice(ALPHABET) for _ in range(GROUPS * GROUP)]
    return "-".join(
        "".join(letters[start : start + GROUP])
        for start in range(0, len(letters), GROUP)
    )


def normalised(typed: str) -> str | None:
    """Return the code that was meant; None where it can be none.

    Case, hyphens and spaces don't count, and an O is a zero, an I or L a one.
    """
    if len(typed) > LONGEST_TYPED or not typed.isascii():
        return None
    code = typed.upper().translate(_READ_AS)
    return code if _SHAPE.fullmatch(code) else None
