"""The five operators' profiles have no mistakes and keep their word."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from service.domain.age_rules import AgeMode, ProofMethod
from service.domain.decisions import AgeBand, DecisionKind
from service.domain.forms import Need
from service.profiles.reader import check, read_profiles

SHIPPED = Path(__file__).parents[2] / "deploy" / "profiles"
APPS = ["plain", "platform", "terra-maestro", "terran-studio", "terraquanta"]


def test_the_shipped_profiles_have_no_mistakes() -> None:
    assert check(SHIPPED) == []
    assert list(read_profiles(SHIPPED)) == APPS


def test_in_production_the_platform_must_name_who_takes_proofs() -> None:
    key = "age_proof_provider"
    assert [one.key for one in check(SHIPPED, providers=[])] == [key]


@pytest.mark.parametrize(
    ("app", "mode", "below", "minimum"),
    [
        ("terran-studio", AgeMode.NONE, None, None),
        ("terra-maestro", AgeMode.GUARDIAN, 14, None),
        ("terraquanta", AgeMode.GUARDIAN, 18, None),
        ("platform", AgeMode.ADULTS_ONLY_PROVEN, None, 18),
        ("plain", AgeMode.GUARDIAN, 14, None),
    ],
)
def test_the_five_operators_have_the_age_they_promise(
    app: str, mode: AgeMode, below: int | None, minimum: int | None
) -> None:
    rules = read_profiles(SHIPPED)[app].age
    assert (rules.mode, rules.guardian_below, rules.minimum) == (mode, below, minimum)


@pytest.mark.parametrize(
    ("app", "required", "optional"),
    [
        ("terran-studio", {"username", "password"}, {"name", "phone", "email"}),
        (
            "terra-maestro",
            {"username", "password", "email", "phone"},
            {"name", "birthday", "gender", "location", "industry"},
        ),
        ("terraquanta", {"name", "organisation", "phone", "email", "password"}, set()),
        ("platform", {"email", "password"}, {"name", "phone"}),
        ("plain", {"email", "password"}, set()),
    ],
)
def test_the_five_operators_ask_adults_what_they_promise(
    app: str, required: set[str], optional: set[str]
) -> None:
    fields = read_profiles(SHIPPED)[app].fields_for(AgeBand.ADULT)
    needs = {Need.REQUIRED: set[str](), Need.OPTIONAL: set[str]()}
    for rule in fields:
        needs[rule.for_adults].add(rule.name)
    assert needs == {Need.REQUIRED: required, Need.OPTIONAL: optional}


@pytest.mark.parametrize("app", ["terra-maestro", "terraquanta", "plain"])
def test_children_are_asked_a_username_a_password_and_a_guardian(app: str) -> None:
    profile = read_profiles(SHIPPED)[app]
    for band in (AgeBand.CHILD, AgeBand.MINOR):
        fields = profile.fields_for(band, DecisionKind.ASK_GUARDIAN)
        assert {rule.name for rule in fields} == {
            "username",
            "password",
            "guardian_email",
        }
        assert all(rule.for_children is Need.REQUIRED for rule in fields)


def test_a_profile_carries_its_policy_s_text_dates_and_periods() -> None:
    profiles = read_profiles(SHIPPED)
    policy = profiles["terraquanta"].current_policy(date(2026, 11, 22))
    assert policy.version == "2021-09-26"
    assert policy.text is not None
    assert policy.text.endswith("on Sep. 26, 2021")
    assert profiles["terraquanta"].notice_period == timedelta(days=7)
    assert profiles["terran-studio"].retention.action_log == timedelta(days=365)
    assert profiles["platform"].age.proof == (ProofMethod.DOCUMENT, ProofMethod.CARD)


@pytest.mark.parametrize("app", APPS)
def test_only_what_the_service_needs_is_on_without_consent(app: str) -> None:
    for purpose in read_profiles(SHIPPED)[app].purposes:
        assert purpose.essential is (purpose.legal_ground != "consent")
