"""Obligations in PostgreSQL: opened with their event, one line for each who owes."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from service.domain.events import EventType
from service.domain.obligations import (
    OBLIGING,
    OVERDUE_AFTER,
    Acknowledgement,
    Means,
    Obligation,
)
from service.domain.profiles import AppName
from service.kit import queries
from service.kit.database import Connection
from service.kit.queries import Row, Write
from service.outbox.store import Told

_sql = queries.load("outbox_obligations")


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """How many acknowledgements one subscriber owes, and how many too long."""

    subscriber: str
    open: int
    overdue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """How many events of an app are overdue, since when, and who is waited for."""

    count: int
    oldest_at: datetime
    subscribers: list[str]


def opening_acknowledgements(told: Iterable[Told], *, at: datetime) -> list[Write]:
    """Return what opens an obligation for each event that must be acknowledged."""
    obliging = [one for one in told if one.type in OBLIGING]
    if not obliging:
        return []
    owed = [(one.event_id, name) for one in obliging for name in one.owed_to]
    opening = _sql["open_obligations"].write(
        event_ids=[one.event_id for one in obliging],
        apps=[one.app for one in obliging],
        subject_ids=[one.subject_id for one in obliging],
        types=[one.type for one in obliging],
        owed_ids=[event_id for event_id, _ in owed],
        owed_to=[name for _, name in owed],
        at=at,
    )
    return [opening]


async def acknowledge(
    connection: Connection,
    event_id: UUID,
    subscriber: str,
    *,
    means: Means,
    at: datetime,
) -> bool:
    """Write down that *subscriber* acknowledged; tell whether it owed that at all.

    The first time counts: another changes nothing.
    """
    changed = await _sql["acknowledge"].run(
        connection, event_id=event_id, subscriber=subscriber, means=means, at=at
    )
    if changed:
        return True
    owes = await _sql["owes"].value(
        connection, event_id=event_id, subscriber=subscriber
    )
    return owes is True


async def release(
    connection: Connection,
    subscriber: str,
    *,
    event_id: UUID | None,
    at: datetime,
    batch: int,
) -> list[Obligation]:
    """Wait for *subscriber* no more, with one event or some; return which these are."""
    rows = await _sql["release"].all(
        connection, subscriber=subscriber, event_id=event_id, at=at, batch=batch
    )
    return await _with_acknowledgements(connection, rows)


async def find_open(
    connection: Connection, subscriber: str | None, *, most: int
) -> list[Obligation]:
    """Return the oldest that wait for somebody, or for *subscriber*, up to *most*."""
    rows = await _sql["find_open"].all(connection, subscriber=subscriber, most=most)
    return await _with_acknowledgements(connection, rows)


async def find(connection: Connection, event_id: UUID) -> Obligation | None:
    """Return the obligation that an event opened; None if it opened none."""
    row = await _sql["find_obligation"].one(connection, event_id=event_id)
    if row is None:
        return None
    (found,) = await _with_acknowledgements(connection, [row])
    return found


async def lock_acknowledged(connection: Connection, *, batch: int) -> list[Obligation]:
    """Return open obligations in which nobody is missing any more, and hold them."""
    rows = await _sql["lock_acknowledged"].all(connection, batch=batch)
    return await _with_acknowledgements(connection, rows)


async def close(connection: Connection, done: Obligation) -> None:
    """Close an obligation, with the signature over its certificate."""
    await _sql["close_obligation"].run(
        connection,
        event_id=done.event_id,
        at=done.closed_at,
        key_id=done.key_id,
        signature=done.signature,
    )


async def take_overdue(
    connection: Connection, *, now: datetime, batch: int
) -> list[Obligation]:
    """Return what has just become overdue, marked so that nobody is told twice."""
    rows = await _sql["take_overdue"].all(
        connection, opened_before=now - OVERDUE_AFTER, at=now, batch=batch
    )
    return await _with_acknowledgements(connection, rows)


async def was_overdue_since(
    connection: Connection, app: AppName, since: datetime, *, now: datetime
) -> bool:
    """Tell whether an event of *app* became overdue from *since* to before *now*."""
    found = await _sql["was_overdue_since"].value(
        connection, app=app, since=since, now=now
    )
    return found is True


async def find_overdue(connection: Connection, app: AppName) -> Overdue | None:
    """Return what is overdue of *app*; None if nothing is."""
    row = await _sql["find_overdue"].one(connection, app=app)
    return None if row is None else Overdue(**dict(row.items()))


async def count_open(connection: Connection, *, now: datetime) -> list[Owed]:
    """Return how much each subscriber owes."""
    rows = await _sql["count_open"].all(connection, opened_before=now - OVERDUE_AFTER)
    return [Owed(**dict(row.items())) for row in rows]


async def sweep(
    connection: Connection, app: AppName, *, before: datetime, batch: int
) -> int:
    """Delete obligations of *app* that were closed before then; return how many."""
    return await _sql["delete_obligations"].run(
        connection, app=app, before=before, batch=batch
    )


async def _with_acknowledgements(
    connection: Connection, rows: Sequence[Row]
) -> list[Obligation]:
    found: dict[UUID, list[Acknowledgement]] = defaultdict(list)
    ids = [row["event_id"] for row in rows]
    for row in await _sql["find_acknowledgements"].all(connection, event_ids=ids):
        means = row["means"]
        found[row["event_id"]].append(
            Acknowledgement(
                subscriber=row["subscriber"],
                at=row["acknowledged_at"],
                means=None if means is None else Means(means),
            )
        )
    return [
        Obligation(
            **{
                **row,
                "app": AppName(row["app"]),
                "event_type": EventType(row["event_type"]),
            },
            acknowledgements=tuple(found[row["event_id"]]),
        )
        for row in rows
    ]
