"""Telling others what happened: kept with the change, sent once it is committed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from service.domain.events import Event, EventType
from service.domain.profiles import AppName
from service.kit.database import Connection
from service.kit.ids import new_id
from service.kit.queries import Write, write
from service.outbox import obligations, retention, store
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
        if events:
            await write(connection, *self.recording(*events, at=at))

    def recording(self, *events: Event, at: datetime) -> list[Write]:
        """Return what tells of *events*, to be run with what they tell of."""
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
        return [
            store.recording(told, at=at),
            *obligations.opening_acknowledgements(told, at=at),
        ]

    async def add_partitions(
        self, connection: Connection, apps: Collection[str], *, now: datetime
    ) -> int:
        """Make room for the events of *apps* this week and the next ones.

        Without it nothing fails: what has no partition goes row by row in the end.
        """
        return await retention.add_partitions(connection, apps, now=now)

    async def take_over_restored(self, connection: Connection) -> int:
        """After a restore from a dump, let its events be fetched, a batch; how many."""
        return await retention.take_over_restored(connection, batch=BATCH)

    async def sweep_dead_letters(
        self, connection: Connection, *, before: datetime
    ) -> int:
        """Delete dead letters told before then, a batch at a time; return how many."""
        return await retention.delete_dead_letters(
            connection, before=before, batch=BATCH
        )

    async def sweep_obligations(
        self, connection: Connection, app: AppName, *, before: datetime
    ) -> int:
        """Delete certificates of *app* from before then, a batch; return how many."""
        return await obligations.sweep(connection, app, before=before, batch=BATCH)

    async def other_apps(
        self, connection: Connection, apps: Collection[str]
    ) -> list[AppName]:
        """Return the apps that have events, but *apps*."""
        return await retention.other_apps(connection, apps)

    async def sweep(
        self, connection: Connection, app: AppName, *, before: datetime
    ) -> int:
        """Do away with events of *app* told before then, by weeks where it can.

        Does a part, and returns how much: call again until there is none. What is
        still owed to a subscriber stays owed, unless that has left the file.
        """
        return await retention.sweep(
            connection,
            app,
            before=before,
            subscribers=[one.name for one in self.subscribers.every],
            final_types=FINAL,
            batch=BATCH,
        )
