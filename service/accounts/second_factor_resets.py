"""The way back for who used up every try of a second factor: by an operator.

A hundred wrong codes in a row close the way for good (NIST SP 800-63B-4, 3.2.2). Who
has no other one asks the operator, who makes sure by other means that it is the holder.
"""

from dataclasses import dataclass
from datetime import datetime

from service.accounts.records import AccountRecords
from service.accounts.security_links import SecurityLinks
from service.accounts.sessions import Sessions
from service.accounts.tries import Tries
from service.audit import log as audit
from service.domain.accounts import Account, AccountId
from service.domain.actors import OPERATOR
from service.domain.audit import Entry
from service.domain.authenticators import Proof
from service.domain.disputes import is_second
from service.domain.events import Cause, EventType
from service.domain.messages import SecondFactorsReset
from service.domain.refusals import AccountUnknown, SecondFactorsOpen
from service.domain.security import SecurityCause
from service.kit.clock import Clock
from service.kit.database import Connection, Pool, transaction
from service.outbox.flows import Outbox
from service.profiles.reader import Profiles


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactorResets:
    """Lets an operator begin the count of wrong codes anew; the factors stay."""

    pool: Pool
    clock: Clock
    profiles: Profiles
    records: AccountRecords
    tries: Tries
    sessions: Sessions
    security_links: SecurityLinks
    outbox: Outbox

    async def reset(self, account_id: AccountId, *, operator: str, reason: str) -> bool:
        """Begin anew, or, where two operators have to, propose it; tell which.

        Every session ends, and the holder is told. The name of the *operator* and the
        *reason* stay in the action log. Raises AccountUnknown, SecondFactorsOpen while
        there are tries left, or SecondOperatorNeeded for who has proposed it.
        """
        now, proof = self.clock.now(), Proof.SECOND_FACTOR
        async with transaction(self.pool) as connection:
            found = await self.records.lock(connection, account_id)
            if found is None:
                raise AccountUnknown
            account, _ = found
            used_up = await self.tries.used_up(connection, account_id, proof)
            if used_up is None:
                raise SecondFactorsOpen
            two = self.profiles[account.app].consent.two_person_review
            decided = not two or is_second(operator, after=used_up.proposed_by)
            action = EventType.SECURITY_SECOND_FACTORS_RESET.value
            entry = Entry(
                app=account.app,
                subject_id=account_id,
                actor=OPERATOR,
                action=action if decided else f"{action}_proposed",
                detail={"operator": operator, "reason": reason},
            )
            await audit.record(connection, entry, at=now)
            if decided:
                await self._reset(connection, account, now=now)
            else:
                await self.tries.propose_reset(connection, account_id, proof, operator)
        return decided

    async def _reset(
        self, connection: Connection, account: Account, *, now: datetime
    ) -> None:
        account_id = account.account_id
        await self.tries.forget(connection, account_id, Proof.SECOND_FACTOR)
        event = account.event(
            EventType.SECURITY_SECOND_FACTORS_RESET, Cause.TRIES_USED_UP, OPERATOR
        )
        await self.outbox.record(connection, event, at=now)
        await self.sessions.raise_epoch(connection, account_id, actor=OPERATOR, now=now)
        await self.security_links.tell(
            connection,
            account_id,
            SecurityCause.SECOND_FACTORS_RESET,
            lambda link: SecondFactorsReset(link=link),
            now=now,
        )
