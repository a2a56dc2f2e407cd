"""Consent that holders give who decide alone, beside a guardian's or in its place."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from service.accounts.held import Held, HeldAccounts
from service.consents.grants import Changed, in_order
from service.consents.suspensions import Suspensions
from service.domain.actors import Actor
from service.domain.events import Cause, EventType
from service.domain.grants import Giver, Grant, GrantState, GrantStep
from service.domain.receipts import Change
from service.kit.database import Connection
from service.outbox.flows import Outbox
from service.receipts.flows import Receipts

_DECIDED: Final = Cause.HOLDER_DECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnGrants:
    """What holders grant, in the transaction that locked the account."""

    accounts: HeldAccounts
    suspensions: Suspensions
    receipts: Receipts
    outbox: Outbox

    async def give(
        self,
        connection: Connection,
        held: Held,
        grants: Sequence[Grant],
        *,
        actor: Actor,
        now: datetime,
    ) -> Changed:
        """Let follow what follows from the *grants* of a holder who decides alone."""
        newer = await self.accounts.add_grants(connection, held, grants)
        receipt_id = await self.receipts.issue(
            connection, newer, grants, Change.GIVEN, by=actor.kind, now=now
        )
        event = newer.event(
            EventType.CONSENT_GIVEN,
            _DECIDED,
            actor,
            after=grants[0].state,
            purposes=in_order(newer.profile, grants),
            receipt_id=receipt_id,
        )
        await self.outbox.record(connection, event, at=now)
        newer = await self.suspensions.settle(
            connection, newer, cause=_DECIDED, actor=actor, now=now
        )
        return Changed(held=newer, receipt_id=receipt_id, grants=tuple(grants))

    async def hand_over(
        self,
        connection: Connection,
        held: Held,
        grants: Sequence[Grant],
        *,
        actor: Actor,
        now: datetime,
    ) -> Changed:
        """Let the holder's own *grants* take the place of everything before.

        What a guardian granted is handed over, what the holder granted is superseded.
        """
        before, newer = held.on(now=now), held
        for step, giver in (
            (GrantStep.HAND_OVER, Giver.GUARDIAN),
            (GrantStep.SUPERSEDE, Giver.HOLDER),
        ):
            some = [one for one in held.live() if one.given_by is giver]
            newer = await self.accounts.move(connection, newer, some, step, now=now)
        newer = await self.accounts.add_grants(connection, newer, grants)
        newer = await self.accounts.own_word_given(connection, newer)
        receipt_id = await self.receipts.issue(
            connection, newer, grants, Change.HANDED_OVER, by=actor.kind, now=now
        )
        await self._tell(connection, newer, before, actor, receipt_id, now=now)
        newer = await self.suspensions.settle(
            connection, newer, cause=_DECIDED, actor=actor, now=now
        )
        return Changed(held=newer, receipt_id=receipt_id, grants=tuple(grants))

    async def _tell(
        self,
        connection: Connection,
        held: Held,
        before: Collection[str],
        actor: Actor,
        receipt_id: UUID,
        *,
        now: datetime,
    ) -> None:
        """Tell what is on by the holder's word, and what was *before* and is off."""
        on = held.on(now=now)
        dropped = tuple(one for one in before if one not in on)
        event = held.event(
            EventType.CONSENT_HANDED_OVER,
            _DECIDED,
            actor,
            before=GrantState.ACTIVE,
            after=GrantState.HANDED_OVER,
            purposes=on,
            receipt_id=receipt_id,
        )
        stopped = held.event(
            EventType.CONSENT_WITHDRAWN,
            Cause.HOLDER_WITHDREW,
            actor,
            before=GrantState.ACTIVE,
            after=GrantState.WITHDRAWN,
            purposes=dropped,
            receipt_id=receipt_id,
        )
        told = (stopped, event) if dropped else (event,)
        await self.outbox.record(connection, *told, at=now)
