"""Identifiers: UUIDs of version 7 (RFC 9562), sortable by the time they were made."""

import secrets
from datetime import datetime
from uuid import UUID

VERSION_7 = 0x7 << 76
RFC_VARIANT = 0b10 << 62


def new_id(now: datetime) -> UUID:
    """Return a fresh UUIDv7 of the instant *now*: 48 bits of time, 74 random bits."""
    milliseconds = int(now.timestamp() * 1000) & 0xFFFF_FFFF_FFFF
    high, low = secrets.randbits(12) << 64, secrets.randbits(62)
    return UUID(int=milliseconds << 80 | VERSION_7 | high | RFC_VARIANT | low)


def first_id(at: datetime) -> UUID:
    """Return what no UUIDv7 made at the instant *at* or later is smaller than."""
    return UUID(int=(int(at.timestamp() * 1000) & 0xFFFF_FFFF_FFFF) << 80)
