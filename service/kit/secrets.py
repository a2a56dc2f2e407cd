"""Keys, sealing and keyed hashes.

A *key ring* comes from the keys file: one secret a key id, oldest first. The primary
one is used for new work; older ones read what they made, newer ones wait until every
process knows them. Each use has its own key, derived from the secret by HKDF
(RFC 5869), so that no two uses share one:

- *wrapping*: AES-GCM over the data key of each subject (rotates; rewrapping is cheap);
- *index*: HMAC-SHA256 blind indexes, by which a sealed value is found again;
- *signing*: HMAC-SHA256 and AES-GCM over what clients carry for us;
- *tokens*: the seed of a signing key whose public half others know (kit/signing.py).
"""

import base64
import binascii
import json
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final, NamedTuple, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
MINIMUM_SECRET_BYTES: Final = 32
KEY_ID: Final = re.compile(r"[A-Za-z0-9-]{1,32}")


class KeysWrongError(Exception):
    """The keys file is missing, malformed or too weak."""


class UnsealError(Exception):
    """A sealed value was altered, moved to another place, or its key is gone."""


class Place(NamedTuple):
    """Where a sealed value stands: it opens nowhere else (it is the AEAD's AAD)."""

    table: str
    column: str
    row: str

    def __bytes__(self) -> bytes:
        """Return the place as additional authenticated data."""
        return f"{self.table}\x1f{self.column}\x1f{self.row}".encode()


@dataclass(frozen=True, slots=True)
class SealingKey:
    """Seals values with AES-256-GCM."""

    secret: bytes
    _cipher: AESGCM = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Make the cipher: whoever opens a key has something to seal or to open."""
        object.__setattr__(self, "_cipher", AESGCM(self.secret))

    def __repr__(self) -> str:
        """Hide the secret."""
        return "SealingKey(…)"

    def seal(self, value: bytes, place: bytes) -> bytes:
        """Return *value* sealed to its *place*: nonce, ciphertext and tag."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, value, place)

    def open(self, sealed: bytes, place: bytes) -> bytes:
        """Return the value, or raise UnsealError."""
        try:
            nonce, body = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
            return self._cipher.decrypt(nonce, body, place)
        except (InvalidTag, ValueError) as error:
            raise UnsealError from error

    def seal_text(self, value: str, place: Place) -> bytes:
        """Return the text sealed to its place in the database."""
        return self.seal(value.encode(), bytes(place))

    def open_text(self, sealed: bytes, place: Place) -> str:
        """Return the text, or raise UnsealError."""
        return self.open(sealed, bytes(place)).decode()


def new_sealing_key() -> SealingKey:
    """Return a fresh random key."""
    return SealingKey(os.urandom(KEY_BYTES))


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The operator's secrets by key id; *primary* makes what is new.

    *index* is a secret of its own: it can't rotate without computing every blind
    index again, so it must not change when the others do.
    """

    secrets: Mapping[str, bytes]
    primary: str
    index: bytes

    def __repr__(self) -> str:
        """Show the ids and hide the secrets."""
        return f"KeyRing(ids={[*self.secrets]}, primary={self.primary})"

    @classmethod
    def fresh(cls, key_id: str) -> Self:
        """Return a ring with one new random key."""
        return cls(
            {key_id: secrets.token_bytes(KEY_BYTES)},
            key_id,
            secrets.token_bytes(KEY_BYTES),
        )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a keys file, or raise KeysWrongError with one clear line."""
        try:
            body = json.loads(text)
            made = {key: _decode(value) for key, value in body["keys"].items()}
            ring = cls(made, body["primary"], _decode(body["index"]))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise KeysWrongError(
                "the keys file is not the JSON that `agegate keys generate` writes"
            ) from error
        if ring.primary not in ring.secrets:
            raise KeysWrongError("the primary key id is not among the keys")
        if not all(KEY_ID.fullmatch(key) for key in ring.secrets):
            raise KeysWrongError("a key id is 1 to 32 letters, digits or dashes")
        if any(
            len(secret) < MINIMUM_SECRET_BYTES
            or len(set(secret)) < MINIMUM_SECRET_BYTES // 4
            for secret in (*ring.secrets.values(), ring.index)
        ):
            raise KeysWrongError(
                "a secret in the keys file is too weak: 32 random bytes"
            )
        return ring

    def dump(self) -> str:
        """Return the ring as the text of a keys file."""
        keys = {
            key: base64.b64encode(value).decode() for key, value in self.secrets.items()
        }
        index = base64.b64encode(self.index).decode()
        return json.dumps(
            {"primary": self.primary, "index": index, "keys": keys}, indent=2
        )

    @property
    def waiting(self) -> tuple[str, ...]:
        """Return the keys that are newer than the primary one, the newest last."""
        ids = [*self.secrets]
        return tuple(ids[ids.index(self.primary) + 1 :])

    def with_key(self, key_id: str) -> Self:
        """Return the ring with a fresh key that reads, and makes nothing yet."""
        if key_id in self.secrets:
            raise KeysWrongError(f"there is a key {key_id} already")
        fresh = {**self.secrets, key_id: secrets.token_bytes(KEY_BYTES)}
        return type(self)(fresh, self.primary, self.index)

    def promoted(self, key_id: str | None = None) -> Self:
        """Return the ring with another primary key, the newest unless one is named.

        A process that does not know *key_id* can't read what this ring makes.
        """
        chosen = key_id or [*self.secrets][-1]
        if chosen not in self.secrets:
            raise KeysWrongError(f"there is no key {chosen}")
        if chosen == self.primary:
            raise KeysWrongError(f"{chosen} is the primary key already")
        return type(self)(self.secrets, chosen, self.index)

    def wrap(self, key: SealingKey, place: bytes) -> tuple[str, bytes]:
        """Return the id of the wrapping key and the wrapped data key."""
        wrapped = self._sealing("wrapping", self.primary).seal(key.secret, place)
        return self.primary, wrapped

    def unwrap(self, key_id: str, wrapped: bytes, place: bytes) -> SealingKey:
        """Return the data key, or raise UnsealError."""
        return SealingKey(self._sealing("wrapping", key_id).open(wrapped, place))

    def blind_index(self, *parts: str) -> bytes:
        """Return the keyed hash under which a value is found without being stored."""
        key = _derive(self.index, "blind index")
        return _authenticated(key, "\x1f".join(parts).encode())

    def sign(self, purpose: str, value: bytes, key_id: str | None = None) -> bytes:
        """Return the HMAC of *value* for *purpose*, by default under the primary."""
        key = self._derived(f"signing {purpose}", key_id or self.primary)
        return _authenticated(key, value)

    def seed(self, purpose: str, key_id: str, length: int) -> bytes:
        """Return *length* bytes derived from one key, to make another kind of key."""
        secret = self.secrets.get(key_id)
        if secret is None:
            raise UnsealError(f"no key {key_id!r}")
        return _derive(secret, f"seed {purpose}", length)

    def carry(self, purpose: str, value: bytes) -> str:
        """Return *value* sealed as text: a client carries it, and can't read it."""
        sealed = self._sealing(f"carrying {purpose}", self.primary)
        body = sealed.seal(value, purpose.encode())
        return f"{self.primary}.{base64.urlsafe_b64encode(body).decode().rstrip('=')}"

    def carried(self, purpose: str, text: str) -> bytes:
        """Return what ``carry`` was given, or raise UnsealError."""
        key_id, _, body = text.partition(".")
        try:
            raw = base64.b64decode(
                body + "=" * (-len(body) % 4), altchars=b"-_", validate=True
            )
        except (ValueError, binascii.Error) as error:
            raise UnsealError from error
        return self._sealing(f"carrying {purpose}", key_id).open(raw, purpose.encode())

    def _sealing(self, use: str, key_id: str) -> SealingKey:
        return _sealing_key(self._derived(use, key_id))

    def _derived(self, use: str, key_id: str) -> bytes:
        secret = self.secrets.get(key_id)
        if secret is None:
            raise UnsealError(f"no key {key_id!r}")
        return _derive(secret, use)


@cache
def _derive(secret: bytes, use: str, length: int = KEY_BYTES) -> bytes:
    return HKDF(SHA256(), length, salt=None, info=f"agegate {use}".encode()).derive(
        secret
    )


@cache
def _keyed(key: bytes) -> HMAC:
    return HMAC(key, SHA256())


def _authenticated(key: bytes, value: bytes) -> bytes:
    """Return the HMAC of *value*; what depends on the key alone is done once."""
    mac = _keyed(key).copy()
    mac.update(value)
    return mac.finalize()


@cache
def _sealing_key(secret: bytes) -> SealingKey:
    return SealingKey(secret)


def _decode(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
