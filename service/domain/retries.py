"""When what failed is tried again, and when no more: events told, messages sent.

Each wait is drawn by chance, so that what failed together is not tried again together.
"""

from datetime import datetime, timedelta
from typing import Final

ATTEMPTS: Final = 15
"""Of a message, with the waits below: for 20 hours at the most, 10 at the least."""

FIRST_WAIT: Final = timedelta(seconds=15)
LONGEST_WAIT: Final = timedelta(hours=4)

FIRST_PAUSE: Final = timedelta(seconds=5)
LONGEST_PAUSE: Final = timedelta(hours=6)
LONGEST_ASKED: Final = timedelta(days=1)


def next_try(
    attempts: int, *, now: datetime, expires_at: datetime, chance: float
) -> datetime | None:
    """Return when to send a message after *attempts* failures, or None to give up.

    *chance* (0 to 1) takes up to half of the wait away.
    """
    if attempts >= ATTEMPTS:
        return None
    longest = _doubled(FIRST_WAIT, attempts, LONGEST_WAIT)
    again = now + longest * (1 - chance / 2)
    return again if again < expires_at else None


def pause_after(
    attempts: int, *, jitter: float, asked: timedelta | None = None
) -> timedelta:
    """Return how long to wait with an event after so many *attempts*.

    *jitter* (0 to 1) is the share of the longest wait. What the subscriber *asked* for
    (Retry-After) is the least, up to a day.
    """
    least = min(asked or timedelta(0), LONGEST_ASKED)
    return max(_doubled(FIRST_PAUSE, attempts, LONGEST_PAUSE) * jitter, least)


def is_over(*, first_attempt_at: datetime, now: datetime, hours: int) -> bool:
    """Tell whether an event was tried for as long as it is tried at all."""
    return now - first_attempt_at >= timedelta(hours=hours)


def _doubled(first: timedelta, attempts: int, longest: timedelta) -> timedelta:
    """Return *first*, doubled for every attempt but one, up to *longest*."""
    return min(first * (1 << min(attempts - 1, 16)), longest)
