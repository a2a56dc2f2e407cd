"""Proofs of age under way in PostgreSQL."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from service.age_assurance.providers import Outcome, ProofId, Role
from service.domain.consent import ConsentRequestId
from service.domain.profiles import AppName, ProofMethod
from service.domain.registration import RegistrationId
from service.kit import queries
from service.kit.database import Connection

_sql = queries.load("age_assurance")

REVOKED: Final = "revoked"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianProof:
    """A proof that the guardian of a consent request is *threshold* or older."""

    proof_id: ProofId
    request_id: ConsentRequestId
    app: AppName
    language: str
    method: ProofMethod
    provider: str
    threshold: int
    pending: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What was said of a proof, and who rests on it: nobody, where it was not *over*.

    *outcome* None means that it was revoked since.
    """

    role: Role
    subject_id: UUID | None
    outcome: Outcome | None


async def add_of_guardian(
    connection: Connection,
    proof_id: ProofId,
    request_id: ConsentRequestId,
    method: ProofMethod,
    *,
    provider: str,
    threshold: int,
    at: datetime,
) -> None:
    """Keep a guardian's proof that begins; one before it leads to nothing."""
    await close_pending_of_guardian(connection, request_id)
    await _sql["add_guardian_proof"].run(
        connection,
        proof_id=proof_id,
        consent_request_id=request_id,
        method=method,
        provider=provider,
        threshold=threshold,
        started_at=at,
    )


async def find_of_guardian(
    connection: Connection, proof_id: ProofId
) -> GuardianProof | None:
    """Return a guardian's proof, or None."""
    row = await _sql["find_guardian_proof"].one(connection, proof_id=proof_id)
    if row is None:
        return None
    return GuardianProof(
        proof_id=ProofId(row["proof_id"]),
        request_id=ConsentRequestId(row["consent_request_id"]),
        app=AppName(row["app"]),
        language=row["language"],
        method=ProofMethod(row["method"]),
        provider=row["provider"],
        threshold=row["threshold"],
        pending=row["state"] == "pending",
    )


async def close_pending_of_guardian(
    connection: Connection, request_id: ConsentRequestId
) -> None:
    """Note that a guardian's proof under way led to nothing."""
    await _sql["close_pending_guardian_proof"].run(
        connection, consent_request_id=request_id
    )


async def delete_of_guardian(connection: Connection, proof_id: ProofId) -> None:
    """Forget a guardian's proof."""
    await _sql["delete_guardian_proof"].run(connection, proof_id=proof_id)


async def lock(connection: Connection, proof_id: ProofId) -> None:
    """Let nobody else say anything of this proof meanwhile."""
    number = int.from_bytes(proof_id.bytes[8:], signed=True)
    await _sql["lock_proof"].value(connection, lock_number=number)


async def find_result(connection: Connection, proof_id: ProofId) -> Result | None:
    """Return what was said of a proof, or None."""
    row = await _sql["find_result"].one(connection, proof_id=proof_id)
    if row is None:
        return None
    outcome = row["outcome"]
    return Result(
        role=Role(row["role"]),
        subject_id=row["subject_id"],
        outcome=None if outcome == REVOKED else Outcome(outcome),
    )


async def keep_result(
    connection: Connection, proof_id: ProofId, result: Result, *, at: datetime
) -> None:
    """Keep what was said of a proof, in the place of what was said before."""
    await _sql["keep_result"].run(
        connection,
        proof_id=proof_id,
        role=result.role,
        subject_id=result.subject_id,
        outcome=result.outcome or REVOKED,
        concluded_at=at,
    )


async def use_digest(
    connection: Connection, digest_hash: bytes, *, at: datetime
) -> bool:
    """Use a proof up; False, and counted, when it was used before."""
    if await _sql["use_digest"].run(connection, digest_hash=digest_hash, used_at=at):
        return True
    await _sql["count_replay"].run(connection, digest_hash=digest_hash)
    return False


async def sweep(
    connection: Connection, *, results_before: datetime, digests_before: datetime
) -> int:
    """Delete what was said long ago and nobody rests on, and old digests; how many."""
    results = await _sql["delete_results_before"].run(connection, before=results_before)
    digests = await _sql["delete_digests_before"].run(connection, before=digests_before)
    return results + digests
