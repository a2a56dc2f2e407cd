"""Listing, showing, replaying, retrying and dropping deliveries."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from service.audit import log as audit
from service.domain.actors import Actor, ActorKind
from service.domain.audit import Entry
from service.domain.profiles import AppName
from service.domain.refusals import EventUnknown
from service.kit.clock import Clock
from service.kit.database import Pool, transaction
from service.kit.database import connection as reading
from service.obligations.flows import ObligationFlows
from service.outbox import desk
from service.outbox.desk import Line, Shown, Which

MOST: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFlows:
    """What an operator can do about deliveries, at the terminal or over HTTP."""

    pool: Pool
    clock: Clock
    obligations: ObligationFlows

    async def look(self, which: Which, *, state: str | None, most: int) -> list[Line]:
        """Return the newest deliveries that are meant."""
        async with reading(self.pool) as connection:
            return await desk.look(connection, which, state=state, most=most)

    async def show(self, event_id: UUID) -> Shown:
        """Return all there is to know of an event, or raise EventUnknown."""
        async with reading(self.pool) as connection:
            event = await desk.find(connection, event_id)
            lines = await desk.look(
                connection, Which(event_id=event_id), state=None, most=MOST
            )
        obligation = await self.obligations.find(event_id)
        if event is None and obligation is None:
            raise EventUnknown
        genuine = obligation is not None and self.obligations.is_genuine(obligation)
        return Shown(event=event, lines=lines, obligation=obligation, genuine=genuine)

    async def replay(self, which: Which, *, delivered: bool) -> int:
        """Send dead letters again, or what was delivered; return how many."""
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            return await desk.replay(connection, which, delivered=delivered, at=now)

    async def retry(self, which: Which) -> int:
        """Let what waits for its next attempt have it now; return how many."""
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            return await desk.retry(connection, which, at=now)

    async def drop(
        self, which: Which, *, state: str | None, reason: str
    ) -> Sequence[Line]:
        """Give up deliveries for good, and write down which and why.

        What must be acknowledged stays open: nobody is excused by that.
        """
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            dropped = await desk.drop(connection, which, state=state, at=now)
            for one in dropped:
                entry = Entry(
                    app=AppName(one.app),
                    subject_id=one.subject_id,
                    actor=Actor(ActorKind.OPERATOR),
                    action="event.dropped",
                    detail={
                        "event_id": str(one.event_id),
                        "event_type": one.type,
                        "subscriber": str(one.subscriber),
                        "reason": reason,
                    },
                )
                await audit.record(connection, entry, at=now)
        return dropped
