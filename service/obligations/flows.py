"""Following what must be acknowledged: to its certificate, or to an alarm."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from service.audit import log as audit
from service.domain.actors import TIMER, Actor, ActorKind
from service.domain.audit import Entry
from service.domain.events import Cause, Event
from service.domain.messages import AcknowledgementOverdue
from service.domain.obligations import OVERDUE, Means, Obligation, certificate
from service.domain.profiles import AppName, LegalGround
from service.domain.refusals import EventUnknown
from service.kit.clock import Clock
from service.kit.database import Connection, Pool, transaction
from service.kit.database import connection as reading
from service.kit.logs import log
from service.kit.secrets import KeyRing, UnsealError
from service.kit.tokens import same
from service.messages.operators import OperatorLetters
from service.outbox import obligations
from service.outbox.flows import Outbox

BATCH: Final = 50
PURPOSE: Final = "acknowledgement certificate"


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationFlows:
    """Closes and signs what everybody acknowledged; raises what is overdue.

    Without an address to write *letters* to, only the metric and the event tell.
    """

    pool: Pool
    clock: Clock
    keys: KeyRing
    letters: OperatorLetters
    outbox: Outbox

    async def acknowledge(self, event_id: UUID, subscriber: str) -> datetime:
        """Take the acknowledgement of *subscriber*, or raise EventUnknown; return when.

        It may come as often as it likes; each is a write, as its answer is a promise.
        """
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            at = await obligations.acknowledge(
                connection, event_id, subscriber, means=Means.REQUEST, at=now
            )
        if at is None:
            raise EventUnknown
        return at

    async def find(self, event_id: UUID) -> Obligation | None:
        """Return how far the acknowledging of an event is; None if it needs none."""
        async with reading(self.pool) as connection:
            return await obligations.find(connection, event_id)

    async def look(self, subscriber: str | None, *, most: int) -> list[Obligation]:
        """Return the oldest that wait for somebody, or for *subscriber*."""
        async with reading(self.pool) as connection:
            return await obligations.find_open(connection, subscriber, most=most)

    async def release(
        self, subscriber: str, event_id: UUID | None, *, reason: str
    ) -> int:
        """Wait for *subscriber* no more, and write down why; return with how many.

        With one event, or with all that it has not acknowledged: a few in each
        transaction. The certificate says who was released.
        """
        count = 0
        while True:
            now = self.clock.now()
            async with transaction(self.pool) as connection:
                released = await obligations.release(
                    connection, subscriber, event_id=event_id, at=now, batch=BATCH
                )
                for one in released:
                    entry = _entry(one, subscriber, reason)
                    await audit.record(connection, entry, at=now)
            if not released:
                return count
            count += len(released)

    def is_genuine(self, done: Obligation) -> bool:
        """Tell whether the certificate is signed by us over exactly these facts."""
        if done.key_id is None or done.signature is None:
            return False
        try:
            signed = self.keys.sign(PURPOSE, certificate(done), done.key_id)
        except UnsealError:
            return False
        return same(signed, done.signature)

    async def step(self) -> int:
        """Close what everybody has acknowledged, raise what is overdue; how many."""
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            closed = await self._close(connection, now)
            raised = await self._raise(connection, now)
        for one in raised:
            log().warning(
                "acknowledgement_overdue",
                event_type=one.event_type,
                subscriber=", ".join(one.missing),
            )
        return closed + len(raised)

    async def _close(self, connection: Connection, now: datetime) -> int:
        done = await obligations.lock_acknowledged(connection, batch=BATCH)
        for one in done:
            closed = replace(one, closed_at=now, key_id=self.keys.primary)
            signature = self.keys.sign(PURPOSE, certificate(closed))
            await obligations.close(connection, replace(closed, signature=signature))
        return len(done)

    async def _raise(self, connection: Connection, now: datetime) -> list[Obligation]:
        late = await obligations.take_overdue(connection, now=now, batch=BATCH)
        for app in dict.fromkeys(one.app for one in late):
            await self._write(connection, app, now)
        told = [
            Event(
                type=OVERDUE[one.event_type],
                subject_id=one.subject_id,
                app=one.app,
                cause=Cause.ACKNOWLEDGEMENT_MISSING,
                actor=TIMER,
                legal_ground=LegalGround.LEGAL_OBLIGATION,
            )
            for one in late
            if one.event_type in OVERDUE
        ]
        await self.outbox.record(connection, *told, at=now)
        return late

    async def _write(self, connection: Connection, app: AppName, now: datetime) -> None:
        """Write to the operator, once in an hour: one letter tells of all that waits.

        Numbers and names of services, nothing of a person.
        """
        hour = now.replace(minute=0, second=0, microsecond=0)
        if not self.letters.reach(app):
            return
        if await obligations.was_overdue_since(connection, app, hour, now=now):
            return
        overdue = await obligations.find_overdue(connection, app)
        if overdue is None:
            return
        content = AcknowledgementOverdue(
            count=str(overdue.count),
            oldest_at=f"{overdue.oldest_at:%Y-%m-%d %H:%M} UTC",
            subscribers=tuple(overdue.subscribers),
        )
        await self.letters.write(connection, app, content, now=now)


def _entry(one: Obligation, subscriber: str, reason: str) -> Entry:
    return Entry(
        app=one.app,
        subject_id=one.subject_id,
        actor=Actor(ActorKind.OPERATOR),
        action="acknowledgement.released",
        detail={
            "event_id": str(one.event_id),
            "event_type": one.event_type,
            "subscriber": subscriber,
            "reason": reason,
        },
    )
