"""The age rule, row by row, and on every birthday there is."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from service.domain.age import (
    Admit,
    AgeBand,
    AskGuardian,
    AskProof,
    BirthDate,
    DecisionKind,
    ProvenAge,
    Reason,
    Rule,
    TurnAway,
    after_proof,
    decide,
)
from service.domain.age_rules import AgeRules
from service.domain.jurisdictions import Jurisdiction
from service.domain.refusals import BirthDateMissing, CountryMissing
from tests.domain.examples import (
    ADULT,
    ADULTS_ONLY,
    BELOW_14,
    BELOW_18,
    CHILD,
    CHINA,
    FROM_10,
    GERMANY,
    JAPAN,
    KOREA,
    LAWFUL_14,
    LAWFUL_18,
    LAWFUL_ADULTS,
    MINOR,
    NO_AGE,
    NOW,
    TAIWAN,
    THAILAND,
    USA,
    a_profile,
    born,
)


@pytest.mark.parametrize(
    ("birth_date", "age", "place", "band", "rule"),
    [
        (born(14), BELOW_14, None, MINOR, Rule.OLD_ENOUGH),
        (born(14, days=1), BELOW_14, None, CHILD, Rule.GUARDIAN_BELOW),
        (born(18), BELOW_14, None, ADULT, Rule.OLD_ENOUGH),
        (born(18, days=1), BELOW_14, None, MINOR, Rule.OLD_ENOUGH),
        (born(18), BELOW_18, None, ADULT, Rule.OLD_ENOUGH),
        (born(18, days=1), BELOW_18, None, MINOR, Rule.GUARDIAN_BELOW),
        (born(14, days=1), BELOW_18, None, CHILD, Rule.GUARDIAN_BELOW),
        (born(10), FROM_10, None, CHILD, Rule.GUARDIAN_BELOW),
        (born(10, days=1), FROM_10, None, CHILD, Rule.MINIMUM_AGE),
        (born(18), ADULTS_ONLY, None, ADULT, Rule.PROOF_REQUIRED),
        (born(18, days=1), ADULTS_ONLY, None, MINOR, Rule.MINIMUM_AGE),
        (born(3), ADULTS_ONLY, None, CHILD, Rule.MINIMUM_AGE),
        (None, NO_AGE, None, AgeBand.NOT_ASKED, Rule.NO_AGE_ASKED),
        (born(3), NO_AGE, None, AgeBand.NOT_ASKED, Rule.NO_AGE_ASKED),
        # the law where it is stricter, the policy where that is
        (born(16), LAWFUL_14, GERMANY, MINOR, Rule.OLD_ENOUGH),
        (
            born(16, days=1),
            LAWFUL_14,
            GERMANY,
            CHILD,
            Rule.LAW_SELF_CONSENT,
        ),
        (born(16, days=1), BELOW_14, GERMANY, MINOR, Rule.OLD_ENOUGH),
        (born(14, days=1), LAWFUL_14, USA, CHILD, Rule.GUARDIAN_BELOW),
        (born(14, days=1), LAWFUL_14, CHINA, CHILD, Rule.GUARDIAN_BELOW),
        (born(18), LAWFUL_18, GERMANY, ADULT, Rule.OLD_ENOUGH),
        (born(16, days=1), LAWFUL_18, GERMANY, CHILD, Rule.GUARDIAN_BELOW),
        (
            born(20, days=1),
            LAWFUL_18,
            THAILAND,
            CHILD,
            Rule.LAW_SELF_CONSENT,
        ),
        (born(20, days=1), LAWFUL_ADULTS, THAILAND, CHILD, Rule.MINIMUM_AGE),
        (born(20), LAWFUL_ADULTS, THAILAND, ADULT, Rule.PROOF_REQUIRED),
        # no age in law: the policy alone; another age of majority
        (born(14), LAWFUL_14, JAPAN, MINOR, Rule.OLD_ENOUGH),
        (born(18), LAWFUL_14, KOREA, MINOR, Rule.OLD_ENOUGH),
        (born(19), LAWFUL_14, KOREA, ADULT, Rule.OLD_ENOUGH),
        # only the month, only the year: the youngest reading
        (BirthDate(2012, 11), BELOW_14, None, CHILD, Rule.GUARDIAN_BELOW),
        (BirthDate(2012, 10), BELOW_14, None, MINOR, Rule.OLD_ENOUGH),
        (BirthDate(2012), BELOW_14, None, CHILD, Rule.GUARDIAN_BELOW),
        (BirthDate(2011), BELOW_14, None, MINOR, Rule.OLD_ENOUGH),
    ],
    ids=str,
)
def test_decide(
    birth_date: BirthDate | None,
    age: AgeRules,
    place: Jurisdiction | None,
    band: AgeBand,
    rule: Rule,
) -> None:
    decision = decide(birth_date, now=NOW, profile=a_profile(age), jurisdiction=place)
    assert decision.band is band
    assert decision.reason.rule is rule
    assert decision.kind is rule.kind


@pytest.mark.parametrize(
    ("place", "day", "kind"),
    [
        (None, datetime(2026, 3, 1, 11, 59, 59, tzinfo=UTC), DecisionKind.ASK_GUARDIAN),
        (None, datetime(2026, 3, 1, 12, tzinfo=UTC), DecisionKind.ADMIT),
        (
            TAIWAN,
            datetime(2026, 2, 28, 11, 59, 59, tzinfo=UTC),
            DecisionKind.ASK_GUARDIAN,
        ),
        (TAIWAN, datetime(2026, 2, 28, 12, tzinfo=UTC), DecisionKind.ADMIT),
        (
            JAPAN,
            datetime(2026, 2, 28, 14, 59, 59, tzinfo=UTC),
            DecisionKind.ASK_GUARDIAN,
        ),
        (JAPAN, datetime(2026, 2, 28, 15, tzinfo=UTC), DecisionKind.ADMIT),
    ],
)
def test_who_was_born_on_29_february_is_14_on_1_march_unless_the_law_says_28_february(
    place: Jurisdiction | None, day: datetime, kind: DecisionKind
) -> None:
    leapling = BirthDate(2012, 2, 29)
    decision = decide(leapling, now=day, profile=a_profile(), jurisdiction=place)
    assert decision.kind is kind


def test_a_birthday_begins_where_in_the_place_it_begins_last() -> None:
    turning_14, morning = BirthDate(2012, 11, 22), NOW - timedelta(hours=12)

    def kind(place: Jurisdiction | None) -> DecisionKind:
        profile = a_profile()
        return decide(turning_14, now=morning, profile=profile, jurisdiction=place).kind

    hawaii = replace(USA, latest_zone="Pacific/Honolulu")
    assert kind(JAPAN) is DecisionKind.ADMIT
    assert kind(hawaii) is DecisionKind.ASK_GUARDIAN
    assert kind(None) is DecisionKind.ASK_GUARDIAN


@pytest.mark.parametrize(
    ("birth_date", "age", "place", "crosses_on"),
    [
        (born(13), BELOW_14, None, date(2027, 11, 22)),
        (born(14), BELOW_14, None, date(2030, 11, 22)),
        (born(18), BELOW_14, None, None),
        (born(13), BELOW_18, None, date(2027, 11, 22)),
        (born(15), BELOW_18, None, date(2029, 11, 22)),
        (born(13), LAWFUL_14, GERMANY, date(2029, 11, 22)),
        (born(18), LAWFUL_14, KOREA, date(2027, 11, 22)),
        (born(18), ADULTS_ONLY, None, None),
        (BirthDate(2012, 2, 29), BELOW_14, None, date(2030, 3, 1)),
        (BirthDate(2013), BELOW_14, None, date(2027, 12, 31)),
        (born(3), NO_AGE, None, None),
    ],
)
def test_the_next_birthday_that_matters(
    birth_date: BirthDate, age: AgeRules, place: Jurisdiction | None, crosses_on: date
) -> None:
    decision = decide(birth_date, now=NOW, profile=a_profile(age), jurisdiction=place)
    assert not isinstance(decision, TurnAway)
    assert decision.crosses_on == crosses_on


def test_the_reason_names_the_policy_s_clause() -> None:
    decision = decide(born(13), now=NOW, profile=a_profile(), jurisdiction=None)
    assert decision.reason == Reason(
        rule=Rule.GUARDIAN_BELOW,
        threshold=14,
        clause="Below 14.",
        law=None,
        jurisdiction=None,
        profile="example",
        policy_version="1",
    )


@pytest.mark.parametrize(
    ("place", "clause", "law", "threshold"),
    [
        (GERMANY, "GDPR Art. 8(1)", "GDPR Art. 8(1)", 16),  # the law is stricter
        (CHINA, "Below 14.", "PIPL Art. 31", 14),  # both ask for the same
        (USA, "Below 14.", None, 14),  # the policy is stricter
        (JAPAN, "Below 14.", None, 14),  # the law has no number
    ],
)
def test_the_reason_names_the_law_where_it_asks_for_that_age(
    place: Jurisdiction, clause: str, law: str | None, threshold: int
) -> None:
    profile = a_profile(LAWFUL_14)
    reason = decide(born(12), now=NOW, profile=profile, jurisdiction=place).reason
    assert reason.clause == clause
    assert reason.law == law
    assert reason.threshold == threshold
    assert reason.jurisdiction == place.code


def test_the_law_may_raise_the_age_of_adults_only() -> None:
    adults = a_profile(LAWFUL_ADULTS)
    reason = decide(born(19), now=NOW, profile=adults, jurisdiction=THAILAND).reason
    assert (reason.threshold, reason.clause) == (20, "PDPA s. 20")
    at_home = decide(born(17), now=NOW, profile=adults, jurisdiction=GERMANY).reason
    assert (at_home.threshold, at_home.clause) == (18, "Adults only.")
    assert at_home.law is None


def test_a_birth_date_is_needed_only_where_an_age_is_asked() -> None:
    for age in (BELOW_14, ADULTS_ONLY):
        with pytest.raises(BirthDateMissing):
            decide(None, now=NOW, profile=a_profile(age), jurisdiction=None)


def test_a_country_is_needed_only_where_the_profile_asks_for_one() -> None:
    asking = a_profile(replace(LAWFUL_14, ask_country=True))
    with pytest.raises(CountryMissing):
        decide(born(20), now=NOW, profile=asking, jurisdiction=None)
    with pytest.raises(CountryMissing):
        after_proof(ProvenAge(over=18), now=NOW, profile=asking, jurisdiction=None)
    told = decide(born(20), now=NOW, profile=asking, jurisdiction=USA)
    assert told.kind is DecisionKind.ADMIT
    not_asked = a_profile(LAWFUL_14)
    alone = decide(born(20), now=NOW, profile=not_asked, jurisdiction=None)
    assert alone.kind is DecisionKind.ADMIT


def test_no_decision_holds_an_age_or_a_birth_date() -> None:
    for kind in (Admit, AskGuardian, AskProof):
        assert {one.name for one in fields(kind)} == {"band", "reason", "crosses_on"}
    assert {one.name for one in fields(TurnAway)} == {"band", "reason"}
