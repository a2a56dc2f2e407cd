"""How sure it is that a holder is there: from the facts, in whatever order."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.authenticators import (
    FRESH,
    SECOND_FACTORS,
    Assurance,
    Factor,
    check_fresh,
    is_fresh,
    level_of,
    satisfying,
)
from service.domain.refusals import StepUpRequired

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
FACTORS = st.frozensets(st.sampled_from(Factor))


@pytest.mark.parametrize(
    ("methods", "level"),
    [
        ({Factor.PASSWORD}, 1),
        ({Factor.TOTP}, 1),
        ({Factor.RECOVERY_CODE}, 1),
        ({Factor.EMAIL_LINK}, 1),
        ({Factor.TOTP, Factor.RECOVERY_CODE}, 1),
        ({Factor.EMAIL_LINK, Factor.TOTP}, 1),
        ({Factor.PASSWORD, Factor.EMAIL_LINK}, 1),
        ({Factor.PASSWORD, Factor.TOTP}, 2),
        ({Factor.PASSWORD, Factor.RECOVERY_CODE}, 2),
        ({Factor.PASSKEY}, 2),
    ],
)
def test_a_level_is_that_of_distinct_factors(methods: set[Factor], level: int) -> None:
    assert level_of(methods) == level


@given(methods=FACTORS)
def test_email_never_counts_beside_anything(methods: frozenset[Factor]) -> None:
    assert level_of(methods) == level_of(methods - {Factor.EMAIL_LINK})


@given(methods=FACTORS)
def test_the_order_of_proofs_changes_nothing(methods: frozenset[Factor]) -> None:
    levels = set()
    for order in permutations(sorted(methods)[:4]):
        assurance = Assurance.of(order[:1], at=NOW)
        for one in order[1:]:
            assurance = assurance.with_proof(one, at=NOW)
        levels.add(assurance.aal)
    assert len(levels) == 1


@given(enrolled=st.frozensets(st.sampled_from(SECOND_FACTORS)))
def test_what_is_asked_for_is_enough(enrolled: frozenset[Factor]) -> None:
    for method in satisfying(enrolled):
        proven = Assurance.of({Factor.PASSWORD}, at=NOW - FRESH)
        proven = proven.with_proof(method, at=NOW)
        check_fresh(proven, enrolled=enrolled, now=NOW)


@given(enrolled=st.frozensets(st.sampled_from(SECOND_FACTORS), min_size=1))
def test_a_password_is_not_enough_beside_a_second_factor(
    enrolled: frozenset[Factor],
) -> None:
    by_password = Assurance.of({Factor.PASSWORD}, at=NOW)

    with pytest.raises(StepUpRequired) as refused:
        check_fresh(by_password, enrolled=enrolled, now=NOW)

    assert set(refused.value.methods) == enrolled
    assert Factor.PASSWORD not in refused.value.methods


def test_a_proof_is_fresh_for_ten_minutes() -> None:
    proven = Assurance.of({Factor.PASSWORD, Factor.TOTP}, at=NOW)

    assert is_fresh(proven, enrolled={Factor.TOTP}, now=NOW + FRESH - SECOND)
    assert not is_fresh(proven, enrolled={Factor.TOTP}, now=NOW + FRESH)
    assert not is_fresh(proven, enrolled=(), now=NOW + FRESH)
