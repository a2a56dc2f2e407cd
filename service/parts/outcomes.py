"""What providers of age proofs say, and everything that follows from it."""

from service.age_assurance.appeals import AppealProofs
from service.age_assurance.outcomes import ProofOutcomes
from service.parts.consent import ConsentParts
from service.parts.ground import Ground
from service.parts.guardians import GuardianParts
from service.parts.registration import RegistrationParts


def join_outcomes(
    ground: Ground,
    *,
    registration: RegistrationParts,
    guardians: GuardianParts,
    consent: ConsentParts,
) -> ProofOutcomes:
    """Join what takes the word of providers."""
    verifying = guardians.flows.verifying
    return ProofOutcomes(
        pool=ground.pool,
        clock=ground.clock,
        keys=ground.keys,
        applicants=registration.proofs,
        holders=AppealProofs(
            base_url=ground.base_url,
            pool=ground.pool,
            clock=ground.clock,
            providers=ground.given.providers,
            decisions=ground.decisions,
            appeals=guardians.appeals,
            outbox=ground.outbox,
        ),
        verifying=verifying,
        guardians=verifying.adults.guardians,
        disqualified=consent.disqualified,
        waiting=registration.progress,
        held=verifying.requests.held,
        minors=guardians.minors,
        outbox=ground.outbox,
    )
