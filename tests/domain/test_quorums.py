"""Two guardians and a child: what is on, whatever the order in which they spoke."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations, product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.accounts import AccountId
from service.domain.age_rules import Quorum
from service.domain.grants import Giver, Grant, GrantState, GrantStep, moved
from service.domain.quorums import Say, missing, quorum_of, regrouped, standing
from tests.domain.examples import SERVICE, a_profile

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ACCOUNT = AccountId(UUID(int=9))
MUM, DAD, AUNT = (UUID(int=number) for number in (1, 2, 3))
GUARDIANS = (MUM, DAD)
ON = {GrantState.PROVISIONAL, GrantState.ACTIVE}


class Family:
    """What a few people say about one purpose, one after the other."""

    def __init__(self, quorum: Quorum, *guardians: UUID, joint: bool = False) -> None:
        self.profile = replace(a_profile(), purposes=(replace(SERVICE, quorum=quorum),))
        self.guardians, self.joint = frozenset(guardians or GUARDIANS), joint
        self.grants: list[Grant] = []
        self.objections: set[tuple[UUID, str]] = set()
        self.spoken = 0

    def give(self, who: UUID, method: str = "email_plus") -> None:
        self.spoken += 1
        child = who == ACCOUNT
        self._end(who)
        self.objections.discard((who, "service"))
        self.grants.append(
            Grant(
                grant_id=UUID(int=100 + self.spoken),
                account_id=ACCOUNT,
                purpose="service",
                given_by=Giver.HOLDER if child else Giver.GUARDIAN,
                giver_id=who,
                method="form" if child else method,
                strength=1,
                policy_version="1",
                given_at=NOW + timedelta(minutes=self.spoken),
                ends_at=None,
                state=GrantState.ACTIVE if child else GrantState.PROVISIONAL,
            )
        )
        self._regroup()

    def withdraw(self, who: UUID) -> None:
        self._end(who)
        if who != ACCOUNT:
            self.objections.add((who, "service"))
        self._regroup()

    def confirm(self) -> None:
        """Let every second contact pass without a word."""
        self._move(
            GrantStep.CONFIRM,
            *(one for one in self.grants if one.state is GrantState.PROVISIONAL),
        )

    @property
    def on(self) -> bool:
        states = {one.state for one in self.grants}
        return bool(states & ON)

    @property
    def say(self) -> Say:
        return Say(
            guardians=self.guardians,
            objections=frozenset(self.objections),
            joint=self.joint,
        )

    def _end(self, who: UUID) -> None:
        theirs = (one for one in self.grants if one.live and one.giver_id == who)
        self._move(GrantStep.WITHDRAW, *theirs)

    def _regroup(self) -> None:
        for step, some in regrouped(self.profile, self.grants, self.say).items():
            self._move(step, *some)
        assert regrouped(self.profile, self.grants, self.say) == {}

    def _move(self, step: GrantStep, *some: Grant) -> None:
        for one in some:
            state = moved(one.state, step)
            assert state is not None, (one.state, step)
            self.grants[self.grants.index(one)] = replace(one, state=state)


words = st.lists(
    st.tuples(
        st.sampled_from(["give", "withdraw", "confirm"]),
        st.sampled_from([MUM, DAD, AUNT, ACCOUNT]),
    ),
    max_size=12,
)


def say_all(family: Family, spoken: list[tuple[str, UUID]]) -> dict[UUID, str]:
    """Let everybody speak, and return the last word of each."""
    last: dict[UUID, str] = {}
    for word, who in spoken:
        if word == "confirm":
            family.confirm()
        elif word == "give":
            family.give(who)
            last[who] = word
        else:
            family.withdraw(who)
            last[who] = word
    return last


def expected(
    quorum: Quorum, last: dict[UUID, str], guardians: tuple[UUID, ...], *, joint: bool
) -> bool:
    """Return what the words of the page say, from everybody's last word alone."""
    theirs = [last.get(one) for one in guardians]
    if "withdraw" in theirs:
        return False
    child = last.get(ACCOUNT) == "give"
    if joint and not child:
        return False
    match quorum:
        case Quorum.ANY:
            return "give" in theirs
        case Quorum.ALL:
            return all(one == "give" for one in theirs)
        case Quorum.CHILD_AND_GUARDIAN:
            return "give" in theirs and child


@given(words, st.sampled_from(Quorum), st.booleans())
def test_only_the_last_word_of_each_counts(
    spoken: list[tuple[str, UUID]],
    quorum: Quorum,
    joint: bool,  # noqa: FBT001
) -> None:
    guardians = (MUM, DAD, AUNT)
    family = Family(quorum, *guardians, joint=joint)

    last = say_all(family, spoken)

    assert family.on == expected(quorum, last, guardians, joint=joint)


@pytest.mark.parametrize("quorum", Quorum)
def test_every_order_of_everybodys_words_leads_to_the_same(quorum: Quorum) -> None:
    people = (MUM, DAD, ACCOUNT)
    for chosen in product(("give", "withdraw"), repeat=len(people)):
        results = set()
        for order in permutations(zip(people, chosen, strict=True)):
            family = Family(quorum)
            say_all(family, [(word, who) for who, word in order])
            results.add(family.on)
        assert len(results) == 1, chosen


def test_after_one_has_withdrawn_the_other_cannot_bring_it_back_alone() -> None:
    family = Family(Quorum.ANY)
    family.give(MUM)
    family.withdraw(MUM)
    family.give(DAD)
    assert not family.on
    family.give(MUM)
    assert family.on


def test_who_never_agreed_can_withdraw_too() -> None:
    family = Family(Quorum.ANY)
    family.give(MUM)
    family.withdraw(DAD)
    assert not family.on
    family.give(MUM)
    assert not family.on
    family.give(DAD)
    assert family.on


def test_what_waited_is_confirmed_by_a_second_contact_again() -> None:
    family = Family(Quorum.ALL)
    family.give(MUM)
    assert [one.state for one in family.grants] == [GrantState.WAITING]
    family.give(DAD)
    assert [one.state for one in family.grants] == [GrantState.PROVISIONAL] * 2


def test_somebody_without_a_say_carries_nothing() -> None:
    family = Family(Quorum.ANY, MUM)
    family.give(AUNT)
    assert not family.on


def test_the_law_wants_the_child_whatever_the_profile_says() -> None:
    profile = replace(a_profile(), purposes=(SERVICE,))
    assert quorum_of(profile, SERVICE, joint=True) is Quorum.CHILD_AND_GUARDIAN
    assert quorum_of(profile, SERVICE, joint=False) is Quorum.ANY
    family = Family(Quorum.ALL, joint=True)
    family.give(MUM)
    family.give(DAD)
    assert not family.on
    family.give(ACCOUNT)
    assert family.on


def test_new_grants_stand_as_the_quorum_has_them() -> None:
    family = Family(Quorum.CHILD_AND_GUARDIAN, MUM)
    family.give(MUM)
    fresh = [replace(one, state=GrantState.PROVISIONAL) for one in family.grants]
    (alone,) = standing(family.profile, fresh, family.say)
    assert alone.state is GrantState.WAITING


@pytest.mark.parametrize("quorum", [*Quorum])
def test_once_those_agree_who_are_missing_nobody_is(quorum: Quorum) -> None:
    people, either = frozenset(GUARDIANS), (True, False)
    some = [frozenset(one) for one in ((), (MUM,), (DAD,), GUARDIANS)]
    for agreed, objecting, child, joint in product(some, some, either, either):
        first = missing(
            quorum,
            guardians=people,
            agreed=agreed - objecting,
            objecting=objecting,
            child=child,
            joint=joint,
        )
        said = first.guardians | ({MUM} if first.any_guardian else set())
        then = missing(
            quorum,
            guardians=people,
            agreed=(agreed - objecting) | said,
            objecting=objecting - said,
            child=child or first.child,
            joint=joint,
        )
        assert then.nobody
        assert objecting <= first.guardians
        assert not (first.child and child)
