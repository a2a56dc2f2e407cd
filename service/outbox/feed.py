"""Events for those who fetch them: a cursor that never passes by a late commit.

Events are read in the order of the transactions that recorded them, and only those of
transactions older than every one still open: nothing can come before them any more.
Within a transaction, a subject's events follow its numbers.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Final, Self
from uuid import UUID

from service.domain.events import EventType, is_among
from service.domain.refusals import CursorUnknown
from service.kit.database import Pool, transaction, wait_for_standby
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
            if not await store.is_of_this_server(connection, after.xid):
                raise CursorUnknown
            found = await store.scan(
                connection,
                apps=self.subscribers.apps_of(subscriber),
                types=types_of(subscriber),
                xid=after.xid,
                subject_id=after.subject_id,
                sequence=after.sequence,
                most=self.scanned,
            )
            await wait_for_standby(connection)
        events: list[Kept] = []
        last = after
        for one in found:
            if len(events) == limit:
                return Page(events=tuple(events), next=last, more=True)
            last = Cursor(one.xid, one.subject_id, one.sequence)
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
