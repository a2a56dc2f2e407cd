"""Which law holds where, and since when."""

from datetime import date

import pytest

from service.domain.age_rules import AgeRules
from service.domain.jurisdictions import (
    Axis,
    Country,
    Jurisdiction,
    Jurisdictions,
    LegalAge,
)
from service.domain.refusals import CountryUnknown
from tests.domain.examples import BELOW_14


def a_row(
    place: str,
    axis: Axis,
    age: int | None,
    since: date | None = None,
    until: date | None = None,
) -> LegalAge:
    return LegalAge(
        jurisdiction=place,
        axis=axis,
        age=age,
        effective_from=since,
        effective_to=until,
        law=f"{place} law",
        evidence="read",
        confidence="primary",
        note="",
    )


TABLE = Jurisdictions(
    version="1",
    countries={
        "AA": Country(code="AA", name="Aland", latest_zone="Europe/Paris"),
        "BB": Country(code="BB", name="Beland", latest_zone=None),
    },
    names={"AA": "Aland", "AA-N": "North Aland"},
    ages={
        "AA": (
            a_row("AA", Axis.SELF_CONSENT, 13, until=date(2023, 12, 31)),
            a_row("AA", Axis.SELF_CONSENT, 15, since=date(2024, 1, 1)),
            a_row("AA", Axis.JOINT_CONSENT_BELOW, 15),
        ),
        "AA-N": (
            a_row("AA-N", Axis.SELF_CONSENT, 18, since=date(2026, 5, 28)),
            a_row("AA-N", Axis.ADULT, 19),
        ),
    },
)
TODAY = date(2026, 11, 22)


def age_rules(default_country: str | None) -> AgeRules:
    return AgeRules(mode=BELOW_14.mode, clause="", default_country=default_country)


@pytest.mark.parametrize(
    ("code", "on", "age", "adult"),
    [
        ("AA", date(2023, 12, 31), 13, 18),
        ("AA", date(2024, 1, 1), 15, 18),
        ("AA-N", date(2026, 5, 27), 15, 19),  # its own law is not in force yet
        ("AA-N", date(2026, 5, 28), 18, 19),
        ("AA-S", TODAY, 15, 18),  # a part of which nothing is known
        ("BB", TODAY, None, 18),
        ("BB-1", TODAY, None, 18),
    ],
)
def test_the_law_of_a_day(code: str, on: date, age: int | None, adult: int) -> None:
    found = TABLE.find(code, on)
    assert found is not None
    assert (found.self_consent_age, found.adult_age) == (age, adult)


def test_a_jurisdiction_carries_its_law_its_name_and_its_zone() -> None:
    assert TABLE.find("AA-N", TODAY) == Jurisdiction(
        code="AA-N",
        name="North Aland",
        self_consent_age=18,
        law="AA-N law",
        adult_age=19,
        joint_consent_below=15,
        latest_zone="Europe/Paris",
    )
    other = TABLE.find("AA-S", TODAY)
    assert other is not None
    assert other.code == "AA"


@pytest.mark.parametrize(
    "code", ["CC", "aa", "AAA", "AA-", "AA-ABCD", "AA-n", "AA-N-N", "A", "", "AA\n"]
)
def test_what_is_no_place_is_not_found(code: str) -> None:
    assert TABLE.find(code, TODAY) is None


def test_who_names_no_country_has_the_profile_s() -> None:
    given = TABLE.applicable("BB", rules=age_rules("AA"), on=TODAY)
    default = TABLE.applicable(None, rules=age_rules("AA"), on=TODAY)
    unknown = TABLE.applicable(None, rules=age_rules(None), on=TODAY)
    assert given == TABLE.find("BB", TODAY)
    assert default == TABLE.find("AA", TODAY)
    assert unknown is None


@pytest.mark.parametrize("code", ["XX", "", "USA"])
def test_an_unknown_country_is_refused(code: str) -> None:
    with pytest.raises(CountryUnknown):
        TABLE.applicable(code, rules=age_rules("AA"), on=TODAY)
