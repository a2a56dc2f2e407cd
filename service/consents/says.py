"""Who has a say about an account, and what stands against a purpose."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from service.accounts.held import Held
from service.consents import quorum_store, store
from service.domain.accounts import AccountId
from service.domain.consent import GuardianId
from service.domain.disputes import Dispute, DisputeId, Outcome
from service.domain.profiles import AgeMode, PolicyProfile
from service.domain.quorums import Say
from service.gate.decisions import AgeDecisions
from service.kit.database import Connection
from service.kit.ids import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Says:
    """The words of guardians beside their grants; in the caller's transaction."""

    decisions: AgeDecisions

    async def of(self, connection: Connection, held: Held, *, now: datetime) -> Say:
        """Return who has a say about an account, and what stands against it."""
        account_id = held.account_id
        bonds = await store.find_bonds(connection, account_id)
        return Say(
            guardians=frozenset(one.guardian_id for one in bonds),
            objections=await quorum_store.find_objections(connection, account_id),
            joint=self.is_joint(held.profile, held.account.country, now=now),
            disputed=await quorum_store.is_disputed(connection, account_id),
        )

    def is_joint(
        self, profile: PolicyProfile, country: str | None, *, now: datetime
    ) -> bool:
        """Tell whether the law of the place wants the child's own yes as well.

        Whoever needs a guardian there is below the age that the law names.
        """
        if profile.age.mode is not AgeMode.GUARDIAN or not profile.age.law_applies:
            return False
        place = self.decisions.jurisdiction(profile, country, now=now)
        return place is not None and place.joint_consent_below is not None

    async def object(
        self,
        connection: Connection,
        account_id: AccountId,
        guardian_id: GuardianId,
        purposes: Collection[str],
        *,
        now: datetime,
    ) -> None:
        """Note that a guardian stops *purposes*, whoever agreed to them."""
        await quorum_store.add_objections(
            connection, account_id, guardian_id, purposes, at=now
        )

    async def agree(
        self,
        connection: Connection,
        account_id: AccountId,
        guardian_id: UUID,
        purposes: Collection[str],
    ) -> None:
        """Note that a guardian, who may have stopped *purposes*, agrees to them."""
        await quorum_store.lift_objections(
            connection, account_id, guardian_id, purposes
        )

    async def restore(self, connection: Connection, account_id: AccountId) -> None:
        """Let it be as if no guardian had stopped anything."""
        await quorum_store.drop_objections(connection, account_id)

    async def open_dispute(
        self,
        connection: Connection,
        held: Held,
        guardian_id: GuardianId,
        *,
        now: datetime,
    ) -> Dispute | None:
        """Open a case for an operator; None where there is one already."""
        dispute = Dispute(
            dispute_id=DisputeId(new_id(now)),
            app=held.account.app,
            account_id=held.account_id,
            opened_by=guardian_id,
            opened_at=now,
        )
        added = await quorum_store.add_dispute(connection, dispute)
        return dispute if added else None

    async def disputes(self, connection: Connection) -> Sequence[Dispute]:
        """Return every case that waits for an operator, the oldest first."""
        return await quorum_store.find_disputes(connection)

    async def dispute(
        self, connection: Connection, dispute_id: DisputeId
    ) -> Dispute | None:
        """Return a case that waits for an operator, or None."""
        return await quorum_store.find_dispute(connection, dispute_id)

    async def propose(
        self,
        connection: Connection,
        dispute_id: DisputeId,
        outcome: Outcome,
        operator: str,
    ) -> None:
        """Keep what a first operator decides, until a second says the same."""
        await quorum_store.propose(connection, dispute_id, outcome, operator)

    async def resolve(
        self, connection: Connection, dispute_id: DisputeId, *, now: datetime
    ) -> bool:
        """Note that a case is decided; False when it was before."""
        return await quorum_store.resolve(connection, dispute_id, at=now)
