"""What a guardian who is signed in decides about a child: consent, and who else."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from service.accounts.flows import AccountFlows
from service.consents.flows import Consents
from service.consents.grants import grants_of
from service.domain import consent
from service.domain.accounts import AccountId
from service.domain.consent import ConsentRequest, GuardianId
from service.domain.consent_methods import Method
from service.domain.events import Cause
from service.domain.grants import Giver, Grant
from service.domain.guardian_factors import GuardianSession, check_known
from service.guardian_accounts.children import (
    Child,
    Children,
    guardian_actor,
    note,
)
from service.guardians.granted import Granted
from service.guardians.second import Invitation, SecondGuardians
from service.kit.clock import Clock
from service.kit.database import Connection, Pool, transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildConsents:
    """What guardians say who are signed in."""

    pool: Pool
    clock: Clock
    children: Children
    accounts: AccountFlows
    consents: Consents
    second: SecondGuardians

    async def withdraw(
        self,
        guardian_id: GuardianId,
        account_id: AccountId,
        purposes: Collection[str] | None,
    ) -> Child:
        """Withdraw consent for *purposes*, or for everything; with effect at once."""
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            granted = await self.children.granted(
                connection, guardian_id, account_id, now=now
            )
            changed = await self.consents.withdrawals.withdraw(
                connection,
                granted.held,
                purposes,
                guardian_id=guardian_id,
                actor=guardian_actor(guardian_id),
                cause=Cause.GUARDIAN_WITHDREW,
                now=now,
            )
            if changed.grants:
                await note(connection, granted, "consent.withdrawn", now=now)
            return await self.children.child(
                connection, guardian_id, account_id, now=now
            )

    async def give(
        self,
        session: GuardianSession,
        account_id: AccountId,
        purposes: Collection[str],
    ) -> Child:
        """Agree to *purposes* and what is essential, as the guardian they are known as.

        Raises GuardianAccountInsufficient for who did not use a second factor, or was
        never verified, and PurposesWrong where that is not enough: then they are asked
        by mail.
        """
        now, guardian_id = self.clock.now(), session.guardian_id
        async with transaction(self.pool) as connection:
            granted = await self.children.granted(
                connection, guardian_id, account_id, now=now
            )
            grants = await self._grants(connection, granted, session, purposes, now=now)
            await self.consents.by_guardians.give(
                connection,
                granted.held,
                granted.guardian,
                grants,
                renewed=True,
                actor=guardian_actor(guardian_id),
                now=now,
            )
            await note(connection, granted, "consent.given", now=now)
            return await self.children.child(
                connection, guardian_id, account_id, now=now
            )

    async def invite(
        self, guardian_id: GuardianId, account_id: AccountId, wish: Invitation
    ) -> ConsentRequest:
        """Name another guardian, and return what they need to know."""
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            granted = await self.children.granted(
                connection, guardian_id, account_id, now=now
            )
            return await self.second.invite_by(connection, granted, wish, now=now)

    async def dispute(self, guardian_id: GuardianId, account_id: AccountId) -> Child:
        """Tell the operator that guardians disagree."""
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            granted = await self.children.granted(
                connection, guardian_id, account_id, now=now
            )
            await self.second.dispute_by(connection, granted, now=now)
            return await self.children.child(
                connection, guardian_id, account_id, now=now
            )

    async def _grants(
        self,
        connection: Connection,
        granted: Granted,
        session: GuardianSession,
        purposes: Collection[str],
        *,
        now: datetime,
    ) -> list[Grant]:
        """Return what a guardian grants, who agrees to the policy that counts now."""
        held, profile = granted.held, granted.profile
        guardian_id, method = granted.guardian.guardian_id, Method.GUARDIAN_ACCOUNT
        verified_by = await self.children.guardians.verified_by(connection, guardian_id)
        check_known(session.methods, session.enrolled, verified_by)
        chosen = consent.purposes_given(
            profile,
            purposes,
            method,
            country=held.account.country,
            today=now.date(),
            verified_by=verified_by,
        )
        policy = profile.current_policy(now.date())
        await self.accounts.accept(
            connection, held.account_id, policy, Giver.GUARDIAN, at=now
        )
        return grants_of(
            held.account_id,
            chosen,
            profile=profile,
            guardian_id=guardian_id,
            method=method,
            verified_by=verified_by,
            policy_version=policy.version,
            now=now,
        )
