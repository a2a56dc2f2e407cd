"""When a failed delivery is tried again, and when no more."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

FIRST_PAUSE: Final = timedelta(seconds=5)
LONGEST_PAUSE: Final = timedelta(hours=6)
LONGEST_ASKED: Final = timedelta(days=1)


def pause_after(
    attempts: int, *, jitter: float, asked: timedelta | None = None
) -> timedelta:
    """Return how long to wait after so many *attempts*.

    Exponential with full jitter: *jitter*, from 0 to 1, is the share of the longest
    wait, so that those who failed together don't come back together. What the other
    side *asked* for (Retry-After) is the least, up to a day.
    """
    doublings = min(attempts - 1, 16)
    longest = min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)
    least = min(asked or timedelta(0), LONGEST_ASKED)
    return max(longest * jitter, least)


def read_retry_after(text: str | None, *, now: datetime) -> timedelta | None:
    """Return what a Retry-After header asks for (RFC 9110): seconds or an instant."""
    if text is None:
        return None
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:9]), LONGEST_ASKED.total_seconds()))
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    aware = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(aware - now, timedelta(0))


def is_over(*, first_attempt_at: datetime, now: datetime, hours: int) -> bool:
    """Tell whether a delivery was tried for as long as it is tried at all."""
    return now - first_attempt_at >= timedelta(hours=hours)
