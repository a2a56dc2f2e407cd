"""What the holder of an account decides about their data, who decides alone."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from service.accounts.flows import AccountFlows
from service.accounts.held import Held, HeldAccounts
from service.consents.flows import Changed, Consents
from service.domain.accounts import AccountId
from service.domain.actors import Actor, ActorKind
from service.domain.decisions import DecisionKind
from service.domain.events import Cause
from service.domain.grants import Giver, Grant
from service.domain.refusals import AccountUnknown, GuardianDecides, PurposesWrong
from service.kit.clock import Clock
from service.kit.database import Connection, Pool, transaction
from service.kit.ids import new_id

OWN_WORD: Final = "form"
"""The method of a grant that the holder gave in a form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnWord:
    """The holder's own decisions; for whom a guardian decides, none."""

    pool: Pool
    clock: Clock
    accounts: AccountFlows
    held: HeldAccounts
    consents: Consents

    async def decide(self, account_id: AccountId, purposes: Collection[str]) -> Changed:
        """Take the holder's word: what is essential is on, and *purposes* beyond it.

        What a guardian had granted is handed over by it, once and for all; what the
        holder does not name is off. A suspended account that lacked consent goes on.
        Raises PurposesWrong, AccountUnknown or GuardianDecides.
        """
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            held = await self._lock(connection, account_id)
            profile, policy = held.profile, held.profile.current_policy(now.date())
            chosen = [profile.purpose(one) for one in purposes]
            if None in chosen:
                raise PurposesWrong
            grants = [
                Grant(
                    grant_id=new_id(now),
                    account_id=account_id,
                    purpose=one.id,
                    given_by=Giver.HOLDER,
                    giver_id=account_id,
                    method=OWN_WORD,
                    strength=0,
                    policy_version=policy.version,
                    given_at=now,
                    ends_at=None,
                )
                for one in profile.purposes
                if one.essential or one in chosen
            ]
            await self.accounts.accept(
                connection, account_id, policy, Giver.HOLDER, at=now
            )
            return await self.consents.hand_over(
                connection, held, grants, actor=_holder(account_id), now=now
            )

    async def withdraw(
        self, account_id: AccountId, purposes: Collection[str] | None
    ) -> Changed:
        """Withdraw consent for *purposes*, or all of it, whoever gave it; at once."""
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            held = await self._lock(connection, account_id)
            return await self.consents.withdraw(
                connection,
                held,
                purposes,
                guardian_id=None,
                actor=_holder(account_id),
                cause=Cause.HOLDER_WITHDREW,
                now=now,
            )

    async def _lock(self, connection: Connection, account_id: AccountId) -> Held:
        held = await self.held.lock(connection, account_id)
        if held is None:
            raise AccountUnknown
        if held.account.decision is not DecisionKind.ADMIT:
            raise GuardianDecides
        return held


def _holder(account_id: AccountId) -> Actor:
    return Actor(ActorKind.HOLDER, account_id)
