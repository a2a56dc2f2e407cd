"""When an event or a message that failed is tried again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.retries import (
    ATTEMPTS,
    FIRST_WAIT,
    LONGEST_WAIT,
    is_over,
    next_try,
    pause_after,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
NEVER = NOW + timedelta(days=365)


@pytest.mark.parametrize(
    ("attempts", "jitter", "seconds"),
    [
        (1, 1.0, 5),
        (2, 1.0, 10),
        (5, 1.0, 80),
        (5, 0.5, 40),
        (5, 0.0, 0),
        (12, 1.0, 10_240),
        (14, 1.0, 21_600),
        (9_999, 1.0, 21_600),
    ],
)
def test_pauses_double_up_to_six_hours(
    attempts: int, jitter: float, seconds: float
) -> None:
    assert pause_after(attempts, jitter=jitter) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("asked", "pause"),
    [
        (timedelta(seconds=1), timedelta(seconds=5)),
        (timedelta(minutes=7), timedelta(minutes=7)),
        (timedelta(days=365), timedelta(days=1)),
    ],
)
def test_what_is_asked_for_is_the_least_up_to_a_day(
    asked: timedelta, pause: timedelta
) -> None:
    assert pause_after(1, jitter=1.0, asked=asked) == pause


@pytest.mark.parametrize(
    ("elapsed", "over"),
    [
        (timedelta(0), False),
        (timedelta(hours=72) - timedelta(microseconds=1), False),
        (timedelta(hours=72), True),
    ],
)
def test_it_is_over_after_the_whole_time(elapsed: timedelta, over: bool) -> None:  # noqa: FBT001
    assert is_over(first_attempt_at=NOW - elapsed, now=NOW, hours=72) is over


@given(st.integers(1, ATTEMPTS - 1), st.floats(0, 1))
def test_waits_double_with_jitter_up_to_a_bound(attempts: int, chance: float) -> None:
    again = next_try(attempts, now=NOW, expires_at=NEVER, chance=chance)

    assert again is not None
    longest = min(FIRST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT)
    assert longest / 2 <= again - NOW <= longest


@given(st.lists(st.floats(0, 1), min_size=ATTEMPTS, max_size=ATTEMPTS))
def test_trying_ends_within_a_day(chances: list[float]) -> None:
    now, attempts = NOW, 1
    while again := next_try(
        attempts, now=now, expires_at=NEVER, chance=chances[attempts - 1]
    ):
        now, attempts = again, attempts + 1

    assert attempts == ATTEMPTS
    assert timedelta(hours=10) <= now - NOW <= timedelta(hours=24)


def test_nothing_is_tried_when_it_is_no_longer_worth_it() -> None:
    soon = NOW + FIRST_WAIT

    assert next_try(1, now=NOW, expires_at=soon, chance=0.0) is None
    assert next_try(1, now=NOW, expires_at=soon, chance=0.5) is not None
