"""Whose yes carries a purpose: one guardian's, every one's, or the child's as well.

A guardian's word on a purpose is a live grant (yes), an objection (they withdrew it, or
another's yes, and have not said yes since), or nothing. The rule for each quorum does
not depend on the order in which they spoke:

- any guardian may stop a purpose alone;
- a purpose that one guardian has stopped comes back by that guardian's own yes;
- else the quorum decides: *any* guardian, *all* who have a say, or *child and
  guardian*.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from service.domain.age_rules import Quorum
from service.domain.consent_methods import CATALOGUE, Method
from service.domain.grants import Giver, Grant, GrantState, GrantStep, moved
from service.domain.profiles import PolicyProfile, Purpose

_ON: Final = frozenset({GrantState.PROVISIONAL, GrantState.ACTIVE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Who has a say about a child, and what stands against a purpose.

    *objections* are guardians and the purposes that they stopped. *joint*: the law of
    the place wants the child's own yes beside a guardian's. *disputed*: the guardians
    disagree, and until an operator has decided nothing new is granted.
    """

    guardians: frozenset[UUID]
    objections: frozenset[tuple[UUID, str]] = frozenset()
    joint: bool = False
    disputed: bool = False

    def objecting(self, purpose: str) -> frozenset[UUID]:
        """Return the guardians who stopped *purpose*."""
        return frozenset(
            one for one, what in self.objections if what == purpose
        ).intersection(self.guardians)


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Whose yes is missing: that of certain *guardians*, of any, or of the *child*."""

    guardians: frozenset[UUID] = frozenset()
    any_guardian: bool = False
    child: bool = False

    @property
    def nobody(self) -> bool:
        """Tell whether everybody has said yes whose yes it takes."""
        return not (self.guardians or self.any_guardian or self.child)


def quorum_of(profile: PolicyProfile, purpose: Purpose, *, joint: bool) -> Quorum:
    """Return who must say yes to *purpose*.

    Where the law wants child and guardian (in France below 15: Loi 78-17, art. 45), no
    profile asks for less.
    """
    quorum = purpose.quorum or profile.age.quorum
    return Quorum.CHILD_AND_GUARDIAN if joint and quorum is Quorum.ANY else quorum


def missing(
    quorum: Quorum,
    *,
    guardians: frozenset[UUID],
    agreed: frozenset[UUID],
    objecting: frozenset[UUID],
    child: bool,
    joint: bool = False,
) -> Missing:
    """Return whose yes a purpose lacks; lacking nobody's, it is carried.

    *child* is the child's own yes; where it is *joint* by law, it is needed whatever
    the operator's quorum is.
    """
    yes = agreed & guardians
    named = objecting & guardians
    if quorum is Quorum.ALL:
        named |= guardians - yes
    return Missing(
        guardians=named,
        any_guardian=not (yes or named),
        child=not child and (joint or quorum is Quorum.CHILD_AND_GUARDIAN),
    )


def lacking(
    profile: PolicyProfile, purpose: Purpose, grants: Iterable[Grant], say: Say
) -> Missing:
    """Return whose yes *purpose* lacks, beside the *grants* of it that are live."""
    live = [one for one in grants if one.live and one.purpose == purpose.id]
    guardians = [one for one in live if one.given_by is Giver.GUARDIAN]
    return missing(
        quorum_of(profile, purpose, joint=say.joint),
        guardians=say.guardians,
        agreed=frozenset(one.giver_id for one in guardians),
        objecting=say.objecting(purpose.id),
        child=len(guardians) < len(live),
        joint=say.joint,
    )


def regrouped(
    profile: PolicyProfile, grants: Iterable[Grant], say: Say
) -> Mapping[GrantStep, tuple[Grant, ...]]:
    """Return the steps by which every live grant stands as the quorums have it.

    Of two grants of one person for one purpose, the newer one waits and the older one
    is superseded.
    """
    steps: dict[GrantStep, tuple[Grant, ...]] = {}
    live = [one for one in grants if one.live]
    for purpose in profile.purposes:
        some = [one for one in live if one.purpose == purpose.id]
        if lacking(profile, purpose, some, say).nobody:
            for one in some:
                if one.state is GrantState.WAITING:
                    _add(steps, _joining(one), one)
        else:
            newest = {one.giver_id: one for one in sorted(some, key=_age)}
            for one in some:
                if newest[one.giver_id] is not one:
                    _add(steps, GrantStep.SUPERSEDE, one)
                elif one.state in _ON:
                    _add(steps, GrantStep.PART, one)
    return steps


def standing(profile: PolicyProfile, grants: Sequence[Grant], say: Say) -> list[Grant]:
    """Return new *grants* as the quorums have them stand from the beginning."""
    states = {
        one.grant_id: moved(one.state, step)
        for step, some in regrouped(profile, grants, say).items()
        for one in some
    }
    return [replace(one, state=states.get(one.grant_id) or one.state) for one in grants]


def jointly(profile: PolicyProfile, *, joint: bool) -> tuple[Purpose, ...]:
    """Return the purposes to which a child says yes as well."""
    wanted = Quorum.CHILD_AND_GUARDIAN
    return tuple(
        one
        for one in profile.purposes
        if joint or quorum_of(profile, one, joint=joint) is wanted
    )


def _joining(grant: Grant) -> GrantStep:
    """Return how a grant joins: provisionally, where a second contact is to come."""
    by_guardian = grant.given_by is Giver.GUARDIAN
    rule = CATALOGUE.get(Method(grant.method)) if by_guardian else None
    second = rule is not None and rule.second_contact
    return GrantStep.JOIN_PROVISIONALLY if second else GrantStep.JOIN


def _age(grant: Grant) -> tuple[object, bytes]:
    return grant.given_at, grant.grant_id.bytes


def _add(
    steps: dict[GrantStep, tuple[Grant, ...]], step: GrantStep, grant: Grant
) -> None:
    steps[step] = (*steps.get(step, ()), grant)
