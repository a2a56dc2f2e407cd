"""An operator, an account and a user of NATS, as `nsc` makes them, in a few lines."""

import base64
import json
from binascii import crc_hqx
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SEED, OPERATOR, ACCOUNT, USER = 18 << 3, 14 << 3, 0, 20 << 3

LIMITS = dict.fromkeys(("subs", "data", "payload", "imports", "exports"), -1)
LIMITS |= dict.fromkeys(("conn", "leaf"), -1)


@dataclass(frozen=True)
class Key:
    """A key of one kind, written as NATS writes keys."""

    kind: int
    private: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def name(self) -> str:
        raw = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return _written(bytes([self.kind]) + raw)

    @property
    def seed(self) -> str:
        first = bytes([SEED | self.kind >> 5, (self.kind & 31) << 3])
        return _written(first + self.private.private_bytes_raw())

    def token(self, subject: "Key", kind: str, **claims: Any) -> str:
        """Return what this key says of *subject*."""
        body = {
            "jti": "1",
            "iat": 1_700_000_000,
            "iss": self.name,
            "name": kind,
            "sub": subject.name,
            "nats": {"type": kind, "version": 2, **claims},
        }
        parts = [{"typ": "JWT", "alg": "ed25519-nkey"}, body]
        text = ".".join(_coded(json.dumps(part).encode()) for part in parts)
        return f"{text}.{_coded(self.private.sign(text.encode()))}"


def write_server(directory: Path) -> tuple[Path, Path]:
    """Return the configuration of a server, and a user's credentials for it."""
    operator, account, user = Key(OPERATOR), Key(ACCOUNT), Key(USER)
    told = account.token(user, "user", subs=-1, data=-1, payload=-1)
    limits = {**LIMITS, "wildcards": True}
    configuration, credentials = directory / "nats.conf", directory / "user.creds"
    configuration.write_text(
        f"operator: {operator.token(operator, 'operator')}\n"
        "resolver: MEMORY\n"
        f"resolver_preload: {{ {account.name}: "
        f"{operator.token(account, 'account', limits=limits)} }}\n"
    )
    credentials.write_text(written(told, user.seed))
    return configuration, credentials


def written(token: str, seed: str) -> str:
    """Return the file that a user is given."""
    return (
        f"-----BEGIN NATS USER JWT-----\n{token}\n------END NATS USER JWT------\n\n"
        "*** IMPORTANT ***\nKeep it to yourself.\n\n"
        f"-----BEGIN USER NKEY SEED-----\n{seed}\n------END USER NKEY SEED------\n"
    )


def _written(raw: bytes) -> str:
    """Return base32 of bytes and their checksum (CRC-16/XMODEM, low byte first)."""
    checked = raw + crc_hqx(raw, 0).to_bytes(2, "little")
    return base64.b32encode(checked).decode().rstrip("=")


def _coded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
