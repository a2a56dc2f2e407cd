"""Who may register at what age: admit, ask a guardian, ask for proof, turn away.

A decision follows from the birth date as declared, the instant, the operator's profile
and the law of the place, and from nothing else. Nothing of it holds the birth date.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from service.domain.birthdays import BirthDate, attained_at, birthday
from service.domain.decisions import (
    Admit,
    AgeBand,
    AskGuardian,
    AskProof,
    Decision,
    DecisionKind,
    Reason,
    Rule,
    TurnAway,
    conclude,
    stricter,
)
from service.domain.jurisdictions import Jurisdiction
from service.domain.limits import Limits
from service.domain.profiles import AgeMode, PolicyProfile
from service.domain.refusals import BirthDateMissing, CountryMissing

__all__ = [
    "Admit",
    "AgeBand",
    "AskGuardian",
    "AskProof",
    "BirthDate",
    "Decision",
    "DecisionKind",
    "ProvenAge",
    "Reason",
    "Rule",
    "TurnAway",
    "after_proof",
    "appealed",
    "conclude",
    "decide",
    "held_to",
    "stricter",
]

_EARLIER_ANSWER: Final = "A younger age was answered shortly before."

_HELD_BY: Final = {
    DecisionKind.ASK_PROOF: Rule.PROOF_REQUIRED,
    DecisionKind.ASK_GUARDIAN: Rule.EARLIER_ASK_GUARDIAN,
    DecisionKind.TURN_AWAY: Rule.EARLIER_TURN_AWAY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenAge:
    """What an accepted proof says: at least *over* years old, or below *under*."""

    over: int | None = None
    under: int | None = None

    def lacks(self, age: int) -> bool:
        """Say whether the person surely does not have *age*."""
        return self.under is not None and self.under <= age

    def has(self, age: int) -> bool:
        """Say whether the person surely has *age*; in a contradiction, not."""
        return self.over is not None and self.over >= age and not self.lacks(age)


def decide(
    born: BirthDate | None,
    *,
    now: datetime,
    profile: PolicyProfile,
    jurisdiction: Jurisdiction | None,
) -> Decision:
    """Say what an applicant born on *born* may do at *now* under *profile*.

    The youngest reading counts: a birthday begins where in the place it begins last.
    A birth date or a country is refused as missing only where the profile asks for it.
    """
    if profile.age.mode is AgeMode.NONE:
        return _not_asked(profile, today=now.date())
    if born is None:
        raise BirthDateMissing
    limits = _limits(profile, jurisdiction)

    def has(age: int) -> bool:
        return now >= attained_at(born, age, jurisdiction)

    rule, threshold = _by_birth_date(limits, has)
    reason = _reason(rule, threshold, limits, profile, jurisdiction, today=now.date())
    later = (age for age in limits.birthdays if not has(age))
    crosses_on = next((birthday(born, age, jurisdiction) for age in later), None)
    return conclude(reason, band=limits.band(has), crosses_on=crosses_on)


def after_proof(
    proven: ProvenAge,
    *,
    now: datetime,
    profile: PolicyProfile,
    jurisdiction: Jurisdiction | None,
) -> Decision:
    """Say what a person whose age was *proven* may do under *profile*.

    A proof that leaves the limit open (over 16, where 18 counts) is not passed: the
    next method is asked for. No birthday is learnt from a proof.
    """
    if profile.age.mode is AgeMode.NONE:
        return _not_asked(profile, today=now.date())
    limits = _limits(profile, jurisdiction)
    rule, threshold = _by_proof(limits, proven)
    reason = _reason(rule, threshold, limits, profile, jurisdiction, today=now.date())
    return conclude(reason, band=limits.band(proven.has))


def appealed(
    *, now: datetime, profile: PolicyProfile, jurisdiction: Jurisdiction | None
) -> Decision:
    """Let who was turned away, and says that it was a mistake, prove their age.

    Until it is proven it counts for nothing: they are as old as they say they are.
    """
    limits = _limits(profile, jurisdiction)
    threshold, today = limits.alone_from or 0, now.date()
    reason = _reason(
        Rule.APPEALED, threshold, limits, profile, jurisdiction, today=today
    )
    return conclude(reason, band=limits.band(lambda age: age <= threshold))


def held_to(decision: Decision, earlier: DecisionKind) -> Decision:
    """Return *decision*, or the stricter *earlier* one of the same day.

    Whoever answers again with another age within the gate lock is held to the youngest
    answer, unless the age is proven (FTC: no back-buttoning).
    """
    if stricter(earlier, decision.kind) is decision.kind:
        return decision
    rule = _HELD_BY[earlier]
    reason = replace(decision.reason, rule=rule, clause=_EARLIER_ANSWER, law=None)
    return conclude(reason, band=AgeBand.CHILD)


def _by_birth_date(
    limits: Limits, has: Callable[[int], bool]
) -> tuple[Rule, int | None]:
    """Return the rule that a declared birth date leads to, and its threshold."""
    minimum, guardian_below = limits.minimum, limits.guardian_below
    if minimum is not None and not has(minimum):
        return Rule.MINIMUM_AGE, minimum
    if guardian_below is None:
        return Rule.PROOF_REQUIRED, minimum
    if not has(guardian_below):
        return limits.ask_guardian(), guardian_below
    return Rule.OLD_ENOUGH, guardian_below


def _by_proof(limits: Limits, proven: ProvenAge) -> tuple[Rule, int | None]:
    """Return the rule that an accepted proof leads to, and its threshold."""
    minimum, guardian_below = limits.minimum, limits.guardian_below
    if minimum is not None and proven.lacks(minimum):
        return Rule.PROVEN_TOO_YOUNG, minimum
    alone_from = limits.alone_from
    if alone_from is not None and proven.has(alone_from):
        return Rule.PROVEN_OLD_ENOUGH, alone_from
    may_register = minimum is None or proven.has(minimum)
    if guardian_below is not None and may_register and proven.lacks(guardian_below):
        return limits.ask_guardian(), guardian_below
    return Rule.PROOF_INCONCLUSIVE, alone_from


def _limits(profile: PolicyProfile, jurisdiction: Jurisdiction | None) -> Limits:
    """Return the ages that count, or refuse where the country is needed for it."""
    rules = profile.age
    if rules.law_applies and rules.ask_country and jurisdiction is None:
        raise CountryMissing
    return Limits.of(profile, jurisdiction)


def _not_asked(profile: PolicyProfile, *, today: date) -> Decision:
    """Admit whom the operator never asks for an age (TS-4)."""
    reason = Reason(
        rule=Rule.NO_AGE_ASKED,
        threshold=None,
        clause=profile.age.clause,
        law=None,
        jurisdiction=None,
        profile=profile.app,
        policy_version=profile.current_policy(today).version,
    )
    return conclude(reason, band=AgeBand.NOT_ASKED)


def _reason(
    rule: Rule,
    threshold: int | None,
    limits: Limits,
    profile: PolicyProfile,
    jurisdiction: Jurisdiction | None,
    *,
    today: date,
) -> Reason:
    """Return why *rule* applies, with the clause or the law that says so."""
    law = None
    if jurisdiction is not None and threshold == limits.alone_from == limits.law:
        law = jurisdiction.law
    return Reason(
        rule=rule,
        threshold=threshold,
        clause=law if law is not None and limits.by_law else profile.age.clause,
        law=law,
        jurisdiction=None if jurisdiction is None else jurisdiction.code,
        profile=profile.app,
        policy_version=profile.current_policy(today).version,
    )
