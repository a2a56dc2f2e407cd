"""The stricter of an operator's policy and the law of a place."""

from dataclasses import replace

import pytest

from service.domain.age_rules import AgeRules
from service.domain.jurisdictions import Jurisdiction
from service.domain.limits import Limits
from tests.domain.examples import ADULTS_ONLY, BELOW_14, BELOW_18, NO_AGE, a_profile

GERMANY = Jurisdiction(code="DE", name="Germany", self_consent_age=16, law="GDPR")
KOREA = Jurisdiction(code="KR", name="South Korea", self_consent_age=14, adult_age=19)
NOWHERE = Jurisdiction(code="CH", name="Switzerland")


@pytest.mark.parametrize(
    ("rules", "place", "alone_from", "child_below", "birthdays"),
    [
        (BELOW_14, None, 14, 14, (14, 18)),
        (BELOW_14, NOWHERE, 14, 14, (14, 18)),
        (BELOW_14, GERMANY, 16, 16, (16, 18)),
        (BELOW_14, KOREA, 14, 14, (14, 19)),
        (replace(BELOW_14, minimum=10), None, 14, 14, (10, 14, 18)),
        (replace(BELOW_14, guardian_below=13), None, 13, 13, (13, 18)),
        (replace(BELOW_14, guardian_below=None), None, 14, 14, (14, 18)),
        (BELOW_18, None, 18, 14, (14, 18)),
        (BELOW_18, GERMANY, 18, 16, (16, 18)),
        (ADULTS_ONLY, None, 18, 14, (14, 18)),
        (replace(ADULTS_ONLY, minimum=None), None, 18, 14, (14, 18)),
        (NO_AGE, None, None, 0, (18,)),
    ],
)
def test_the_stricter_age_counts(
    rules: AgeRules,
    place: Jurisdiction | None,
    alone_from: int | None,
    child_below: int,
    birthdays: tuple[int, ...],
) -> None:
    limits = Limits.of(a_profile(replace(rules, law_applies=True)), place)
    assert limits.alone_from == alone_from
    assert limits.child_below == child_below
    assert limits.birthdays == birthdays
    assert limits.by_law is (place is GERMANY and rules is BELOW_14)


def test_the_law_counts_only_where_the_profile_lets_it() -> None:
    assert Limits.of(a_profile(BELOW_14), GERMANY).alone_from == 14
