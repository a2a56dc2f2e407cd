"""What a profile answers about its policy, its form and its purposes."""

from dataclasses import replace
from datetime import date

from service.domain.decisions import AgeBand, DecisionKind
from tests.domain.examples import EMAIL, FIRST, SERVICE, a_profile

GUARDED = a_profile()
SECOND = replace(
    FIRST,
    version="2",
    published_date=date(2026, 3, 1),
    effective_date=date(2026, 3, 8),
    significant=True,
)


def test_the_policy_in_force_is_the_last_to_take_effect() -> None:
    profile = replace(GUARDED, policy_versions=(FIRST, SECOND))
    assert profile.current_policy(date(2024, 1, 1)) == FIRST
    assert profile.current_policy(date(2026, 3, 7)) == FIRST
    assert profile.current_policy(date(2026, 3, 8)) == SECOND


def test_a_child_is_asked_a_username_a_password_and_a_guardian_only() -> None:
    def names(band: AgeBand, kind: DecisionKind | None = None) -> list[str]:
        return [rule.name for rule in GUARDED.fields_for(band, kind)]

    child = ["username", "password", "guardian_email"]
    assert names(AgeBand.CHILD) == child
    assert names(AgeBand.CHILD, DecisionKind.ASK_GUARDIAN) == child
    assert names(AgeBand.MINOR, DecisionKind.ASK_GUARDIAN) == child
    assert names(AgeBand.MINOR, DecisionKind.ADMIT) == ["username", "email", "password"]
    assert names(AgeBand.ADULT) == ["username", "email", "password"]
    assert names(AgeBand.NOT_ASKED) == ["username", "email", "password"]


def test_a_profile_finds_its_fields_and_purposes_by_name() -> None:
    assert GUARDED.field("email") == EMAIL
    assert GUARDED.field("shoe_size") is None
    assert GUARDED.purpose("service") == SERVICE
    assert GUARDED.purpose("marketing") is None
