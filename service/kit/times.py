"""Instants as the API writes them."""

from datetime import UTC, datetime


def instant(at: datetime) -> str:
    """Return *at* in RFC 3339, in UTC with Z and whole seconds."""
    whole = at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
    return f"{whole}Z"
