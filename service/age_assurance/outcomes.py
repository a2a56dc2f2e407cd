"""What providers say of a proof: of applicants and guardians, each time it is said."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias
from uuid import UUID

from service.accounts.held import Held, HeldAccounts
from service.accounts.waiting import Waiting
from service.age_assurance import appeal_store, guardian_proofs, store
from service.age_assurance.appeals import AppealProofs
from service.age_assurance.flows import ProofFlows
from service.age_assurance.metrics import REPLAYED, REVOKED
from service.age_assurance.providers import Outcome, ProofId, Role
from service.age_assurance.store import Result
from service.audit import log as audit
from service.consents.people import Guardians
from service.domain.accounts import AccountId
from service.domain.actors import PROVIDER
from service.domain.appeals import AppealState
from service.domain.audit import Entry
from service.domain.consent import GuardianId
from service.domain.events import Cause, EventType
from service.domain.refusals import ProofConcluded, ProofReplayed, ProofUnknown
from service.domain.registration import RegistrationId, State
from service.guardians.disqualified import Disqualified
from service.guardians.verifying import Decided, Verifying
from service.kit.clock import Clock
from service.kit.database import Connection, Pool, transaction
from service.kit.secrets import KeyRing
from service.minors.flows import MinorFlows
from service.outbox.flows import Outbox

RESULTS_KEPT: Final = timedelta(days=30)
DIGESTS_KEPT: Final = timedelta(days=365)
REJECTED: Final = frozenset({State.ASK_PROOF, State.AWAITING_PROOF, State.ENDED})
"""Where a registration stands whose proof was not accepted."""

Led: TypeAlias = State | Decided | AppealState


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofOutcomes:
    """Takes what providers say; saying it twice changes nothing."""

    pool: Pool
    clock: Clock
    keys: KeyRing
    applicants: ProofFlows
    holders: AppealProofs
    verifying: Verifying
    guardians: Guardians
    disqualified: Disqualified
    waiting: Waiting
    held: HeldAccounts
    minors: MinorFlows
    outbox: Outbox

    async def take(
        self, proof_id: ProofId, outcome: Outcome, *, digest: str | None = None
    ) -> Led | None:
        """Let an outcome count, and return what it led to; None where it was known.

        *digest* is what the provider calls this very proof: the same one is never
        accepted for another person. One that was used before counts as a try that led
        to nothing. Raises ProofUnknown, ProofConcluded where something else was said
        before, and ProofReplayed.
        """
        now, replayed = self.clock.now(), False
        async with transaction(self.pool) as connection:
            known = await store.find_result(connection, proof_id)
            if known is not None and known.outcome is outcome:
                return None  # without waiting for whoever says it, too
            await store.lock(connection, proof_id)
            before = await store.find_result(connection, proof_id)
            if before is not None:
                if before.outcome is outcome:
                    return None
                doubt = before.outcome is Outcome.INCONCLUSIVE
                if not (doubt and outcome is Outcome.UNDER):
                    raise ProofConcluded
            if digest is not None and before is None:
                used = self.keys.blind_index("proof digest", digest)
                replayed = not await store.use_digest(connection, used, at=now)
            counted = Outcome.INCONCLUSIVE if replayed else outcome
            result, led = await self._count(connection, proof_id, counted, now=now)
            await store.keep_result(connection, proof_id, result, at=now)
        if replayed:  # the try is spent: say no only after the commit
            REPLAYED.labels(result.role).inc()
            raise ProofReplayed
        return led

    async def revoke(self, proof_id: ProofId) -> None:
        """Let everything fall at once that rests on a proof.

        An account goes back to an age review; of a guardian, all that they granted is
        invalid. Raises ProofUnknown where nothing rests on it.
        """
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            await store.lock(connection, proof_id)
            before = await store.find_result(connection, proof_id)
            if before is None:
                raise ProofUnknown
            if before.outcome is None:
                return
            if before.subject_id is None:
                raise ProofConcluded
            if before.role is Role.GUARDIAN:
                guardian_id = GuardianId(before.subject_id)
                why = "verification revoked by its provider"
                await self.disqualified.bar_by(
                    connection, guardian_id, why, actor=PROVIDER, now=now
                )
            else:
                await self._reopen(connection, before.subject_id, now=now)
            result = Result(
                role=before.role, subject_id=before.subject_id, outcome=None
            )
            await store.keep_result(connection, proof_id, result, at=now)
        REVOKED.labels(result.role).inc()

    async def sweep(self, connection: Connection, *, now: datetime) -> int:
        """Forget what was said long ago, and who it was about is gone; how much."""
        return await store.sweep(
            connection,
            results_before=now - RESULTS_KEPT,
            digests_before=now - DIGESTS_KEPT,
        )

    async def _count(
        self,
        connection: Connection,
        proof_id: ProofId,
        outcome: Outcome,
        *,
        now: datetime,
    ) -> tuple[Result, Led]:
        """Let an outcome count for whom the proof is about."""
        subject_id: UUID | None = None
        led: Led
        if await store.find_of_guardian(connection, proof_id) is not None:
            role = Role.GUARDIAN
            asked, led = await guardian_proofs.conclude(
                connection, self.verifying, proof_id, outcome, now=now
            )
            request = asked.request
            known = await self.guardians.known(
                connection, request.app, request.guardian_contact
            )
            if led is Decided.GRANTED and known is not None:
                subject_id = known[0]
        elif await appeal_store.find(connection, proof_id) is not None:
            role = Role.HOLDER
            account_id, led = await self.holders.conclude(
                connection, proof_id, outcome, now=now
            )
            if led is AppealState.UPHELD:
                subject_id = account_id
        else:
            role = Role.APPLICANT
            registration_id, led = await self.applicants.conclude(
                connection, proof_id, outcome, now=now
            )
            if outcome is Outcome.OVER and led not in REJECTED:
                subject_id = registration_id
        return Result(role=role, subject_id=subject_id, outcome=outcome), led

    async def _reopen(
        self, connection: Connection, subject_id: UUID, *, now: datetime
    ) -> None:
        """Review an age that is not proven any more; a sign-up under way ends."""
        held = await self.held.lock(connection, AccountId(subject_id))
        if held is not None:
            await self._freeze(connection, held, now=now)
            return
        standing = await self.waiting.lock(connection, RegistrationId(subject_id))
        if standing is None:
            return
        await self.waiting.end(
            connection,
            standing,
            cause=Cause.ASSURANCE_REVOKED,
            actor=PROVIDER,
            now=now,
        )

    async def _freeze(
        self, connection: Connection, held: Held, *, now: datetime
    ) -> None:
        cause = Cause.ASSURANCE_REVOKED
        event = held.event(EventType.AGE_ASSURANCE_REVOKED, cause, PROVIDER)
        await self.outbox.record(connection, event, at=now)
        await self.minors.freeze_for(
            connection, held, cause=cause, actor=PROVIDER, now=now
        )
        entry = Entry(
            app=held.account.app,
            subject_id=held.account_id,
            actor=PROVIDER,
            action="age.revoked",
        )
        await audit.record(connection, entry, at=now)
