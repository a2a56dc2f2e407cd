"""The gate opens on the exact instant of a birthday, on every birthday there is."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain.age import (
    BirthDate,
    decide,
)
from service.domain.age_rules import AgeMode, AgeRules
from service.domain.birthdays import attained_at
from service.domain.jurisdictions import Jurisdiction
from tests.domain.examples import a_profile


@settings(max_examples=1_200, deadline=None)
@given(
    day=st.dates(date(1900, 1, 1), date(2026, 12, 31)),
    zone=st.sampled_from(["Pacific/Niue", "Asia/Tokyo", "Pacific/Kiritimati", None]),
)
def test_the_gate_opens_at_the_first_instant_and_not_before(
    day: date, zone: str | None
) -> None:
    birth_date = BirthDate(day.year, day.month, day.day)
    place = Jurisdiction(code="XX", name="Somewhere", latest_zone=zone)

    def at(instant: datetime, profile_of: Callable[[int], AgeRules], age: int) -> str:
        profile = a_profile(profile_of(age))
        return decide(birth_date, now=instant, profile=profile, jurisdiction=place).kind

    for age in range(13, 22):
        first = attained_at(birth_date, age, place)
        before = first - timedelta(microseconds=1)
        assert at(first, _guardian_below, age) == "admit"
        assert at(before, _guardian_below, age) == "ask_guardian"
        assert at(first, _adults_only, age) == "ask_proof"
        assert at(before, _adults_only, age) == "turn_away"


def _guardian_below(age: int) -> AgeRules:
    return AgeRules(mode=AgeMode.GUARDIAN, guardian_below=age, clause="")


def _adults_only(age: int) -> AgeRules:
    return AgeRules(mode=AgeMode.ADULTS_ONLY_PROVEN, minimum=age, clause="")
