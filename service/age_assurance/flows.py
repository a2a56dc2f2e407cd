"""Proving an age: begun by the applicant, decided by what the provider says."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, assert_never

from service.accounts.waiting import Standing, Waiting
from service.age_assurance import store
from service.age_assurance.providers import (
    RETURN_PATHS,
    Outcome,
    ProofId,
    ProofProvider,
    ProofStep,
    ProofWanted,
    Role,
)
from service.age_assurance.store import Proof
from service.domain.actors import APPLICANT, PROVIDER
from service.domain.age import ProvenAge
from service.domain.decisions import DecisionKind
from service.domain.events import Cause, EventType
from service.domain.profiles import LegalGround, PolicyProfile, ProofMethod
from service.domain.refusals import (
    ProofMethodUnknown,
    ProofsUsedUp,
    ProofUnavailable,
    ProofUnknown,
    StepNotDue,
)
from service.domain.registration import PROOF_TRIES, RegistrationId, State
from service.gate.checks import Known
from service.gate.decisions import AgeDecisions
from service.gate.flows import GateFlows
from service.kit.clock import Clock
from service.kit.database import Connection, Pool, transaction
from service.kit.ids import new_id
from service.outbox.flows import Outbox

PROVIDER_SECONDS: Final = 10.0


async def begun(provider: ProofProvider, wanted: ProofWanted) -> ProofStep:
    """Return where a person goes, or raise ProofUnavailable."""
    try:
        async with asyncio.timeout(PROVIDER_SECONDS):
            return await provider.start(wanted)
    except OSError as error:  # a TimeoutError is one
        raise ProofUnavailable from error


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofFlows:
    """How an age is proven."""

    base_url: str
    pool: Pool
    clock: Clock
    providers: Mapping[str, ProofProvider]
    waiting: Waiting
    gate: GateFlows
    decisions: AgeDecisions
    outbox: Outbox

    async def start(
        self, registration_id: RegistrationId, method: ProofMethod
    ) -> ProofStep:
        """Begin a proof, and return where the applicant goes for it.

        A proof begun before and not finished counts as one that led to nothing; after
        a few of them no more can be begun. One that the provider could not begin does
        not count.
        """
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            standing = await self._due(connection, registration_id)
            provider = self._provider(standing.profile, method)
            proof = await self._begin(
                connection, standing, method, provider.name, now=now
            )
        wanted = ProofWanted(
            proof_id=proof.proof_id,
            app=standing.profile.app,
            method=method,
            threshold=proof.threshold,
            language=standing.registration.language,
            role=Role.APPLICANT,
            return_url=f"{self.base_url}{RETURN_PATHS[Role.APPLICANT]}",
        )
        try:
            return await begun(provider, wanted)
        except ProofUnavailable:
            await self._take_back(proof)
            raise

    def _provider(self, profile: PolicyProfile, method: ProofMethod) -> ProofProvider:
        if method not in profile.age.proof:
            raise ProofMethodUnknown
        provider = self.providers.get(profile.age_proof_provider or "")
        if provider is None:
            raise ProofUnavailable
        return provider

    async def _begin(
        self,
        connection: Connection,
        standing: Standing,
        method: ProofMethod,
        provider: str,
        *,
        now: datetime,
    ) -> Proof:
        registration_id = standing.registration.registration_id
        if await store.count(connection, registration_id) >= PROOF_TRIES:
            raise ProofsUsedUp
        await store.close_pending(connection, registration_id)
        proof = Proof(
            proof_id=ProofId(new_id(now)),
            registration_id=registration_id,
            method=method,
            threshold=self._threshold(standing, now=now),
            pending=True,
        )
        await store.add(connection, proof, provider=provider, at=now)
        cause = Cause.PROOF_STARTED
        await self._tell(
            connection, standing, EventType.AGE_PROOF_REQUESTED, cause, method, now=now
        )
        await self.waiting.advance(
            connection,
            standing,
            cause=cause,
            actor=APPLICANT,
            now=now,
            proof_under_way=True,
        )
        return proof

    async def _take_back(self, proof: Proof) -> None:
        """Forget a proof that its provider could not begin."""
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            standing = await self._due(connection, proof.registration_id)
            await store.delete(connection, proof.proof_id)
            await self.waiting.advance(
                connection, standing, cause=Cause.PROOF_FAILED, actor=PROVIDER, now=now
            )

    async def conclude(
        self,
        connection: Connection,
        proof_id: ProofId,
        outcome: Outcome,
        *,
        now: datetime,
    ) -> tuple[RegistrationId, State]:
        """Take what a provider says, and return where which registration stands.

        Proven: the account opens. Proven too young: everything is deleted at once
        (CP-6), even if another proof was begun meanwhile. Neither: another try, as
        long as there are tries left.
        """
        found = await store.find(connection, proof_id)
        if found is None:
            raise ProofUnknown
        standing = await self._due(connection, found.registration_id)
        proof = await store.find(connection, proof_id)  # now under the lock
        if proof is None or not (proof.pending or outcome is Outcome.UNDER):
            raise ProofUnknown
        await store.close_pending(connection, proof.registration_id)
        match outcome:
            case Outcome.OVER:
                state = await self._proven(connection, standing, proof, now=now)
            case Outcome.UNDER:
                state = await self._too_young(connection, standing, proof, now=now)
            case Outcome.INCONCLUSIVE:
                state = await self._failed(connection, standing, proof, now=now)
            case _:
                assert_never(outcome)
        return proof.registration_id, state

    async def _due(
        self, connection: Connection, registration_id: RegistrationId
    ) -> Standing:
        standing = await self.waiting.take(connection, registration_id)
        if standing.registration.state not in {State.ASK_PROOF, State.AWAITING_PROOF}:
            raise StepNotDue
        return standing

    async def _proven(
        self,
        connection: Connection,
        standing: Standing,
        proof: Proof,
        *,
        now: datetime,
    ) -> State:
        proven = ProvenAge(over=proof.threshold)
        known = Known(proof.method)
        check = self.decisions.after_proof(
            standing.registration, standing.profile, proven, known, now=now
        )
        if check is None or check.decision.kind is not DecisionKind.ADMIT:
            return await self._failed(connection, standing, proof, now=now)
        await self._tell(
            connection,
            standing,
            EventType.AGE_PROOF_ACCEPTED,
            Cause.PROOF_ACCEPTED,
            proof.method,
            now=now,
        )
        older = await self.waiting.rest_on(connection, standing, check, now=now)
        return await self.waiting.advance(
            connection, older, cause=Cause.PROOF_ACCEPTED, actor=PROVIDER, now=now
        )

    async def _too_young(
        self,
        connection: Connection,
        standing: Standing,
        proof: Proof,
        *,
        now: datetime,
    ) -> State:
        await self._tell(
            connection,
            standing,
            EventType.AGE_MINOR_DETECTED,
            Cause.PROVEN_TOO_YOUNG,
            proof.method,
            now=now,
        )
        registration = standing.registration
        contacts = [one for one in (registration.email, registration.phone) if one]
        await self.gate.lock_out(connection, standing.profile, contacts, now=now)
        await self.waiting.end(
            connection,
            standing,
            cause=Cause.PROVEN_TOO_YOUNG,
            actor=PROVIDER,
            now=now,
        )
        return State.ENDED

    async def _failed(
        self,
        connection: Connection,
        standing: Standing,
        proof: Proof,
        *,
        now: datetime,
    ) -> State:
        await self._tell(
            connection,
            standing,
            EventType.AGE_PROOF_FAILED,
            Cause.PROOF_FAILED,
            proof.method,
            now=now,
        )
        registration_id = standing.registration.registration_id
        if await store.count(connection, registration_id) >= PROOF_TRIES:
            await self.waiting.end(
                connection, standing, cause=Cause.PROOF_FAILED, actor=PROVIDER, now=now
            )
            return State.ENDED
        return await self.waiting.advance(
            connection, standing, cause=Cause.PROOF_FAILED, actor=PROVIDER, now=now
        )

    def _threshold(self, standing: Standing, *, now: datetime) -> int:
        """Return the age that has to be proven."""
        registration = standing.registration
        return self.decisions.age_to_prove(
            standing.profile, registration.country, now=now
        )

    async def _tell(
        self,
        connection: Connection,
        standing: Standing,
        event_type: EventType,
        cause: Cause,
        method: ProofMethod,
        *,
        now: datetime,
    ) -> None:
        event = standing.registration.event(
            event_type,
            cause,
            APPLICANT if cause is Cause.PROOF_STARTED else PROVIDER,
            legal_ground=LegalGround.LEGAL_OBLIGATION,
            assurance=method,
        )
        await self.outbox.record(connection, event, at=now)
