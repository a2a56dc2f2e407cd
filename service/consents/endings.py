"""Consent that ends: by its time, by a newer policy, by a withdrawal, by its giver."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from service.accounts.held import Held, HeldAccounts
from service.consents.grants import Changed, as_they_are, in_order
from service.consents.regrouping import Regrouping
from service.consents.suspensions import Suspensions
from service.domain.actors import TIMER, Actor
from service.domain.events import Cause, EventType
from service.domain.grants import Giver, Grant, GrantState, GrantStep, may_go_on, moved
from service.domain.receipts import Change
from service.kit.database import Connection
from service.outbox.flows import Outbox
from service.receipts.flows import Receipts


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How consent ends: the grants' step, what is told and kept of it, by whom, why."""

    step: GrantStep
    event_type: EventType
    change: Change
    cause: Cause
    actor: Actor


EXPIRED: Final = Ending(
    step=GrantStep.EXPIRE,
    event_type=EventType.CONSENT_EXPIRED,
    change=Change.EXPIRED,
    cause=Cause.EXPIRED,
    actor=TIMER,
)
OUTDATED: Final = replace(EXPIRED, cause=Cause.POLICY_CHANGED)
LAPSED: Final = replace(
    EXPIRED, step=GrantStep.LAPSE, cause=Cause.SECOND_CONTACT_FAILED
)


def withdrawn(cause: Cause, actor: Actor) -> Ending:
    """Return how consent ends that is withdrawn."""
    return Ending(
        step=GrantStep.WITHDRAW,
        event_type=EventType.CONSENT_WITHDRAWN,
        change=Change.WITHDRAWN,
        cause=cause,
        actor=actor,
    )


def invalidated(cause: Cause, actor: Actor) -> Ending:
    """Return how consent ends that was not its giver's to give."""
    return Ending(
        step=GrantStep.INVALIDATE,
        event_type=EventType.CONSENT_INVALIDATED,
        change=Change.INVALIDATED,
        cause=cause,
        actor=actor,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Endings:
    """Ends grants, and all that follows; in the transaction that locked the account."""

    accounts: HeldAccounts
    regrouping: Regrouping
    suspensions: Suspensions
    receipts: Receipts
    outbox: Outbox

    async def expire(
        self, connection: Connection, held: Held, *, now: datetime
    ) -> Changed | None:
        """Expire the grants whose end has come; None where there are none.

        What the same giver has granted anew meanwhile has taken their place.
        """
        over = [one for one in held.live() if one.ends_at and one.ends_at <= now]
        renewed = {
            (one.giver_id, one.purpose)
            for one in held.live()
            if one.is_on(held.profile, now=now)
        }
        older = [one for one in over if (one.giver_id, one.purpose) in renewed]
        held = await self.accounts.move(
            connection, held, older, GrantStep.SUPERSEDE, now=now
        )
        over = [one for one in over if one not in older]
        if not over:
            return None
        return await self.end(connection, held, over, EXPIRED, now=now)

    async def outdate(
        self,
        connection: Connection,
        held: Held,
        older: Collection[str],
        *,
        now: datetime,
    ) -> Changed | None:
        """End a guardian's consent to *older* policies; None where there is none."""
        over = [
            one
            for one in held.live()
            if one.given_by is Giver.GUARDIAN and one.policy_version in older
        ]
        if not over:
            return None
        return await self.end(connection, held, over, OUTDATED, now=now)

    async def lapse(
        self,
        connection: Connection,
        held: Held,
        grants: Sequence[Grant],
        *,
        now: datetime,
    ) -> Changed:
        """Let provisional grants go whose second contact never arrived."""
        return await self.end(connection, held, grants, LAPSED, now=now)

    async def invalidate(
        self,
        connection: Connection,
        held: Held,
        giver_id: UUID,
        *,
        actor: Actor,
        cause: Cause,
        now: datetime,
    ) -> Changed | None:
        """Invalidate everything one person granted; None where nothing is live.

        What waited for this person's word alone is carried by the others' from now on.
        """
        theirs = [one for one in held.live() if one.giver_id == giver_id]
        if theirs:
            ending = invalidated(cause, actor)
            return await self.end(connection, held, theirs, ending, now=now)
        held = await self.regrouping.regroup(
            connection, held, cause=cause, actor=actor, now=now
        )
        await self.suspensions.settle(
            connection, held, cause=cause, actor=actor, now=now
        )
        return None

    async def end(
        self,
        connection: Connection,
        held: Held,
        grants: Sequence[Grant],
        ending: Ending,
        *,
        now: datetime,
    ) -> Changed:
        """End *grants*: purposes off, receipt, events, and the account as it follows.

        What others agreed to, and is off by it, goes with them; what another guardian
        carries stays on, and isn't told as off. Where the account lives on after a
        withdrawal, what is on still is told as well.
        """
        cause, actor = ending.cause, ending.actor
        newer = await self.accounts.move(connection, held, grants, ending.step, now=now)
        newer = await self.regrouping.regroup(
            connection, newer, cause=cause, actor=actor, now=now
        )
        over = _over(held, newer, grants)
        lives = may_go_on(newer.profile, newer.grants, now=now)
        narrows = lives and ending.change is Change.WITHDRAWN
        change = Change.NARROWED if narrows else ending.change
        receipt_id = await self.receipts.issue(
            connection, newer, over, change, by=actor.kind, now=now
        )
        event = newer.event(
            ending.event_type,
            cause,
            actor,
            before=as_they_are(held, over)[0].state,
            after=moved(GrantState.PROVISIONAL, ending.step),
            purposes=_off(newer, over, now=now),
            receipt_id=receipt_id,
        )
        await self.outbox.record(connection, event, at=now)
        if narrows:
            narrowed = newer.event(
                EventType.CONSENT_NARROWED,
                cause,
                actor,
                purposes=newer.on(now=now),
                receipt_id=receipt_id,
            )
            await self.outbox.record(connection, narrowed, at=now)
        newer = await self.suspensions.settle(
            connection, newer, cause=cause, actor=actor, now=now
        )
        return Changed(held=newer, receipt_id=receipt_id, grants=over)


def _over(held: Held, newer: Held, ended: Sequence[Grant]) -> tuple[Grant, ...]:
    """Return what has *ended*, and what waits since because of it, as it is now."""
    parted = [
        now
        for now, before in zip(newer.grants, held.grants, strict=True)
        if now.state is GrantState.WAITING and before.state is not GrantState.WAITING
    ]
    return (*as_they_are(newer, ended), *parted)


def _off(held: Held, over: Sequence[Grant], *, now: datetime) -> tuple[str, ...]:
    """Return the purposes of what is *over* that are off since."""
    on = held.on(now=now)
    return tuple(one for one in in_order(held.profile, over) if one not in on)
