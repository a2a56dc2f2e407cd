"""What people are told of a decision, and what stays on record."""

import re
from dataclasses import replace

import pytest

from service.domain.decisions import AgeBand, DecisionKind, Reason, Rule, conclude
from service.domain.explanations import Audience, explain
from service.domain.profiles import Contact

CONTACT = Contact(email="help@example.test", appeals="appeals@example.test")
REASON = Reason(
    rule=Rule.MINIMUM_AGE,
    threshold=18,
    clause="8. Policy for Minors",
    law=None,
    jurisdiction="DE",
    profile="platform",
    policy_version="2",
)


def test_who_is_turned_away_is_told_kindly_and_how_to_appeal() -> None:
    found = explain(REASON, "en", contact=CONTACT)
    assert found.summary == "Sorry, you can't create an account here."
    not_kept, appeal = found.details
    assert not_kept == "Nothing you told us was kept."
    assert appeal.endswith("a person will look at it again: appeals@example.test")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("rule", Rule)
def test_no_applicant_is_told_the_limit(rule: Rule, language: str) -> None:
    found = explain(replace(REASON, rule=rule), language, contact=CONTACT)
    words = " ".join((found.summary, *found.details))
    assert not re.search(r"[0-9]", words)
    assert "Policy for Minors" not in words


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("rule", [one for one in Rule if one is not Rule.NO_AGE_ASKED])
def test_the_record_says_rule_clause_and_version(rule: Rule, language: str) -> None:
    found = explain(
        replace(REASON, rule=rule), language, contact=CONTACT, audience=Audience.RECORD
    )
    words = " ".join((found.summary, *found.details))
    for fact in (rule, "8. Policy for Minors", "platform", "DE"):
        assert fact in words
    if not rule.startswith("earlier"):
        assert "18" in found.summary


def test_the_record_names_the_law_once() -> None:
    law = "GDPR Art. 8(1)"
    stricter = replace(REASON, rule=Rule.LAW_SELF_CONSENT, clause=law, law=law)
    found = explain(stricter, "en", contact=CONTACT, audience=Audience.RECORD)
    assert found.summary == "Below 18 years the law asks for a guardian's consent."
    assert found.details == (
        "Law: GDPR Art. 8(1)",
        "Place: DE",
        "Rule law_self_consent of platform, policy version 2.",
    )
    both = replace(REASON, law=law)
    found = explain(both, "en", contact=CONTACT, audience=Audience.RECORD)
    assert found.details[:2] == ("Policy: 8. Policy for Minors", "Law: GDPR Art. 8(1)")


@pytest.mark.parametrize("rule", Rule)
def test_every_decision_is_explained_in_both_languages(rule: Rule) -> None:
    decision = conclude(replace(REASON, rule=rule), band=AgeBand.MINOR)
    english = explain(decision, "en", contact=CONTACT)
    chinese = explain(decision, "zh", contact=CONTACT)
    assert english != chinese
    assert len(english.details) == len(chinese.details)
    assert english == explain(decision.reason, "en", contact=CONTACT)
    if decision.kind not in {DecisionKind.ADMIT, DecisionKind.ASK_PROOF}:
        assert "appeals@example.test" in english.details[-1]


@pytest.mark.parametrize(
    ("language", "same_as"),
    [("zh-Hans-CN", "zh"), ("ZH", "zh"), ("zh_CN", "zh"), ("de", "en"), ("", "en")],
)
def test_a_language_we_lack_is_answered_in_english(language: str, same_as: str) -> None:
    asked = explain(REASON, language, contact=CONTACT)
    assert asked == explain(REASON, same_as, contact=CONTACT)


def test_braces_in_a_clause_are_only_words() -> None:
    odd = replace(REASON, clause="{threshold} {0} {")
    found = explain(odd, "en", contact=CONTACT, audience=Audience.RECORD)
    assert found.details[0] == "Policy: {threshold} {0} {"
