"""Reaching the age at which a person decides alone, while others decide for them."""

from datetime import UTC, date, datetime

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


def month_of(instant: datetime) -> datetime:
    """Return the first instant, in UTC, of the month in which *instant* lies."""
    first = instant.astimezone(UTC).replace(day=1)
    return first.replace(hour=0, minute=0, second=0, microsecond=0)


def may_age_up(band: AgeBand, limits: Limits) -> bool:
    """Tell whether a birthday that matters may be before who is in *band*."""
    if band is AgeBand.NOT_ASKED:
        return False
    return any(age > reached(band, limits) for age in limits.birthdays)


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
    below = reached(band, limits)
    later = [age for age in limits.birthdays if age > below]
    now_has = later[0] if later else below
    asked = limits.guardian_below is not None and now_has < limits.guardian_below
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
        band=limits.band(lambda age: age <= now_has),
        crosses_on=_later(crosses_on, later[1] - now_has) if later[1:] else None,
    )


def reached(band: AgeBand, limits: Limits) -> int:
    """Return the age that who is in *band* has at least."""
    return {
        AgeBand.NOT_ASKED: 0,
        AgeBand.CHILD: limits.minimum or 0,
        AgeBand.MINOR: limits.child_below,
        AgeBand.ADULT: limits.adult,
    }[band]


def _later(day: date, years: int) -> date:
    """Return the same birthday *years* later; 29 February becomes 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
