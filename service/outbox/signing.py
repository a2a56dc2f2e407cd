"""Signatures by which a subscriber knows that an event is ours (Standard Webhooks)."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

PREFIX: Final = "whsec_"
SECRET_BYTES: Final = (24, 64)


def read_secret(text: str) -> bytes:
    """Return the key in ``whsec_…``, or raise ValueError without repeating it."""
    prefix, encoded = text[: len(PREFIX)], text[len(PREFIX) :]
    if prefix != PREFIX:
        raise ValueError(f"must start with {PREFIX}")
    try:
        secret = base64.b64decode(encoded, validate=True)
    except ValueError:
        raise ValueError(f"must be base64 after {PREFIX}") from None
    shortest, longest = SECRET_BYTES
    if not shortest <= len(secret) <= longest or len(set(secret)) < shortest // 2:
        raise ValueError(f"must hold {shortest} to {longest} random bytes")
    return secret


def headers(
    event_id: UUID, body: bytes, *, secrets: Sequence[bytes], at: datetime
) -> dict[str, str]:
    """Return the headers that sign *body*, once with each of *secrets*.

    Two secrets let a subscriber change theirs without missing an event. The id stays
    the same over all attempts; the time is that of the attempt.
    """
    timestamp = str(int(at.timestamp()))
    content = b".".join((str(event_id).encode(), timestamp.encode(), body))
    return {
        "webhook-id": str(event_id),
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(_sign(content, secret) for secret in secrets),
    }


def _sign(content: bytes, secret: bytes) -> str:
    digest = hmac.digest(secret, content, hashlib.sha256)
    return f"v1,{base64.b64encode(digest).decode()}"
