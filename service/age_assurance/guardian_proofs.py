"""Guardians who prove at a provider that they are adults: by card or document."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from service.age_assurance import store
from service.age_assurance.flows import begun
from service.age_assurance.providers import (
    RETURN_PATHS,
    Outcome,
    ProofId,
    ProofProvider,
    ProofWanted,
    Role,
)
from service.domain.consent import Verdict
from service.domain.consent_methods import Method
from service.domain.jurisdictions import ADULT_AGE
from service.domain.profiles import ProofMethod
from service.domain.refusals import ProofUnavailable, ProofUnknown
from service.gate.decisions import AgeDecisions
from service.guardians.asked import Asked
from service.guardians.verifying import Decided, Verifying
from service.kit.database import Connection, Pool, transaction
from service.kit.ids import new_id

VERDICTS: Final[Mapping[Outcome, Verdict]] = {
    Outcome.OVER: Verdict.VERIFIED,
    Outcome.UNDER: Verdict.TOO_YOUNG,
    Outcome.INCONCLUSIVE: Verdict.UNCERTAIN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianProofs:
    """Begins what guardians/verifying.py asks for; only the outcome comes here."""

    base_url: str
    pool: Pool
    providers: Mapping[str, ProofProvider]
    decisions: AgeDecisions

    async def begin(
        self, connection: Connection, asked: Asked, method: Method, *, now: datetime
    ) -> UUID:
        """Note that a guardian is to prove the age of majority where the child lives.

        Raises ProofUnavailable where the operator has no provider.
        """
        provider = asked.profile.age_proof_provider
        if provider is None or provider not in self.providers:
            raise ProofUnavailable
        place = self.decisions.jurisdiction(asked.profile, asked.country, now=now)
        proof_id = ProofId(new_id(now))
        await store.add_of_guardian(
            connection,
            proof_id,
            asked.request.consent_request_id,
            ProofMethod(method),
            provider=provider,
            threshold=ADULT_AGE if place is None else place.adult_age,
            at=now,
        )
        return proof_id

    async def start(self, verification_id: UUID) -> str:
        """Return the provider's address; one that can't begin is forgotten."""
        proof_id = ProofId(verification_id)
        async with transaction(self.pool) as connection:
            proof = await store.find_of_guardian(connection, proof_id)
        if proof is None:  # the guardian has refused meanwhile, elsewhere
            raise ProofUnavailable
        wanted = ProofWanted(
            proof_id=proof_id,
            app=proof.app,
            method=proof.method,
            threshold=proof.threshold,
            language=proof.language,
            role=Role.GUARDIAN,
            return_url=f"{self.base_url}{RETURN_PATHS[Role.GUARDIAN]}",
        )
        try:
            step = await begun(self.providers[proof.provider], wanted)
        except ProofUnavailable:
            async with transaction(self.pool) as connection:
                await store.delete_of_guardian(connection, proof_id)
            raise
        return step.href


async def conclude(
    connection: Connection,
    verifying: Verifying,
    proof_id: ProofId,
    outcome: Outcome,
    *,
    now: datetime,
) -> tuple[Asked, Decided]:
    """Let what a provider says of a guardian count, or raise ProofUnknown.

    Too young, it counts also when the guardian has begun another proof meanwhile.
    """
    found = await store.find_of_guardian(connection, proof_id)
    if found is None:
        raise ProofUnknown
    method = Method(found.method)
    under = outcome is Outcome.UNDER
    waits_by = None if under else method
    asked = await verifying.lock(connection, found.request_id, waits_by, now=now)
    proof = await store.find_of_guardian(connection, proof_id)  # now under the lock
    if asked is None or proof is None or not (proof.pending or under):
        raise ProofUnknown
    await store.close_pending_of_guardian(connection, proof.request_id)
    verdict = VERDICTS[outcome]
    return asked, await verifying.decide(connection, asked, verdict, method, now=now)
