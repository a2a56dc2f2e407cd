"""How long things last, and how long they are kept, unless a profile says otherwise."""

from dataclasses import dataclass
from datetime import timedelta
from math import ceil


def days_of(duration: timedelta) -> int:
    """Return how many days something lasts, as people are told: one begun counts."""
    return ceil(duration / timedelta(days=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Timers:
    """How long each step may take; the defaults are those of comparable services.

    *second_contact_after* and *_before* frame the second confirming message of e-mail
    plus and text plus (COPPA 16 CFR 312.5(b)(2)(viii) and (ix)). *erasure_grace* is
    the time in which a person may take back an erasure; zero means at once. A session
    ends after *session_browser* or *session_mobile* however much it is used, and after
    *session_idle* without use. *country_cool_down* is how long somebody waits who
    says that they live where the law is looser.
    """

    gate_ticket: timedelta = timedelta(minutes=30)
    gate_lock: timedelta = timedelta(hours=24)
    contact_code: timedelta = timedelta(minutes=10)
    confirm_contact: timedelta = timedelta(hours=72)
    consent_link: timedelta = timedelta(hours=72)
    awaiting_guardian: timedelta = timedelta(days=14)
    awaiting_proof: timedelta = timedelta(days=14)
    second_contact_after: timedelta = timedelta(hours=24)
    second_contact_before: timedelta = timedelta(hours=48)
    consent_validity: timedelta = timedelta(days=365)
    renewal_notices: tuple[timedelta, ...] = (
        timedelta(days=30),
        timedelta(days=7),
        timedelta(days=1),
    )
    suspended: timedelta = timedelta(days=30)
    erasure_grace: timedelta = timedelta(0)
    country_cool_down: timedelta = timedelta(days=90)
    session_browser: timedelta = timedelta(days=14)
    session_mobile: timedelta = timedelta(days=90)
    session_idle: timedelta = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long each kind of record is kept (TS-6, TM-14, TQ-10, PP-4).

    *receipts* and *decisions* count from the end of the account, the rest from the
    record's own time.
    """

    action_log: timedelta = timedelta(days=365)
    decisions: timedelta = timedelta(days=365)
    receipts: timedelta = timedelta(days=3 * 365)
    ended_registrations: timedelta = timedelta(days=1)
    messages: timedelta = timedelta(days=30)
    events: timedelta = timedelta(days=90)
    exports: timedelta = timedelta(days=7)
    sessions: timedelta = timedelta(days=90)
