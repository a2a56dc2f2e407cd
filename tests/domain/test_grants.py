"""The machines of grants and accounts: no dead end, and nothing on without a grant."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.accounts import (
    AccountId,
    AccountState,
    AccountStep,
    Condition,
    Suspension,
    stepped,
)
from service.domain.consent_rules import ConsentRules
from service.domain.grants import (
    LIVE,
    MOVES,
    Giver,
    Grant,
    GrantState,
    GrantStep,
    may_go_on,
    moved,
    purposes_on,
)
from service.domain.profiles import PolicyProfile
from tests.domain.examples import SERVICE, a_profile

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
EXTRA = replace(SERVICE, id="extra", essential=False)
PROFILE = replace(a_profile(), purposes=(SERVICE, EXTRA))
WAITING = replace(PROFILE, consent=ConsentRules(opens_on_provisional=False))
DAY = timedelta(days=1)

grants = st.lists(
    st.builds(
        lambda purpose, state, ends: Grant(
            grant_id=UUID(int=1),
            account_id=AccountId(UUID(int=2)),
            purpose=purpose,
            given_by=Giver.GUARDIAN,
            giver_id=UUID(int=3),
            method="email_plus",
            strength=1,
            policy_version="1",
            given_at=NOW - DAY,
            ends_at=ends,
            state=state,
        ),
        st.sampled_from(["service", "extra"]),
        st.sampled_from(GrantState),
        st.sampled_from([None, NOW - DAY, NOW, NOW + DAY]),
    ),
    max_size=6,
)


def test_every_state_of_a_grant_is_reached_and_comes_to_an_end() -> None:
    reached, todo = {GrantState.PROVISIONAL}, [GrantState.PROVISIONAL]
    while todo:
        for after in MOVES.get(todo.pop(), {}).values():
            if after not in reached:
                reached.add(after)
                todo.append(after)
    assert reached == set(GrantState)
    for state in LIVE:
        assert set(MOVES[state].values()) - LIVE, state


@given(st.sampled_from(GrantState), st.sampled_from(GrantStep))
def test_what_is_over_stays_over(state: GrantState, step: GrantStep) -> None:
    if state not in LIVE:
        assert moved(state, step) is None


@given(grants, st.sampled_from([PROFILE, WAITING]))
def test_no_purpose_is_on_without_a_live_grant(
    some: list[Grant], profile: PolicyProfile
) -> None:
    for purpose in purposes_on(profile, some, now=NOW):
        assert [
            one
            for one in some
            if one.purpose == purpose
            and one.live
            and (one.ends_at is None or one.ends_at > NOW)
            and (profile is PROFILE or one.state is GrantState.ACTIVE)
        ]


@given(grants)
def test_an_account_goes_on_only_with_what_is_essential(some: list[Grant]) -> None:
    goes_on = may_go_on(PROFILE, some, now=NOW)
    on, asked = purposes_on(PROFILE, some, now=NOW), {one.purpose for one in some}
    assert goes_on == (bool(on) and ("service" in on or "service" not in asked))


ACTIVE = Condition(state=AccountState.ACTIVE)
RESTRICTED = Condition(state=AccountState.RESTRICTED)
CLOSING = Condition(state=AccountState.CLOSING)


@given(
    st.sampled_from([ACTIVE, RESTRICTED, CLOSING]),
    st.lists(st.sampled_from(AccountStep), max_size=12),
)
def test_an_account_is_never_stuck_and_resumes_as_it_was(
    start: Condition, steps: list[AccountStep]
) -> None:
    now = start
    for step in steps:
        now = stepped(now, step) or now
        assert now.suspended == (now.suspended_for is not None)
        assert now.suspended == (now.resumes is not None)
        if now.suspended_for is Suspension.AGE_REVIEW:
            assert stepped(now, AccountStep.REGAIN_CONSENT) is None
    if now.suspended_for is Suspension.AGE_REVIEW:
        now = stepped(now, AccountStep.ASK_CONSENT) or now
    now = stepped(now, AccountStep.REGAIN_CONSENT) or now
    assert now == start


@pytest.mark.parametrize("step", AccountStep)
def test_who_is_leaving_leaves(step: AccountStep) -> None:
    assert stepped(CLOSING, step) is None
