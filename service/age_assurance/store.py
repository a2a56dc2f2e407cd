"""Proofs of age under way in PostgreSQL."""

from dataclasses import dataclass
from datetime import datetime

from service.age_assurance.providers import ProofId
from service.domain.profiles import ProofMethod
from service.domain.registration import RegistrationId
from service.kit import queries
from service.kit.database import Connection

_sql = queries.load("age_assurance")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A proof of being *threshold* years old or more; *pending* until it is told."""

    proof_id: ProofId
    registration_id: RegistrationId
    method: ProofMethod
    threshold: int
    pending: bool


async def add(
    connection: Connection, proof: Proof, *, provider: str, at: datetime
) -> None:
    """Keep a proof that begins."""
    await _sql["add_proof"].run(
        connection,
        proof_id=proof.proof_id,
        registration_id=proof.registration_id,
        method=proof.method,
        provider=provider,
        threshold=proof.threshold,
        started_at=at,
    )


async def find(connection: Connection, proof_id: ProofId) -> Proof | None:
    """Return a proof, or None."""
    row = await _sql["find_proof"].one(connection, proof_id=proof_id)
    if row is None:
        return None
    return Proof(
        proof_id=ProofId(row["proof_id"]),
        registration_id=RegistrationId(row["registration_id"]),
        method=ProofMethod(row["method"]),
        threshold=row["threshold"],
        pending=row["state"] == "pending",
    )


async def count(connection: Connection, registration_id: RegistrationId) -> int:
    """Return how often a registration has begun a proof."""
    found = await _sql["count_proofs"].value(
        connection, registration_id=registration_id
    )
    return int(str(found))


async def close_pending(
    connection: Connection, registration_id: RegistrationId
) -> None:
    """Note that the proof under way led to nothing."""
    await _sql["close_pending_proof"].run(connection, registration_id=registration_id)


async def delete(connection: Connection, proof_id: ProofId) -> None:
    """Forget a proof."""
    await _sql["delete_proof"].run(connection, proof_id=proof_id)
