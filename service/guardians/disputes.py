"""Guardians who disagree: what an operator sees and decides, with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from service.accounts.held import Held, HeldAccounts
from service.audit import log as audit
from service.consents.flows import Consents
from service.domain.actors import OPERATOR
from service.domain.audit import Entry
from service.domain.disputes import Dispute, DisputeId, Outcome
from service.domain.events import Cause, EventType
from service.domain.messages import Content, DisputeSettled
from service.domain.refusals import DisputeUnknown
from service.guardians.second import SecondGuardians
from service.kit.clock import Clock
from service.kit.database import Connection, Pool, transaction
from service.kit.database import connection as reading
from service.outbox.flows import Outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Disputes:
    """The cases that wait for an operator."""

    pool: Pool
    clock: Clock
    held: HeldAccounts
    consents: Consents
    second: SecondGuardians
    outbox: Outbox

    async def every(self) -> Sequence[Dispute]:
        """Return the cases that wait, the oldest first."""
        async with reading(self.pool) as connection:
            return await self.consents.says.disputes(connection)

    async def resolve(
        self, dispute_id: DisputeId, outcome: Outcome, *, operator: str, reason: str
    ) -> bool:
        """Decide a case, or, where two operators have to, propose how; tell which.

        The name of the *operator* and the *reason* stay in the action log. Raises
        DisputeUnknown, or SecondOperatorNeeded for who has proposed it.
        """
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            says = self.consents.says
            found = await says.dispute(connection, dispute_id)
            if found is None:
                raise DisputeUnknown
            held = await self.held.lock(connection, found.account_id)
            dispute = await says.dispute(connection, dispute_id)  # now under the lock
            if dispute is None or held is None:
                raise DisputeUnknown
            two = held.profile.consent.two_person_review
            decided = dispute.is_decided(outcome, operator, two=two)
            action = "resolved" if decided else "proposed"
            detail = {"outcome": str(outcome), "operator": operator, "reason": reason}
            entry = Entry(
                app=dispute.app,
                subject_id=dispute.account_id,
                actor=OPERATOR,
                action=f"consent.dispute_{action}",
                detail=detail,
            )
            await audit.record(connection, entry, at=now)
            if decided:
                await self._decide(connection, held, dispute, outcome, now=now)
            else:
                await says.propose(connection, dispute_id, outcome, operator)
        return decided

    async def _decide(
        self,
        connection: Connection,
        held: Held,
        dispute: Dispute,
        outcome: Outcome,
        *,
        now: datetime,
    ) -> None:
        says, cause = self.consents.says, Cause.DISPUTE_RESOLVED
        if not await says.resolve(connection, dispute.dispute_id, now=now):
            raise DisputeUnknown
        event = held.event(
            EventType.CONSENT_DISPUTE_RESOLVED, cause, OPERATOR, after=outcome
        )
        await self.outbox.record(connection, event, at=now)
        if outcome is Outcome.RESTORE:
            await says.restore(connection, held.account_id)
            held = await self.consents.regrouping.regroup(
                connection, held, cause=cause, actor=OPERATOR, now=now
            )
            await self.consents.suspensions.settle(
                connection, held, cause=cause, actor=OPERATOR, now=now
            )
        await self.second.write_all(connection, held, _letter, now=now)


def _letter(link: str) -> Content:
    return DisputeSettled(link=link)
