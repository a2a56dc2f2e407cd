"""After a proof, and after a second answer: which of them counts."""

import pytest

from service.domain.age import (
    AgeBand,
    AskGuardian,
    DecisionKind,
    ProvenAge,
    Rule,
    TurnAway,
    after_proof,
    decide,
    held_to,
    stricter,
)
from service.domain.age_rules import AgeRules
from service.domain.jurisdictions import Jurisdiction
from tests.domain.examples import (
    ADULT,
    ADULTS_ONLY,
    BELOW_14,
    CHILD,
    FROM_10,
    GERMANY,
    LAWFUL_14,
    LAWFUL_ADULTS,
    MINOR,
    NO_AGE,
    NOW,
    THAILAND,
    a_profile,
    born,
)


@pytest.mark.parametrize(
    ("proven", "age", "place", "rule", "band"),
    [
        (ProvenAge(over=18), ADULTS_ONLY, None, Rule.PROVEN_OLD_ENOUGH, ADULT),
        (ProvenAge(over=21), ADULTS_ONLY, None, Rule.PROVEN_OLD_ENOUGH, ADULT),
        (ProvenAge(over=16), ADULTS_ONLY, None, Rule.PROOF_INCONCLUSIVE, MINOR),
        (
            ProvenAge(over=16, under=20),
            ADULTS_ONLY,
            None,
            Rule.PROOF_INCONCLUSIVE,
            MINOR,
        ),
        (ProvenAge(under=18), ADULTS_ONLY, None, Rule.PROVEN_TOO_YOUNG, CHILD),
        (ProvenAge(under=21), ADULTS_ONLY, None, Rule.PROOF_INCONCLUSIVE, CHILD),
        (ProvenAge(over=18, under=18), ADULTS_ONLY, None, Rule.PROVEN_TOO_YOUNG, MINOR),
        (ProvenAge(), ADULTS_ONLY, None, Rule.PROOF_INCONCLUSIVE, CHILD),
        (ProvenAge(over=18), LAWFUL_ADULTS, THAILAND, Rule.PROOF_INCONCLUSIVE, CHILD),
        (ProvenAge(over=20), LAWFUL_ADULTS, THAILAND, Rule.PROVEN_OLD_ENOUGH, ADULT),
        (ProvenAge(over=14), BELOW_14, None, Rule.PROVEN_OLD_ENOUGH, MINOR),
        (ProvenAge(over=13), BELOW_14, None, Rule.PROOF_INCONCLUSIVE, CHILD),
        (ProvenAge(under=14), BELOW_14, None, Rule.GUARDIAN_BELOW, CHILD),
        (ProvenAge(over=10, under=14), FROM_10, None, Rule.GUARDIAN_BELOW, CHILD),
        (ProvenAge(under=14), FROM_10, None, Rule.PROOF_INCONCLUSIVE, CHILD),
        (ProvenAge(under=10), FROM_10, None, Rule.PROVEN_TOO_YOUNG, CHILD),
        (ProvenAge(under=16), LAWFUL_14, GERMANY, Rule.LAW_SELF_CONSENT, CHILD),
        (ProvenAge(over=18), NO_AGE, None, Rule.NO_AGE_ASKED, AgeBand.NOT_ASKED),
    ],
    ids=str,
)
def test_after_a_proof(
    proven: ProvenAge,
    age: AgeRules,
    place: Jurisdiction | None,
    rule: Rule,
    band: AgeBand,
) -> None:
    decision = after_proof(proven, now=NOW, profile=a_profile(age), jurisdiction=place)
    assert decision.reason.rule is rule
    assert decision.kind is rule.kind
    assert decision.band is band
    assert isinstance(decision, TurnAway) or decision.crosses_on is None


def test_the_youngest_answer_of_a_day_counts() -> None:
    kinds = ("admit", "ask_proof", "ask_guardian", "turn_away")
    for place, later in enumerate(kinds):
        for earlier in kinds[: place + 1]:
            expected = DecisionKind(later)
            assert stricter(DecisionKind(earlier), DecisionKind(later)) is expected
            assert stricter(DecisionKind(later), DecisionKind(earlier)) is expected


def test_who_answers_again_is_held_to_the_stricter_answer() -> None:
    admitted = decide(born(30), now=NOW, profile=a_profile(), jurisdiction=None)
    asked = held_to(admitted, DecisionKind.ASK_GUARDIAN)
    assert isinstance(asked, AskGuardian)
    assert asked.reason.rule is Rule.EARLIER_ASK_GUARDIAN
    assert asked.band is CHILD
    turned = held_to(admitted, DecisionKind.TURN_AWAY)
    assert isinstance(turned, TurnAway)
    assert turned.reason.rule is Rule.EARLIER_TURN_AWAY
    assert held_to(admitted, DecisionKind.ASK_PROOF).kind is DecisionKind.ASK_PROOF
    assert held_to(admitted, DecisionKind.ADMIT) is admitted
    assert held_to(turned, DecisionKind.ADMIT) is turned
