"""Events for those who fetch them: a cursor that never passes by a late commit.

Events are read in the order of the transactions that recorded them, and only those of
transactions older than every one still open: nothing can come before them any more.
Within a transaction, a subject's events follow its numbers.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self
from uuid import UUID

from service.domain.events import EventType, is_among
from service.domain.refusals import CursorUnknown
from service.kit import queries
from service.kit.database import Connection, Pool, transaction, wait_for_standby
from service.outbox import store
from service.outbox.store import Kept
from service.outbox.subscribers import Subscriber, Subscribers

MOST: Final = 500
USUAL: Final = 100
SCANNED: Final = 2000
"""Events that are looked at for one answer, whoever they are for."""

NOBODY: Final = UUID(int=0)
SHAPE: Final = re.compile(r"(\d{1,18})\.([0-9a-f]{32})\.(\d{1,18})", re.ASCII)
CURSOR_LENGTH: Final = 120

_sql = queries.load("outbox_feed")


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place after an event: its transaction, its subject, its number there."""

    xid: int = 0
    subject_id: UUID = NOBODY
    sequence: int = 0

    def __str__(self) -> str:
        """Return the cursor as clients carry it."""
        text = f"{self.xid}.{self.subject_id.hex}.{self.sequence}"
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the cursor in *text*, or raise CursorUnknown."""
        if len(text) > CURSOR_LENGTH or not text.isascii():
            raise CursorUnknown
        try:
            padded = text + "=" * (-len(text) % 4)
            raw = base64.b64decode(padded, altchars=b"-_", validate=True)
            found = SHAPE.fullmatch(raw.decode("ascii"))
        except (binascii.Error, ValueError) as error:
            raise CursorUnknown from error
        if found is None:
            raise CursorUnknown
        return cls(int(found[1]), UUID(found[2]), int(found[3]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """The place after an event, and the event where it was asked for."""

    place: Cursor
    event: Kept | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some events, where to go on, and whether there is more already."""

    events: tuple[Kept, ...]
    next: Cursor
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """Gives each subscriber the events that it is entitled to, now and here."""

    pool: Pool
    subscribers: Subscribers
    base_url: str
    scanned: int = SCANNED

    async def read(self, name: str, *, after: Cursor, limit: int) -> Page:
        """Return up to *limit* events of subscriber *name* after the cursor.

        A cursor of before a restore is refused: whoever has it begins again.
        """
        subscriber = next(one for one in self.subscribers.every if one.name == name)
        async with transaction(self.pool) as connection:
            if not await _is_of_this_server(connection, after.xid):
                raise CursorUnknown
            found = await _scan(
                connection,
                after,
                apps=self.subscribers.apps_of(subscriber),
                types=types_of(subscriber),
                most=self.scanned,
            )
            await wait_for_standby(connection)
        events, last = list[Kept](), after
        for one in found:
            if len(events) == limit:
                return Page(events=tuple(events), next=last, more=True)
            last = one.place
            if one.event is not None:
                events.append(one.event)
        more = len(found) == self.scanned
        return Page(events=tuple(events), next=last, more=more)


def types_of(subscriber: Subscriber) -> list[str]:
    """Return the types that are subscribed to, each family spelt out."""
    return [one.value for one in EventType if is_among(one, subscriber.types)]


def read_limit(text: str) -> int:
    """Return how many events are asked for, or raise CursorUnknown."""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(MOST))):
        raise CursorUnknown
    limit = int(text)
    if not 1 <= limit <= MOST:
        raise CursorUnknown
    return limit


async def _is_of_this_server(connection: Connection, xid: int) -> bool:
    """Tell whether a transaction of this number can have been here."""
    return await _sql["is_of_this_server"].value(connection, xid=str(xid)) is True


async def _scan(
    connection: Connection,
    after: Cursor,
    *,
    apps: Sequence[str],
    types: Sequence[str],
    most: int,
) -> list[Scanned]:
    """Look at up to *most* events of *apps* after a place; return those of *types*.

    Only of transactions that are older than every open one.
    """
    rows = await _sql["scan_events"].all(
        connection,
        apps=[*apps],
        types=[*types],
        xid=str(after.xid),
        subject_id=after.subject_id,
        sequence=after.sequence,
        most=most,
    )
    return [
        Scanned(
            place=Cursor(int(row["xid"]), row["subject_id"], row["sequence"]),
            event=store.kept(row) if row["wanted"] else None,
        )
        for row in rows
    ]
