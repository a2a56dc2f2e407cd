"""The law's ages and the countries that travel inside the package."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest

from service.domain.jurisdictions import Axis, LeapBirthday
from service.profiles.jurisdictions import read_jurisdictions

TABLE = read_jurisdictions()
ROWS = [row for rows in TABLE.ages.values() for row in rows]
TODAY = date(2026, 11, 22)
MONTHS = [
    datetime(2026, 1, 15, 12, tzinfo=UTC) + timedelta(days=30 * n) for n in range(24)
]


def rows_of(name: str) -> Iterator[list[str]]:
    """Yield the rows of a table of the time zone database."""
    text = (files("tzdata") / "zoneinfo" / name).read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


def test_every_iso_country_is_known() -> None:
    assert set(TABLE.countries) == {row[0] for row in rows_of("iso3166.tab")}


def test_no_zone_of_a_country_begins_its_day_later_than_its_latest_zone() -> None:
    for code, _, zone, *_ in rows_of("zone.tab"):
        latest = TABLE.countries[code].latest_zone
        assert latest is not None
        for month in MONTHS:
            offset = month.astimezone(ZoneInfo(zone)).utcoffset()
            latest_offset = month.astimezone(ZoneInfo(latest)).utcoffset()
            assert offset is not None
            assert latest_offset is not None
            assert latest_offset <= offset, f"{zone} is later than {latest}"


def test_every_row_is_of_a_known_place_and_names_its_law_and_evidence() -> None:
    for row in ROWS:
        assert row.jurisdiction in TABLE.names
        assert row.jurisdiction[:2] in TABLE.countries
        assert row.law
        assert row.evidence
        assert row.confidence in {"primary", "secondary", "unverified"}
        assert row.age is None or 10 <= row.age <= 21


def test_at_most_one_row_holds_on_a_day() -> None:
    days = {row.effective_from for row in ROWS} | {TODAY, date(2020, 1, 1)}
    for day in days - {None}:
        held = [(r.jurisdiction, r.axis) for r in ROWS if r.holds_on(day or TODAY)]
        assert len(held) == len(set(held))


@pytest.mark.parametrize(
    ("code", "on", "age"),
    [
        ("DK", date(2023, 12, 31), 13),
        ("DK", date(2024, 1, 1), 15),
        ("DE", TODAY, 16),
        ("GB", TODAY, 13),
        ("CN", TODAY, 14),
        ("US", date(2026, 4, 21), 13),
        ("US", date(2026, 4, 22), 13),
        ("US-TX", date(2026, 5, 27), 13),
        ("US-TX", date(2026, 5, 28), 18),
        ("US-UT", date(2027, 5, 5), 13),
        ("US-UT", date(2027, 5, 6), 18),
        ("US-AL", date(2026, 12, 31), 13),
        ("US-AL", date(2027, 1, 1), 18),
        ("US-NY", TODAY, 13),
        ("IN", date(2027, 5, 12), None),
        ("IN", date(2027, 5, 13), 18),
        ("CA-QC", TODAY, 14),
        ("CH", TODAY, None),
        ("NG", TODAY, None),
    ],
)
def test_the_age_of_self_consent(code: str, on: date, age: int | None) -> None:
    found = TABLE.find(code, on)
    assert found is not None
    assert found.self_consent_age == age


def test_what_is_peculiar_to_a_place_is_kept() -> None:
    france = TABLE.find("FR", TODAY)
    taiwan, korea = TABLE.find("TW", TODAY), TABLE.find("KR", TODAY)
    assert france is not None
    assert france.joint_consent_below == 15
    assert taiwan is not None
    assert taiwan.leap_birthday is LeapBirthday.FEBRUARY_28
    assert korea is not None
    assert korea.adult_age == 19
    assert TABLE.row("AU", Axis.MINIMUM_ACCOUNT, date(2025, 12, 9)) is None
    assert TABLE.row("AU", Axis.MINIMUM_ACCOUNT, date(2025, 12, 10)) is not None
