from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from service.dev.durations import later, stops

START = datetime(2024, 1, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("duration", "end"),
    [
        ("P14D", "2024-02-14T12:00:00"),
        ("P2W", "2024-02-14T12:00:00"),
        ("PT36H", "2024-02-02T00:00:00"),
        ("PT1M30S", "2024-01-31T12:01:30"),
        ("P1M", "2024-02-29T12:00:00"),
        ("P1Y1M", "2025-02-28T12:00:00"),
        ("P13M", "2025-02-28T12:00:00"),
        ("P10Y", "2034-01-31T12:00:00"),
        ("P1Y2M3DT4H5M6S", "2025-04-03T16:05:06"),
    ],
)
def test_durations_are_those_of_the_calendar(duration: str, end: str) -> None:
    assert later(START, duration) == datetime.fromisoformat(end).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "duration",
    [*("", "P", "PT", "P1DT", "14D", "p14d", "-P1D", "P-1D", "P1.5D", "P1H", "P1D\n")],
)
def test_what_is_no_duration_is_refused(duration: str) -> None:
    with pytest.raises(ValueError, match="must be a duration"):
        later(START, duration)


@pytest.mark.parametrize("duration", ["P0D", "P101Y", "P99999D", "P9999M"])
def test_what_leads_nowhere_is_refused(duration: str) -> None:
    with pytest.raises(ValueError, match="must lead forwards"):
        later(START, duration)


def test_the_way_is_gone_day_by_day_and_then_by_months() -> None:
    end = later(START, "P10Y")
    way = [START, *stops(START, end)]
    steps = [after - before for before, after in pairwise(way)]
    assert way[-1] == end
    assert steps[:40] == [timedelta(days=1)] * 40
    assert max(steps) == timedelta(days=30)
    assert len(steps) < 200


def test_a_short_way_has_one_stop() -> None:
    assert [*stops(START, START + timedelta(hours=1))] == [START + timedelta(hours=1)]
