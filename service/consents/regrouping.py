"""How grants stand beside each other: by the quorums, and newer before older."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from service.accounts.held import Held, HeldAccounts
from service.consents import deadlines
from service.consents.says import Says
from service.domain.actors import Actor
from service.domain.decisions import DecisionKind
from service.domain.events import Cause, EventType
from service.domain.grants import Grant, GrantState, GrantStep
from service.domain.quorums import regrouped
from service.kit.database import Connection
from service.outbox.flows import Outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Regrouping:
    """Moves grants because of other grants; in the caller's transaction."""

    accounts: HeldAccounts
    says: Says
    outbox: Outbox

    async def regroup(
        self,
        connection: Connection,
        held: Held,
        *,
        cause: Cause,
        actor: Actor,
        now: datetime,
    ) -> Held:
        """Let every grant stand as the quorums have it, and tell what is on by that.

        Nobody's quorum counts any more for a holder who decides alone.
        """
        if held.account.decision is not DecisionKind.ASK_GUARDIAN:
            return held
        before, newer = held.on(now=now), held
        say = await self.says.of(connection, held, now=now)
        steps = regrouped(held.profile, held.grants, say)
        for step, some in steps.items():
            newer = await self.accounts.move(connection, newer, some, step, now=now)
        waiting = steps.get(GrantStep.JOIN_PROVISIONALLY, ())
        for giver_id, given_at in {(one.giver_id, one.given_at) for one in waiting}:
            await deadlines.await_second_contact(
                connection,
                held.account_id,
                held.profile.timers,
                giver_id=giver_id,
                given_at=given_at,
                now=now,
            )
        on = tuple(one for one in newer.on(now=now) if one not in before)
        if on and (waiting or GrantStep.JOIN in steps):
            event = newer.event(EventType.CONSENT_JOINED, cause, actor, purposes=on)
            await self.outbox.record(connection, event, at=now)
        return newer

    async def supersede(
        self,
        connection: Connection,
        held: Held,
        grants: Sequence[Grant],
        states: Collection[GrantState],
        *,
        now: datetime,
    ) -> Held:
        """Let *grants* take the place of what the same giver granted before.

        Of that, only what is in one of the *states*.
        """
        newer = {one.grant_id for one in grants}
        granted = {(one.giver_id, one.purpose) for one in grants}
        older = [
            one
            for one in held.live()
            if one.state in states
            and one.grant_id not in newer
            and (one.giver_id, one.purpose) in granted
        ]
        return await self.accounts.move(
            connection, held, older, GrantStep.SUPERSEDE, now=now
        )
