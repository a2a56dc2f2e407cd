"""Which method of consent can carry which purpose, and what the law closes."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.consent_methods import (
    CATALOGUE,
    CLOSED,
    Method,
    closed_by,
    objection,
    offered,
    rule_of,
)
from tests.domain.examples import SERVICE

TODAY = date(2026, 11, 22)
BY_MAIL = (Method.EMAIL_PLUS, Method.TEXT_PLUS)

purposes = st.builds(
    lambda strength, discloses, only: replace(
        SERVICE,
        min_consent_strength=strength,
        discloses_to_third_parties=discloses,
        consent_methods=tuple(only),
    ),
    st.integers(1, 3),
    st.booleans(),
    st.lists(st.sampled_from(Method), unique=True, max_size=2),
)
methods = st.lists(st.sampled_from(Method), unique=True)
verified = st.none() | st.sampled_from(Method)
days = st.dates(date(2026, 1, 1), date(2030, 1, 1))


@given(methods, st.lists(purposes, max_size=4), days, verified)
def test_what_is_offered_satisfies_every_purpose(
    known: list[Method],
    asked: list[type(SERVICE)],  # type: ignore[valid-type]
    today: date,
    by: Method | None,
) -> None:
    for method in offered(known, asked, country=None, today=today, verified_by=by):
        rule = rule_of(method, by)
        assert rule is not None
        for one in asked:
            assert rule.strength >= one.min_consent_strength
            assert not (one.discloses_to_third_parties and rule.no_disclosure)
            assert method in (one.consent_methods or Method)


@given(methods, st.lists(purposes, max_size=4), purposes)
def test_one_more_purpose_never_offers_more(
    known: list[Method],
    asked: list[type(SERVICE)],  # type: ignore[valid-type]
    more: type(SERVICE),  # type: ignore[valid-type]
) -> None:
    few = offered(known, [*asked, more], country=None, today=TODAY)
    assert set(few) <= set(offered(known, asked, country=None, today=TODAY))


@pytest.mark.parametrize(
    ("method", "law"),
    [
        (Method.EMAIL_PLUS, "COPPA 16 CFR 312.5(b)(2)(viii)"),
        (Method.TEXT_PLUS, "COPPA 16 CFR 312.5(b)(2)(ix)"),
    ],
)
def test_plus_methods_never_carry_a_disclosure_and_the_law_is_named(
    method: Method, law: str
) -> None:
    disclosing = replace(SERVICE, discloses_to_third_parties=True)
    assert law in str(objection(method, disclosing))
    assert objection(Method.CARD, disclosing) is None


def test_the_plus_methods_are_those_with_a_second_contact() -> None:
    second = {method for method, rule in CATALOGUE.items() if rule.second_contact}
    assert second == set(BY_MAIL)
    assert set(CATALOGUE) | {Method.GUARDIAN_ACCOUNT} == set(Method)


@pytest.mark.parametrize("before", CATALOGUE)
def test_a_guardians_account_is_worth_what_it_rests_on(before: Method) -> None:
    rule = rule_of(Method.GUARDIAN_ACCOUNT, before)
    assert rule is not None
    assert rule.strength == CATALOGUE[before].strength
    assert rule.no_disclosure == CATALOGUE[before].no_disclosure
    assert not rule.second_contact


def test_a_guardians_account_that_rests_on_nothing_is_worth_nothing() -> None:
    for before in (None, Method.GUARDIAN_ACCOUNT):
        assert rule_of(Method.GUARDIAN_ACCOUNT, before) is None
        assert objection(Method.GUARDIAN_ACCOUNT, SERVICE, before) is not None


def test_in_india_a_parent_must_be_identifiable_once_the_rules_hold() -> None:
    (rule,) = CLOSED
    before = rule.since.replace(day=rule.since.day - 1)
    for method in BY_MAIL:
        assert closed_by(method, "IN", before) is None
        assert "rule 10" in str(closed_by(method, "IN", rule.since))
        assert closed_by(method, "IN-KA", rule.since) is not None
        assert closed_by(method, "DE", rule.since) is None
    every = offered(Method, [SERVICE], country="IN", today=rule.since)
    assert not set(every) & set(BY_MAIL)
