"""Consent that guardians give, and the second contact confirms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from service.accounts.held import Held, HeldAccounts
from service.consents import deadlines
from service.consents.grants import Changed, as_they_are, in_order
from service.consents.guardian import Guardian
from service.consents.letters import GuardianLetters
from service.consents.regrouping import Regrouping
from service.consents.says import Says
from service.consents.suspensions import Suspensions
from service.domain.actors import TIMER, Actor
from service.domain.events import Cause, EventType
from service.domain.grants import Grant, GrantState, GrantStep
from service.domain.receipts import Change
from service.domain.refusals import ConsentDisputed
from service.kit.database import Connection
from service.outbox.flows import Outbox
from service.receipts.flows import Receipts


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianGrants:
    """What guardians grant, in the transaction that locked the account."""

    accounts: HeldAccounts
    says: Says
    regrouping: Regrouping
    suspensions: Suspensions
    letters: GuardianLetters
    receipts: Receipts
    outbox: Outbox

    async def give(
        self,
        connection: Connection,
        held: Held,
        guardian: Guardian,
        grants: Sequence[Grant],
        *,
        renewed: bool = False,
        receipt_id: UUID | None = None,
        actor: Actor,
        now: datetime,
    ) -> Changed:
        """Let follow what follows from a guardian's *grants*.

        The guardian has a receipt and a link to withdraw by; the second contact, the
        notices and the end fall due. An account opens with its grants; *renewed* ones
        are kept here, and what the guardian granted before for the same purposes is
        superseded, at once or when the second contact has confirmed the new. What
        another's word is needed for as well waits for it. Raises ConsentDisputed while
        guardians disagree.
        """
        cause, purposes = Cause.GUARDIAN_GAVE, [one.purpose for one in grants]
        if renewed:
            held = await self._keep(connection, held, grants, now=now)
        await self.says.agree(
            connection, held.account_id, guardian.guardian_id, purposes
        )
        held = await self.regrouping.regroup(
            connection, held, cause=cause, actor=actor, now=now
        )
        given = as_they_are(held, grants)
        receipt_id = await self.receipts.issue(
            connection,
            held,
            given,
            Change.RENEWED if renewed else Change.GIVEN,
            by=actor.kind,
            receipt_id=receipt_id,
            now=now,
        )
        await deadlines.await_end(connection, held, given, now=now)
        if renewed:
            await self._tell(connection, held, given, actor, receipt_id, now=now)
        held = await self.suspensions.settle(
            connection, held, cause=cause, actor=actor, now=now
        )
        changed = Changed(held=held, receipt_id=receipt_id, grants=given)
        await self.letters.thank(
            connection, changed, guardian, receipt_id=receipt_id, now=now
        )
        return changed

    async def confirm(
        self,
        connection: Connection,
        held: Held,
        grants: Sequence[Grant],
        *,
        now: datetime,
    ) -> Changed:
        """Confirm provisional grants, which nobody revoked after the second contact."""
        cause, states = Cause.SECOND_CONTACT, {GrantState.ACTIVE}
        newer = await self.regrouping.supersede(
            connection, held, grants, states, now=now
        )
        newer = await self.accounts.move(
            connection, newer, grants, GrantStep.CONFIRM, now=now
        )
        confirmed = as_they_are(newer, grants)
        receipt_id = await self.receipts.issue(
            connection, newer, confirmed, Change.CONFIRMED, by=TIMER.kind, now=now
        )
        event = newer.event(
            EventType.CONSENT_CONFIRMED,
            cause,
            TIMER,
            before=GrantState.PROVISIONAL,
            after=confirmed[0].state,
            purposes=in_order(newer.profile, confirmed),
            receipt_id=receipt_id,
        )
        await self.outbox.record(connection, event, at=now)
        newer = await self.suspensions.settle(
            connection, newer, cause=cause, actor=TIMER, now=now
        )
        return Changed(held=newer, receipt_id=receipt_id, grants=confirmed)

    async def _keep(
        self,
        connection: Connection,
        held: Held,
        grants: Sequence[Grant],
        *,
        now: datetime,
    ) -> Held:
        """Keep *grants* of an account that there is, and let older ones give way."""
        say = await self.says.of(connection, held, now=now)
        if say.disputed:
            raise ConsentDisputed
        waits = any(one.state is GrantState.PROVISIONAL for one in grants)
        unsure = {GrantState.WAITING, GrantState.PROVISIONAL}
        states = unsure if waits else set(GrantState)
        held = await self.regrouping.supersede(
            connection, held, grants, states, now=now
        )
        return await self.accounts.add_grants(connection, held, grants)

    async def _tell(
        self,
        connection: Connection,
        held: Held,
        grants: Sequence[Grant],
        actor: Actor,
        receipt_id: UUID,
        *,
        now: datetime,
    ) -> None:
        """Tell others what was given: what is on, and what waits, each by itself."""
        for state in GrantState:
            some = [one for one in grants if one.state is state]
            if some:
                event = held.event(
                    EventType.CONSENT_GIVEN,
                    Cause.GUARDIAN_GAVE,
                    actor,
                    after=state,
                    purposes=in_order(held.profile, some),
                    receipt_id=receipt_id,
                )
                await self.outbox.record(connection, event, at=now)
