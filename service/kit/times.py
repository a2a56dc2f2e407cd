"""Instants as the API writes them."""

from datetime import UTC, datetime


def instant(at: datetime) -> str:
    """Return *at* in RFC 3339, in UTC with Z and whole seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
