"""What falls due for consent, in PostgreSQL."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from service.kit import queries
from service.kit.database import Connection

_sql = queries.load("consents")


class TimerKind(StrEnum):
    """What falls due."""

    SECOND_CONTACT = "second_contact"
    CONFIRM = "confirm"
    NOTICE = "notice"
    EXPIRE = "expire"
    ERASE = "erase"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """Something that falls due once, for an account or a registration.

    *about* is the instant at which the consent that is meant was given, or ends.
    """

    timer_id: UUID
    subject_id: UUID
    giver_id: UUID | None
    kind: TimerKind
    due_at: datetime
    about: datetime
    message_id: UUID | None = None


async def add_timer(connection: Connection, timer: Timer) -> None:
    """Let something fall due."""
    await _sql["add_timer"].run(
        connection,
        timer_id=timer.timer_id,
        subject_id=timer.subject_id,
        giver_id=timer.giver_id,
        kind=timer.kind,
        due_at=timer.due_at,
        about=timer.about,
    )


async def find_due(
    connection: Connection, *, now: datetime, after: tuple[datetime, UUID], batch: int
) -> list[Timer]:
    """Return what is due, the earliest first, after one."""
    rows = await _sql["find_due"].all(
        connection, now=now, after_due=after[0], after_id=after[1], batch=batch
    )
    return [
        Timer(
            timer_id=row["timer_id"],
            subject_id=row["subject_id"],
            giver_id=row["giver_id"],
            kind=TimerKind(row["kind"]),
            due_at=row["due_at"],
            about=row["about"],
            message_id=row["message_id"],
        )
        for row in rows
    ]


async def take(connection: Connection, timer: Timer) -> bool:
    """Take what is due, once; False when somebody else did."""
    taken = await _sql["take_timer"].run(
        connection, timer_id=timer.timer_id, due_at=timer.due_at
    )
    return taken == 1


async def await_message(
    connection: Connection, timer: Timer, message_id: UUID, *, until: datetime
) -> None:
    """Let the confirmation wait for the second contact, *until* then at least."""
    await _sql["await_message"].run(
        connection,
        subject_id=timer.subject_id,
        giver_id=timer.giver_id,
        about=timer.about,
        message_id=message_id,
        due_at=until,
    )


async def put_off(connection: Connection, timer: Timer) -> None:
    """Let a timer that was taken fall due once more."""
    await _sql["put_off"].run(
        connection,
        timer_id=timer.timer_id,
        subject_id=timer.subject_id,
        giver_id=timer.giver_id,
        kind=timer.kind,
        due_at=timer.due_at,
        about=timer.about,
        message_id=timer.message_id,
    )


async def delete_timers(
    connection: Connection, subject_id: UUID, kind: TimerKind
) -> None:
    """Let nothing of one kind fall due for a subject any more."""
    await _sql["delete_timers"].run(connection, subject_id=subject_id, kind=kind)
