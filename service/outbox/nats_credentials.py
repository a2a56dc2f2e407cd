"""Credentials of a NATS user: its account's token for it, and the key that proves it.

The file is what `nsc generate creds` writes: both in one, each between dashed lines. A
seed is base32 of two bytes that say what it is for, 32 of the key, and its checksum.
"""

import base64
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PART: Final = re.compile(
    r"-+BEGIN (NATS USER JWT|USER NKEY SEED)-+\s+([A-Za-z0-9._=-]+)\s+-+END"
)
SEED_BYTES: Final = 36


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user's token and key."""

    token: bytes = field(repr=False)
    key: Ed25519PrivateKey = field(repr=False)

    @classmethod
    def read(cls, file: Path) -> Self:
        """Return what stands in *file*, or raise ValueError or OSError."""
        parts = dict(PART.findall(file.read_text("ascii")))
        try:
            token, seed = parts["NATS USER JWT"], parts["USER NKEY SEED"]
        except KeyError:
            raise ValueError("there is no token, or no seed") from None
        raw = base64.b32decode(seed + "=" * (-len(seed) % 8))
        if len(raw) != SEED_BYTES:
            raise ValueError("the seed is cut short")
        return cls(token.encode(), Ed25519PrivateKey.from_private_bytes(raw[2:34]))

    def sign(self, nonce: str) -> bytes:
        """Return the signature of what the server asks to be signed."""
        return base64.b64encode(self.key.sign(nonce.encode()))

    def show(self) -> bytes:
        """Return the token, which says who it is."""
        return self.token
