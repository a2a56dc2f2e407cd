"""When a failed delivery is tried again."""

from datetime import UTC, datetime, timedelta

import pytest

from service.outbox.retries import is_over, pause_after, read_retry_after

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


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
    ("text", "asked"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
        ("0", timedelta(0)),
        ("120", timedelta(minutes=2)),
        ("9" * 400, timedelta(days=1)),
        ("Sun, 22 Nov 2026 12:05:00 GMT", timedelta(minutes=5)),
        ("Sun, 22 Nov 2026 11:00:00 GMT", timedelta(0)),
        ("Sun, 22 Nov 2026 12:05:00 -0000", timedelta(minutes=5)),
        ("Sun, 99 Nov 2026 12:05:00 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_an_instant(
    text: str | None, asked: timedelta | None
) -> None:
    assert read_retry_after(text, now=NOW) == asked


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
