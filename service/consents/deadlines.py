"""Letting fall due what follows from consent: contacts, notices, its end, an erasure.

What has fallen due is found in service/consents/due.py.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from service.accounts.held import Held
from service.consents import timer_store
from service.consents.timer_store import Timer, TimerKind
from service.domain.accounts import AccountId
from service.domain.grants import Grant, GrantState
from service.domain.periods import Timers
from service.kit.database import Connection
from service.kit.ids import new_id


async def await_end(
    connection: Connection, held: Held, grants: Sequence[Grant], *, now: datetime
) -> None:
    """Let the second contact, the notices and the end of *grants* fall due.

    They are those that one guardian gave at once.
    """
    timers, giver_id = held.profile.timers, grants[0].giver_id
    if any(one.state is GrantState.PROVISIONAL for one in grants):
        await await_second_contact(
            connection, held.account_id, timers, giver_id=giver_id, now=now
        )
    ends_at = grants[0].ends_at
    if ends_at is None:
        return
    due = [(TimerKind.NOTICE, ends_at - notice) for notice in timers.renewal_notices]
    for kind, at in (*due, (TimerKind.EXPIRE, ends_at)):
        await _add(
            connection,
            held.account_id,
            kind,
            due_at=at,
            about=ends_at,
            giver_id=giver_id,
            now=now,
        )


async def await_second_contact(
    connection: Connection,
    subject_id: UUID,
    timers: Timers,
    *,
    giver_id: UUID | None = None,
    given_at: datetime | None = None,
    now: datetime,
) -> None:
    """Let the second contact about what was given fall due, and its end."""
    for kind, after in (
        (TimerKind.SECOND_CONTACT, timers.second_contact_after),
        (TimerKind.CONFIRM, timers.second_contact_before),
    ):
        await _add(
            connection,
            subject_id,
            kind,
            due_at=now + after,
            about=given_at or now,
            giver_id=giver_id,
            now=now,
        )


async def await_erasure(
    connection: Connection,
    held: Held,
    *,
    after: timedelta | None = None,
    now: datetime,
) -> None:
    """Let a suspended account be erased when its time is over."""
    await call_off_erasure(connection, held.account_id)
    await _add(
        connection,
        held.account_id,
        TimerKind.ERASE,
        due_at=now + (after or held.profile.timers.suspended),
        about=held.account.suspended_at or now,
        now=now,
    )


async def call_off_erasure(connection: Connection, account_id: AccountId) -> None:
    """Take back that an account is to be erased."""
    await timer_store.delete_timers(connection, account_id, TimerKind.ERASE)


async def _add(
    connection: Connection,
    subject_id: UUID,
    kind: TimerKind,
    *,
    due_at: datetime,
    about: datetime,
    giver_id: UUID | None = None,
    now: datetime,
) -> None:
    timer = Timer(
        timer_id=new_id(now),
        subject_id=subject_id,
        giver_id=giver_id,
        kind=kind,
        due_at=due_at,
        about=about,
    )
    await timer_store.add_timer(connection, timer)
