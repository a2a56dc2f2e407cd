"""The proofs by which holders appeal, in PostgreSQL."""

from dataclasses import dataclass
from datetime import datetime

from service.age_assurance.providers import ProofId
from service.domain.accounts import AccountId
from service.domain.appeals import AppealId
from service.domain.profiles import ProofMethod
from service.kit import queries
from service.kit.database import Connection

_sql = queries.load("age_assurance")


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealProof:
    """A proof that the holder of an account under review is *threshold* or older."""

    proof_id: ProofId
    appeal_id: AppealId
    account_id: AccountId
    method: ProofMethod
    threshold: int
    pending: bool


async def add(
    connection: Connection, proof: AppealProof, *, provider: str, at: datetime
) -> None:
    """Keep a holder's proof that begins; one before it leads to nothing."""
    await close_pending(connection, proof.appeal_id)
    await _sql["add_appeal_proof"].run(
        connection,
        proof_id=proof.proof_id,
        appeal_id=proof.appeal_id,
        method=proof.method,
        provider=provider,
        threshold=proof.threshold,
        started_at=at,
    )


async def find(connection: Connection, proof_id: ProofId) -> AppealProof | None:
    """Return a holder's proof, or None."""
    row = await _sql["find_appeal_proof"].one(connection, proof_id=proof_id)
    if row is None:
        return None
    return AppealProof(
        proof_id=ProofId(row["proof_id"]),
        appeal_id=AppealId(row["appeal_id"]),
        account_id=AccountId(row["account_id"]),
        method=ProofMethod(row["method"]),
        threshold=row["threshold"],
        pending=row["state"] == "pending",
    )


async def count(connection: Connection, appeal_id: AppealId) -> int:
    """Return how many proofs were begun for an appeal."""
    found = await _sql["count_appeal_proofs"].value(connection, appeal_id=appeal_id)
    return int(str(found))


async def close_pending(connection: Connection, appeal_id: AppealId) -> None:
    """Note that a holder's proof under way led to nothing."""
    await _sql["close_pending_appeal_proof"].run(connection, appeal_id=appeal_id)


async def is_pending(connection: Connection, appeal_id: AppealId) -> bool:
    """Tell whether the outcome of a holder's proof is waited for."""
    found = await _sql["has_pending_appeal_proof"].value(
        connection, appeal_id=appeal_id
    )
    return found is True


async def delete(connection: Connection, proof_id: ProofId) -> None:
    """Forget a holder's proof."""
    await _sql["delete_appeal_proof"].run(connection, proof_id=proof_id)
