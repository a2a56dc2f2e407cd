"""What consent, or its lack, means for the account: suspended, going on, erased."""

from dataclasses import dataclass
from datetime import datetime

from service.accounts.held import Held, HeldAccounts
from service.consents import deadlines, store
from service.consents.people import Guardians
from service.domain.accounts import AccountOutline, AccountStep
from service.domain.actors import Actor
from service.domain.events import Cause
from service.domain.grants import may_go_on
from service.domain.messages import AccountReactivated, AccountSuspended
from service.domain.periods import days_of
from service.kit.database import Connection
from service.receipts.flows import Receipts


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspensions:
    """Suspends accounts, lets them go on, and erases them; as consent has it."""

    accounts: HeldAccounts
    guardians: Guardians
    receipts: Receipts

    async def settle(
        self,
        connection: Connection,
        held: Held,
        *,
        cause: Cause,
        actor: Actor,
        now: datetime,
    ) -> Held:
        """Suspend the account that lacks essential consent, or let it go on again.

        Suspended, it is erased after a while, unless consent comes back.
        """
        if may_go_on(held.profile, held.grants, now=now):
            step = AccountStep.REGAIN_CONSENT
        else:
            step = AccountStep.LOSE_CONSENT
        newer = await self.accounts.step(
            connection, held, step, cause=cause, actor=actor, now=now
        )
        if newer is None:
            return held
        if newer.account.condition.suspended:
            await deadlines.await_erasure(connection, newer, now=now)
            days = days_of(newer.profile.timers.suspended)
            letter = AccountSuspended(days=days)
            await self.accounts.write(connection, newer, letter, now=now)
        else:
            await deadlines.call_off_erasure(connection, newer.account_id)
            await self.accounts.write(connection, newer, AccountReactivated(), now=now)
        return newer

    async def go_on(
        self, connection: Connection, held: Held, *, actor: Actor, now: datetime
    ) -> Held:
        """Take back that an account is to be erased, unless it lacks consent."""
        await deadlines.call_off_erasure(connection, held.account_id)
        return await self.settle(
            connection, held, cause=Cause.REVIEW_DECIDED, actor=actor, now=now
        )

    async def reviewed(
        self, connection: Connection, held: Held, *, actor: Actor, now: datetime
    ) -> Held:
        """End an age review: from now on the account waits for consent alone."""
        newer = await self.accounts.step(
            connection,
            held,
            AccountStep.ASK_CONSENT,
            cause=Cause.REVIEW_DECIDED,
            actor=actor,
            now=now,
        )
        return newer or held

    async def erase(
        self,
        connection: Connection,
        account: AccountOutline,
        *,
        cause: Cause,
        actor: Actor,
        now: datetime,
    ) -> None:
        """Erase a locked account, and the guardians who have no other child here."""
        bound = await store.find_every_bond(connection, account.account_id)
        await self.accounts.erase(
            connection, account, cause=cause, actor=actor, now=now
        )
        await self.receipts.account_ended(connection, account.account_id, now=now)
        await self.guardians.forget_childless(connection, bound)
