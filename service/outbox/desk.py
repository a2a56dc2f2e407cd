"""What an operator sees of deliveries, and can do about them.

Each runs in the caller's transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from service.domain.obligations import Obligation
from service.kit import queries
from service.kit.database import Connection
from service.kit.ids import first_id
from service.kit.queries import Row
from service.outbox import store
from service.outbox.store import Kept

FIRST: Final = UUID(int=0)
LAST: Final = UUID(int=2**128 - 1)

BATCH: Final = 500
"""How many are dealt with in one transaction."""

UNDER_WAY: Final = timedelta(seconds=90)
"""The longest lease: what falls due within it may be under way right now."""

STATES: Final = ("pending", "dead", "delivered", "nobody")

_sql = queries.load("outbox_desk")


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """Which deliveries are meant: those that fit everything that is said.

    *kind* is a type, or a family like ``account.*``; *since* and *until* are of the
    events, the first included and the last not.
    """

    event_id: UUID | None = None
    subject_id: UUID | None = None
    kind: str | None = None
    subscriber: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def first_id(self) -> UUID:
        """Return the smallest id that an event of these can have."""
        first = FIRST if self.since is None else first_id(self.since)
        return first if self.event_id is None else max(first, self.event_id)

    @property
    def parameters(self) -> Mapping[str, object]:
        """Return it as the queries take it."""
        end = LAST if self.until is None else first_id(self.until)
        if self.event_id is not None:
            end = min(end, UUID(int=self.event_id.int + 1))
        return {
            "first_id": self.first_id,
            "end_id": end,
            "subject_id": self.subject_id,
            "subscriber": self.subscriber,
            "type": "%" if self.kind is None else _pattern(self.kind),
        }


@dataclass(frozen=True, slots=True)
class Place:
    """Where to go on: after this delivery, in the order of events and subscribers."""

    event_id: UUID = FIRST
    subscriber: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One event and one subscriber: pending, dead or delivered; or owed to nobody."""

    event_id: UUID
    subject_id: UUID
    sequence: int
    app: str
    type: str
    occurred_at: datetime
    subscriber: str | None
    state: str
    attempts: int
    last_status: int | None
    due_at: datetime | None
    delivered_at: datetime | None

    @property
    def place(self) -> Place:
        """Return where to go on after it."""
        return Place(self.event_id, self.subscriber or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An event, where it stands with each subscriber, and what it obliges them to."""

    event: Kept | None
    lines: Sequence[Line]
    obligation: Obligation | None
    genuine: bool


async def look(
    connection: Connection, which: Which, *, state: str | None, most: int
) -> list[Line]:
    """Return the newest deliveries that are meant, up to *most*."""
    rows = await _sql["list_deliveries"].all(
        connection, **which.parameters, state=state, most=most
    )
    return [_line(row) for row in rows]


async def find(connection: Connection, event_id: UUID) -> Kept | None:
    """Return the event, also when its own row is gone and only a debt is left."""
    row = await _sql["find_event"].one(connection, event_id=event_id)
    return None if row is None else store.kept(row)


async def choose(
    connection: Connection,
    which: Which,
    *,
    after: Place,
    state: str | None = None,
    due_after: datetime | None = None,
) -> list[Line]:
    """Hold the next few of what is owed, and return them.

    *due_after* chooses what was tried, and waits for its next attempt till after that.
    """
    rows = await _sql["choose_owed"].all(
        connection,
        **_from(after, which),
        state=state,
        due_after=due_after,
        batch=BATCH,
    )
    return [_line(row) for row in rows]


async def choose_delivered(
    connection: Connection, which: Which, *, after: Place
) -> list[Line]:
    """Return the next few of what was delivered."""
    rows = await _sql["choose_delivered"].all(
        connection, **_from(after, which), batch=BATCH
    )
    return [_line(row) for row in rows]


async def begin_again(
    connection: Connection, chosen: Sequence[Line], *, at: datetime
) -> Sequence[Line]:
    """Send dead letters again: each has the whole time of retries once more."""
    await _sql["begin_again"].run(connection, **_keys(chosen), at=at)
    return chosen


async def owe_again(
    connection: Connection, chosen: Sequence[Line], *, at: datetime
) -> Sequence[Line]:
    """Send again what was delivered; return what was not owed again already."""
    rows = await _sql["owe_again"].all(connection, **_keys(chosen), at=at)
    owed = {(row["event_id"], row["subscriber"]) for row in rows}
    return [one for one in chosen if (one.event_id, one.subscriber) in owed]


async def make_due(
    connection: Connection, chosen: Sequence[Line], *, at: datetime
) -> Sequence[Line]:
    """Let what waits for its next attempt have it now."""
    await _sql["make_due"].run(connection, **_keys(chosen), at=at)
    return chosen


async def drop(
    connection: Connection, chosen: Sequence[Line], *, at: datetime
) -> Sequence[Line]:
    """Give deliveries up for good; the next of a subject may go."""
    await _sql["drop_deliveries"].run(connection, **_keys(chosen))
    for one in chosen:
        await store.wake_next(
            connection,
            str(one.subscriber),
            subject_id=one.subject_id,
            sequence=one.sequence,
            at=at,
        )
    return chosen


def _from(after: Place, which: Which) -> Mapping[str, object]:
    """Return *which* of those after a place; what lies before is not read again."""
    first = max(which.first_id, after.event_id)
    return {
        **which.parameters,
        "first_id": first,
        "after_id": after.event_id,
        "after_subscriber": after.subscriber,
    }


def _keys(chosen: Sequence[Line]) -> Mapping[str, object]:
    return {
        "event_ids": [one.event_id for one in chosen],
        "subscribers": [one.subscriber for one in chosen],
    }


def _line(row: Row) -> Line:
    fields = dict(row.items())
    return Line(type=fields.pop("event_type"), **fields)


def _pattern(kind: str) -> str:
    """Return what LIKE takes: a family means whatever begins with it."""
    escaped = kind.replace("\\", "").replace("%", "").replace("_", r"\_")
    return escaped.removesuffix("*") + "%" if kind.endswith(".*") else escaped
