"""Telling others what happened: kept with the change, sent once it is committed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from service.domain.events import Event, EventType
from service.domain.profiles import AppName
from service.kit.database import Connection
from service.kit.ids import new_id
from service.outbox import store
from service.outbox.envelope import data_of
from service.outbox.subscribers import Subscribers

BATCH: Final = 2000

# After these a subject has nothing more to tell, so not even its counter is kept.
FINAL: Final = (
    EventType.REGISTRATION_ENDED,
    EventType.AGE_TURNED_AWAY,
    EventType.ACCOUNT_ERASED,
)


@dataclass(frozen=True, slots=True)
class Outbox:
    """Keeps events for the subscribers that are entitled to them."""

    subscribers: Subscribers

    async def record(
        self, connection: Connection, *events: Event, at: datetime
    ) -> None:
        """Tell of *events*, in this order, if the caller's transaction commits.

        Locks their subjects until then. A flow that tells more than once holds the
        lock of its registration first, so that no two flows wait for each other.
        """
        if not events:
            return
        told = [
            store.Told(
                event_id=new_id(at),
                subject_id=event.subject_id,
                app=event.app,
                type=event.type,
                data=data_of(event),
                owed_to=tuple(one.name for one in self.subscribers.entitled(event)),
            )
            for event in events
        ]
        await store.record(connection, told, at=at)

    async def replay(
        self,
        connection: Connection,
        subscriber: str,
        *,
        event_id: UUID | None = None,
        at: datetime,
    ) -> int:
        """Send dead letters of *subscriber* once more, one or all; return how many.

        Each gets the whole time of retries again, and then the events of its subject
        that were parked behind it follow in order.
        """
        return await store.revive(connection, subscriber, event_id=event_id, at=at)

    async def other_apps(
        self, connection: Connection, apps: Collection[str]
    ) -> list[AppName]:
        """Return the apps that have events, but *apps*."""
        return await store.other_apps(connection, apps)

    async def sweep(
        self, connection: Connection, app: AppName, *, before: datetime
    ) -> int:
        """Delete events of *app* told before then that nobody waits for any more.

        Deletes a batch, and returns how many: call again until there are none. What
        was owed to a subscriber that has left the file holds nothing back.
        """
        return await store.sweep(
            connection,
            app,
            before=before,
            subscribers=[one.name for one in self.subscribers.every],
            final_types=FINAL,
            batch=BATCH,
        )
