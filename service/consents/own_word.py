"""What the holder of an account decides about their data, who decides alone."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from service.accounts.flows import AccountFlows
from service.accounts.held import Held, HeldAccounts
from service.consents.childs_word import ChildsWord, note, own_grant
from service.consents.choices import Choice, Choices, decides_alone
from service.consents.flows import Consents
from service.consents.grants import Changed
from service.domain.accounts import AccountId, Suspension
from service.domain.actors import holder
from service.domain.events import Cause, EventType
from service.domain.grants import Giver, Grant
from service.domain.refusals import (
    AccountSuspended,
    AccountUnknown,
    GuardianDecides,
    PurposesWrong,
)
from service.kit.clock import Clock
from service.kit.database import Connection, Pool, transaction
from service.kit.database import connection as reading


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnWord:
    """The holder's own decisions; of who has guardians, where theirs is asked too."""

    pool: Pool
    clock: Clock
    accounts: AccountFlows
    held: HeldAccounts
    consents: Consents
    choices: Choices
    childs: ChildsWord

    async def every(self, account_id: AccountId) -> Sequence[Choice]:
        """Return how each purpose of an account stands, in the profile's order.

        Raises AccountUnknown.
        """
        now = self.clock.now()
        async with reading(self.pool) as connection:
            held = await self.held.find(connection, account_id)
            if held is None:
                raise AccountUnknown
            return await self.choices.of(connection, held, now=now)

    async def look(self, account_id: AccountId, purpose_id: str) -> Choice:
        """Return how one purpose of an account stands, whoever decides about it.

        Raises PurposeUnknown or AccountUnknown.
        """
        now = self.clock.now()
        async with reading(self.pool) as connection:
            held = await self.held.find(connection, account_id)
            if held is None:
                raise AccountUnknown
            return await self.choices.one(connection, held, purpose_id, now=now)

    async def choose(
        self, account_id: AccountId, purpose_id: str, *, granted: bool
    ) -> Choice:
        """Take the holder's word about one purpose, with effect at once.

        The first that they agree to takes the place of a guardian's consent for
        everything that is on; where child and guardian consent together, a child's
        stands beside its guardians'. To say the same again changes nothing. Raises
        PurposesWrong where what is essential is off and the purpose is not,
        AccountSuspended while the holder's age is reviewed; and PurposeUnknown,
        AccountUnknown, GuardianDecides or ConsentDisputed.
        """
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            held = await self._lock(connection, account_id)
            choice = await self.choices.one(connection, held, purpose_id, now=now)
            if not choice.own_yes:
                raise GuardianDecides
            newer = await self._choose(connection, choice, granted=granted, now=now)
            return await self.choices.one(connection, newer, purpose_id, now=now)

    async def decide(self, account_id: AccountId, purposes: Collection[str]) -> Changed:
        """Take the holder's word: what is essential is on, and *purposes* beyond it.

        What a guardian had granted is handed over by it, once and for all; what the
        holder does not name is off. A suspended account that lacked consent goes on.
        Raises PurposesWrong, AccountUnknown or GuardianDecides.
        """
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            held = await self._lock_alone(connection, account_id)
            return await self._decide(connection, held, purposes, now=now)

    async def withdraw(
        self, account_id: AccountId, purposes: Collection[str] | None
    ) -> Changed:
        """Withdraw consent for *purposes*, or all of it, whoever gave it; at once."""
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            held = await self._lock_alone(connection, account_id)
            return await self._withdraw(connection, held, purposes, now=now)

    async def _choose(
        self, connection: Connection, choice: Choice, *, granted: bool, now: datetime
    ) -> Held:
        held, purpose_id = choice.held, choice.purpose.id
        review = held.account.condition.suspended_for is Suspension.AGE_REVIEW
        if granted and review:
            raise AccountSuspended
        if not decides_alone(held):
            say = self.childs.give if granted else self.childs.withdraw
            return await say(connection, choice, now=now)
        if granted and (not choice.on or held.account.own_word_due):
            if held.account.condition.suspended and not choice.purpose.essential:
                raise PurposesWrong
            on = {*held.on(now=now), purpose_id}
            return (await self._agree(connection, held, on, now=now)).held
        if not granted and choice.grant is not None:
            changed = await self._withdraw(connection, held, [purpose_id], now=now)
            return changed.held
        return held

    async def _agree(
        self,
        connection: Connection,
        held: Held,
        purposes: Collection[str],
        *,
        now: datetime,
    ) -> Changed:
        """Let *purposes* be on by the holder's own word, what a guardian gave too."""
        of_guardians = any(one.given_by is Giver.GUARDIAN for one in held.live())
        if of_guardians or held.account.own_word_due:
            return await self._decide(connection, held, purposes, now=now)
        on = held.on(now=now)
        grants = [
            one
            for one in await self._grants(connection, held, purposes, now=now)
            if one.purpose not in on
        ]
        await note(connection, held, EventType.CONSENT_GIVEN, now=now)
        return await self.consents.by_holders.give(
            connection, held, grants, actor=holder(held.account_id), now=now
        )

    async def _decide(
        self,
        connection: Connection,
        held: Held,
        purposes: Collection[str],
        *,
        now: datetime,
    ) -> Changed:
        grants = await self._grants(connection, held, purposes, now=now)
        await note(connection, held, EventType.CONSENT_HANDED_OVER, now=now)
        return await self.consents.by_holders.hand_over(
            connection, held, grants, actor=holder(held.account_id), now=now
        )

    async def _grants(
        self,
        connection: Connection,
        held: Held,
        purposes: Collection[str],
        *,
        now: datetime,
    ) -> list[Grant]:
        """Return the grants of *purposes* and of what is essential.

        The policy that counts now is agreed to with them.
        """
        account_id, profile = held.account_id, held.profile
        policy = profile.current_policy(now.date())
        chosen = [profile.purpose(one) for one in purposes]
        if None in chosen:
            raise PurposesWrong
        await self.accounts.accept(connection, account_id, policy, Giver.HOLDER, at=now)
        return [
            own_grant(account_id, one.id, policy.version, now=now)
            for one in profile.purposes
            if one.essential or one in chosen
        ]

    async def _withdraw(
        self,
        connection: Connection,
        held: Held,
        purposes: Collection[str] | None,
        *,
        now: datetime,
    ) -> Changed:
        changed = await self.consents.withdrawals.withdraw(
            connection,
            held,
            purposes,
            guardian_id=None,
            actor=holder(held.account_id),
            cause=Cause.HOLDER_WITHDREW,
            now=now,
        )
        if changed.grants:
            await note(connection, held, EventType.CONSENT_WITHDRAWN, now=now)
        return changed

    async def _lock(self, connection: Connection, account_id: AccountId) -> Held:
        held = await self.held.lock(connection, account_id)
        if held is None:
            raise AccountUnknown
        return held

    async def _lock_alone(self, connection: Connection, account_id: AccountId) -> Held:
        held = await self._lock(connection, account_id)
        if not decides_alone(held):
            raise GuardianDecides
        return held
