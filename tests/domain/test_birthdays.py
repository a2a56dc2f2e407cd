"""When an age is reached: leap days, places, zones and half-known birth dates."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain.birthdays import BirthDate, attained_at, birthday
from service.domain.jurisdictions import Jurisdiction, LeapBirthday
from service.domain.refusals import BirthDateImpossible, BirthDateInFuture, Refusal

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
JAPAN = Jurisdiction(code="JP", name="Japan", latest_zone="Asia/Tokyo")
TAIWAN = Jurisdiction(
    code="TW",
    name="Taiwan",
    leap_birthday=LeapBirthday.FEBRUARY_28,
    latest_zone="Asia/Taipei",
)
ZONES = sorted(available_timezones())
THRESHOLDS = range(13, 22)


@pytest.mark.parametrize(
    ("text", "born"),
    [
        ("2012-02-29", BirthDate(2012, 2, 29)),
        ("2012-02", BirthDate(2012, 2)),
        ("2012", BirthDate(2012)),
        ("1906-11-23", BirthDate(1906, 11, 23)),
        ("2026-11-23", BirthDate(2026, 11, 23)),  # it is the 23rd in Kiritimati
        ("2026", BirthDate(2026)),
    ],
)
def test_a_declared_birth_date_may_be_partial(text: str, born: BirthDate) -> None:
    assert BirthDate.parse(text, now=NOW) == born


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("2013-02-29", BirthDateImpossible),
        ("1900-02-29", BirthDateImpossible),
        ("2012-13-01", BirthDateImpossible),
        ("2012-00", BirthDateImpossible),
        ("2012-01-00", BirthDateImpossible),
        ("2012-04-31", BirthDateImpossible),
        ("1899-12-31", BirthDateImpossible),
        ("1905-11-23", BirthDateImpossible),  # 121 today, where today begins first
        ("0000", BirthDateImpossible),
        ("12-01-01", BirthDateImpossible),
        ("2012-1-1", BirthDateImpossible),
        ("2012-01-01 ", BirthDateImpossible),
        ("2012-01-01T00:00", BirthDateImpossible),
        ("", BirthDateImpossible),
        ("2012-\u0660\u0661-01", BirthDateImpossible),
        ("2026-11-24", BirthDateInFuture),
        ("2026-12", BirthDateInFuture),
        ("2027", BirthDateInFuture),
        ("9999-12-31", BirthDateInFuture),
    ],
)
def test_an_impossible_birth_date_is_refused(text: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        BirthDate.parse(text, now=NOW)


def test_the_future_begins_where_the_day_begins_first() -> None:
    late = datetime(2026, 11, 22, 9, 59, 59, tzinfo=UTC)
    assert BirthDate.parse("2026-11-22", now=late) == BirthDate(2026, 11, 22)
    with pytest.raises(BirthDateInFuture):
        BirthDate.parse("2026-11-23", now=late)
    soon = late + timedelta(seconds=1)
    assert BirthDate.parse("2026-11-23", now=soon) == BirthDate(2026, 11, 23)


def test_a_month_or_a_year_is_declared_from_its_first_day_on() -> None:
    october = datetime(2026, 10, 31, 10, tzinfo=UTC)  # 1 November in Kiritimati
    assert BirthDate.parse("2026-11", now=october) == BirthDate(2026, 11)
    december = datetime(2026, 12, 31, 10, tzinfo=UTC)  # 1 January in Kiritimati
    assert BirthDate.parse("2027", now=december) == BirthDate(2027)
    with pytest.raises(BirthDateInFuture):
        BirthDate.parse("2027", now=december - timedelta(microseconds=1))


def test_a_day_without_its_month_is_no_birth_date() -> None:
    with pytest.raises(BirthDateImpossible):
        BirthDate(2012, None, 3)


@pytest.mark.parametrize(
    ("born", "age", "place", "day"),
    [
        (BirthDate(2012, 11, 22), 14, None, date(2026, 11, 22)),
        (BirthDate(2012, 2, 29), 14, None, date(2026, 3, 1)),
        (BirthDate(2012, 2, 29), 16, None, date(2028, 2, 29)),
        (BirthDate(2012, 2, 29), 14, TAIWAN, date(2026, 2, 28)),
        (BirthDate(2012, 2, 29), 16, TAIWAN, date(2028, 2, 29)),
        (BirthDate(2012, 2), 14, None, date(2026, 3, 1)),
        (BirthDate(2013, 2), 14, None, date(2027, 2, 28)),
        (BirthDate(2012, 11), 14, None, date(2026, 11, 30)),
        (BirthDate(2012), 14, None, date(2026, 12, 31)),
        (BirthDate(2012, 2, 29), 14, JAPAN, date(2026, 3, 1)),
    ],
)
def test_the_birthday(
    born: BirthDate, age: int, place: Jurisdiction | None, day: date
) -> None:
    assert birthday(born, age, place) == day


def test_in_japan_an_age_is_reached_at_24_00_of_the_day_before() -> None:
    born = BirthDate(2012, 4, 1)
    first = datetime(2026, 4, 1, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert attained_at(born, 14, JAPAN) == first
    assert birthday(born, 14, JAPAN) == date(2026, 4, 1)


@pytest.mark.parametrize(
    ("place", "instant"),
    [
        (None, "2026-11-22T12:00Z"),
        (JAPAN, "2026-11-21T15:00Z"),
        (Jurisdiction(code="BV", name="Bouvet"), "2026-11-22T12:00Z"),
    ],
)
def test_the_zone_where_the_day_begins_last_counts(
    place: Jurisdiction | None, instant: str
) -> None:
    found = attained_at(BirthDate(2012, 11, 22), 14, place)
    assert found == datetime.fromisoformat(instant)
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    ("zone", "born", "instant"),
    [
        # at 00:00 the clocks went to 01:00: the day began at 01:00
        ("America/Sao_Paulo", BirthDate(2000, 11, 4), "2018-11-04T03:00Z"),
        # at 01:00 the clocks went back to 00:00: the first 00:00 counts
        ("America/Havana", BirthDate(2005, 11, 5), "2023-11-05T04:00Z"),
        # the 30th of December 2011 was left out
        ("Pacific/Apia", BirthDate(1993, 12, 30), "2011-12-30T10:00Z"),
    ],
)
def test_a_day_begins_even_where_midnight_is_odd(
    zone: str, born: BirthDate, instant: str
) -> None:
    expected = datetime.fromisoformat(instant)
    assert attained_at(born, 18, _in(zone)) == expected


@settings(max_examples=1_200, deadline=None)
@given(born=st.dates(date(1900, 1, 1), date(2026, 12, 31)), zone=st.sampled_from(ZONES))
def test_the_first_instant_is_exact_and_the_one_before_is_not(
    born: date, zone: str
) -> None:
    for age in THRESHOLDS:
        birth_date = BirthDate(born.year, born.month, born.day)
        first = attained_at(birth_date, age, _in(zone))
        before = first - timedelta(microseconds=1)
        assert _age(born, first.astimezone(ZoneInfo(zone)).date()) == age
        assert _age(born, before.astimezone(ZoneInfo(zone)).date()) == age - 1


def _in(zone: str) -> Jurisdiction:
    return Jurisdiction(code="XX", name="Somewhere", latest_zone=zone)


def _age(born: date, day: date) -> int:
    """Count whole years the plain way: 29 February has its birthday on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@given(st.dates(date(1900, 1, 1), date(2026, 12, 31)), st.sampled_from(THRESHOLDS))
def test_a_partial_date_is_never_read_as_older(born: date, age: int) -> None:
    known = attained_at(BirthDate(born.year, born.month, born.day), age)
    assert attained_at(BirthDate(born.year, born.month), age) >= known
    assert attained_at(BirthDate(born.year), age) >= known
