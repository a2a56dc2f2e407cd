"""Events, and who is still owed them, in PostgreSQL."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from service.kit import queries
from service.kit.database import Connection
from service.kit.queries import Row, Write

_sql = queries.load("outbox")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An event about to be kept, and the names of the subscribers it is owed to."""

    event_id: UUID
    subject_id: UUID
    app: str
    type: str
    data: Mapping[str, object]
    owed_to: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An event as it is kept; *sequence* counts those of its subject from 1."""

    event_id: UUID
    subject_id: UUID
    sequence: int
    app: str
    type: str
    data: Mapping[str, object]
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery(Kept):
    """An event claimed for one subscriber; *attempts* counts this one already."""

    attempts: int
    first_attempt_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What one subscriber has not acknowledged of one family of events."""

    subscriber: str
    family: str
    pending: int
    dead: int
    oldest_at: datetime


def recording(told: Sequence[Told], *, at: datetime) -> Write:
    """Keep events in the order given, each owed to its subscribers, in one statement.

    Each subject stays locked until the caller's transaction ends.
    """
    owed = [(one.event_id, name) for one in told for name in one.owed_to]
    return _sql["record_events"].write(
        event_ids=[one.event_id for one in told],
        subject_ids=[one.subject_id for one in told],
        apps=[one.app for one in told],
        types=[one.type for one in told],
        datas=[json.dumps(one.data) for one in told],
        owed_ids=[event_id for event_id, _ in owed],
        owed_to=[name for _, name in owed],
        at=at,
    )


async def park(
    connection: Connection, subscriber: str, *, now: datetime, until: datetime
) -> int:
    """Set aside what is due but waits behind another event of its subject."""
    return await _sql["park_deliveries"].run(
        connection, subscriber=subscriber, now=now, until=until
    )


async def claim(
    connection: Connection,
    subscriber: str,
    *,
    now: datetime,
    leased_until: datetime,
    batch: int,
) -> list[Delivery]:
    """Lease up to *batch* events that may be sent now: at most one of a subject."""
    rows = await _sql["claim_deliveries"].all(
        connection,
        subscriber=subscriber,
        now=now,
        leased_until=leased_until,
        batch=batch,
    )
    return [
        Delivery(
            event_id=row["event_id"],
            subject_id=row["subject_id"],
            sequence=row["sequence"],
            app=row["app"],
            type=row["event_type"],
            data=json.loads(row["data"]),
            occurred_at=row["occurred_at"],
            attempts=row["attempts"],
            first_attempt_at=row["first_attempt_at"],
        )
        for row in rows
    ]


async def mark_delivered(
    connection: Connection,
    delivery: Delivery,
    subscriber: str,
    *,
    status: int | None,
    at: datetime,
) -> None:
    """Write down that *subscriber* took the event; the subject's next one may go."""
    marked = await _sql["mark_delivered"].run(
        connection,
        event_id=delivery.event_id,
        subscriber=subscriber,
        status=status,
        at=at,
    )
    if marked:
        await wake_next(
            connection,
            subscriber,
            subject_id=delivery.subject_id,
            sequence=delivery.sequence,
            at=at,
        )


async def wake_next(
    connection: Connection,
    subscriber: str,
    *,
    subject_id: UUID,
    sequence: int,
    at: datetime,
) -> None:
    """Let the subject's event after *sequence* go, should it be set aside."""
    await _sql["wake_next"].run(
        connection,
        subscriber=subscriber,
        subject_id=subject_id,
        sequence=sequence,
        at=at,
    )


async def postpone(
    connection: Connection,
    delivery: Delivery,
    subscriber: str,
    *,
    status: int | None,
    due_at: datetime,
) -> None:
    """Try again at *due_at*, unless somebody else claimed the event meanwhile."""
    await _sql["postpone_delivery"].run(
        connection,
        event_id=delivery.event_id,
        subscriber=subscriber,
        attempt=delivery.attempts,
        status=status,
        due_at=due_at,
    )


async def bury(
    connection: Connection, delivery: Delivery, subscriber: str, *, status: int | None
) -> bool:
    """Make the event a dead letter, unless somebody else claimed it meanwhile."""
    buried = await _sql["bury_delivery"].run(
        connection,
        event_id=delivery.event_id,
        subscriber=subscriber,
        attempt=delivery.attempts,
        status=status,
    )
    return buried > 0


def kept(row: Row) -> Kept:
    """Return a row of an event."""
    return Kept(
        event_id=row["event_id"],
        subject_id=row["subject_id"],
        sequence=row["sequence"],
        app=row["app"],
        type=row["event_type"],
        data=json.loads(row["data"]),
        occurred_at=row["occurred_at"],
    )


async def measure(connection: Connection) -> list[Backlog]:
    """Return what is undelivered, by subscriber and family."""
    rows = await _sql["measure_backlog"].all(connection)
    return [Backlog(**dict(row.items())) for row in rows]
