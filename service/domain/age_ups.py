"""Reaching the age at which a person decides alone, while others decide for them."""

from datetime import date, datetime

from service.domain.birthdays import day_begins
from service.domain.decisions import AgeBand, Decision, Reason, Rule, conclude
from service.domain.jurisdictions import Jurisdiction
from service.domain.limits import Limits
from service.domain.profiles import PolicyProfile


def crosses_at(crosses_on: date, jurisdiction: Jurisdiction | None) -> datetime:
    """Return the instant, in UTC, at which the birthday *crosses_on* has surely begun.

    That is where in the place the day begins last, so that nobody is too young.
    """
    return day_begins(crosses_on, jurisdiction)


def after_birthday(
    band: AgeBand,
    crosses_on: date,
    *,
    profile: PolicyProfile,
    jurisdiction: Jurisdiction | None,
    policy_version: str,
) -> Decision:
    """Say what a person may do who was in *band* and whose birthday has come.

    Which age it is follows from the band: the next of the profile's ages above it. So
    no birth date is needed, and none is kept.
    """
    limits = Limits.of(profile, jurisdiction)
    below = {
        AgeBand.NOT_ASKED: 0,
        AgeBand.CHILD: limits.minimum or 0,
        AgeBand.MINOR: limits.child_below,
        AgeBand.ADULT: limits.adult,
    }[band]
    later = [age for age in limits.birthdays if age > below]
    reached = later[0] if later else below
    asked = limits.guardian_below is not None and reached < limits.guardian_below
    reason = Reason(
        rule=limits.ask_guardian() if asked else Rule.OLD_ENOUGH,
        threshold=limits.guardian_below,
        clause=profile.age.clause,
        law=jurisdiction.law if jurisdiction is not None and limits.by_law else None,
        jurisdiction=None if jurisdiction is None else jurisdiction.code,
        profile=profile.app,
        policy_version=policy_version,
    )
    return conclude(
        reason,
        band=limits.band(lambda age: age <= reached),
        crosses_on=_later(crosses_on, later[1] - reached) if later[1:] else None,
    )


def _later(day: date, years: int) -> date:
    """Return the same birthday *years* later; 29 February becomes 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
