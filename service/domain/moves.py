"""Moving to another country: stricter law counts at once, looser law after a while.

Nobody's birth date is kept. The next birthday that matters is, and the band says which
one it is: so what another law makes of it can be said anew. Of whom no birthday is
left, it is known that they have reached the ages of their band, and no more.
"""

from dataclasses import replace
from datetime import date, datetime

from service.domain import age, age_ups
from service.domain.age import ProvenAge
from service.domain.birthdays import BirthDate
from service.domain.decisions import AgeBand, Decision, DecisionKind, Rule, conclude
from service.domain.jurisdictions import Jurisdiction
from service.domain.limits import Limits
from service.domain.profiles import AgeMode, PolicyProfile


def is_looser(
    profile: PolicyProfile, before: Jurisdiction | None, after: Jurisdiction | None
) -> bool:
    """Tell whether less is asked of people in *after* than in *before*.

    What counts is from which age a person decides alone; where that is the same,
    whether the law wants a child's own yes beside a guardian's.
    """
    if profile.age.mode is AgeMode.NONE:
        return False
    was, will = Limits.of(profile, before), Limits.of(profile, after)
    if was.alone_from != will.alone_from:
        return (will.alone_from or 0) < (was.alone_from or 0)
    return _joint(profile, before) and not _joint(profile, after)


def decide_anew(
    kept: Decision,
    crosses_on: date | None,
    *,
    before: Jurisdiction | None,
    after: Jurisdiction | None,
    profile: PolicyProfile,
    now: datetime,
) -> Decision:
    """Say what somebody may do in *after* of whom a decision in *before* was *kept*.

    ASK_PROOF where what is known does not tell.
    """
    born = _born(kept.band, crosses_on, Limits.of(profile, before))
    if born is not None or profile.age.mode is AgeMode.NONE:
        return age.decide(born, now=now, profile=profile, jurisdiction=after)
    reached = age_ups.reached(kept.band, Limits.of(profile, before))
    known = ProvenAge(over=reached)
    decision = age.after_proof(known, now=now, profile=profile, jurisdiction=after)
    guarded = kept.kind is DecisionKind.ASK_GUARDIAN
    if not (guarded and decision.kind is DecisionKind.ASK_PROOF):
        return decision
    rule: Rule = Limits.of(profile, after).ask_guardian()
    return conclude(replace(decision.reason, rule=rule), band=AgeBand.CHILD)


def _joint(profile: PolicyProfile, place: Jurisdiction | None) -> bool:
    guarded = profile.age.mode is AgeMode.GUARDIAN and profile.age.law_applies
    return guarded and place is not None and place.joint_consent_below is not None


def _born(band: AgeBand, crosses_on: date | None, limits: Limits) -> BirthDate | None:
    """Return the birth date that a birthday and its age mean; None where none is left.

    Of who was born on 29 February it may be the day after: the younger reading.
    """
    reached = age_ups.reached(band, limits)
    later = [one for one in limits.birthdays if one > reached]
    if crosses_on is None or not later:
        return None
    year = crosses_on.year - later[0]
    try:
        born = crosses_on.replace(year=year)
    except ValueError:
        born = date(year, 3, 1)
    return BirthDate(born.year, born.month, born.day)
