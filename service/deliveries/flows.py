"""Listing, showing, replaying, retrying and dropping deliveries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final, Protocol
from uuid import UUID

from service.audit import log as audit
from service.domain.actors import Actor, ActorKind
from service.domain.audit import Entry
from service.domain.profiles import AppName
from service.domain.refusals import EventUnknown
from service.kit.clock import Clock
from service.kit.database import Connection, Pool, transaction
from service.kit.database import connection as reading
from service.obligations.flows import ObligationFlows
from service.outbox import desk
from service.outbox.desk import Line, Place, Shown, Which

MOST: Final = 1000


class Choose(Protocol):
    """Which deliveries something is done with."""

    async def __call__(
        self, connection: Connection, which: Which, *, after: Place
    ) -> list[Line]:
        """Return the next few after a place; none when there are no more."""
        ...


class Act(Protocol):
    """What is done with them."""

    async def __call__(
        self, connection: Connection, chosen: Sequence[Line], *, at: datetime
    ) -> Sequence[Line]:
        """Do it with what was chosen, and return with which of it."""
        ...


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
        """Send dead letters again, or what was delivered; return how many.

        Ids and numbers stay, and so does the order of each subject.
        """
        choose = desk.choose_delivered if delivered else _choose_dead
        act = desk.owe_again if delivered else desk.begin_again
        return await self._each(which, choose, act, action="event.replayed")

    async def retry(self, which: Which) -> int:
        """Let what waits for its next attempt have it now; return how many.

        What may be under way right now is left alone, and falls due before long.
        """
        choose = partial(desk.choose, due_after=self.clock.now() + desk.UNDER_WAY)
        return await self._each(which, choose, desk.make_due)

    async def drop(self, which: Which, *, state: str | None, reason: str) -> int:
        """Give deliveries up for good, and write down which and why; return how many.

        What must be acknowledged stays open: nobody is excused by that.
        """
        choose = partial(desk.choose, state=state)
        return await self._each(
            which, choose, desk.drop, action="event.dropped", reason=reason
        )

    async def _each(
        self, which: Which, choose: Choose, act: Act, *, action: str = "", **why: str
    ) -> int:
        """Do something with all that are meant, a few in each transaction.

        With *action* the log says of each that it was done.
        """
        count, after = 0, Place()
        while True:
            now = self.clock.now()
            async with transaction(self.pool) as connection:
                chosen = await choose(connection, which, after=after)
                done = await act(connection, chosen, at=now)
                for one in done if action else ():
                    entry = _entry(one, action, why)
                    await audit.record(connection, entry, at=now)
            if not chosen:
                return count
            count, after = count + len(done), chosen[-1].place


_choose_dead: Final = partial(desk.choose, state="dead")


def _entry(one: Line, action: str, why: Mapping[str, str]) -> Entry:
    return Entry(
        app=AppName(one.app),
        subject_id=one.subject_id,
        actor=Actor(ActorKind.OPERATOR),
        action=action,
        detail={
            "event_id": str(one.event_id),
            "event_type": one.type,
            "subscriber": str(one.subscriber),
            **why,
        },
    )
