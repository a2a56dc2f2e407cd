"""Counts of failures in PostgreSQL."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from service.domain.authenticators import (
    TRIES_IN_A_ROW,
    TRIES_IN_WINDOW,
    TRIES_WINDOW,
    Proof,
)
from service.kit import queries
from service.kit.database import Connection

_sql = queries.load("tries")


async def settle_try(
    connection: Connection,
    subject_id: UUID,
    proof: Proof,
    *,
    right: bool,
    now: datetime,
) -> bool:
    """Count a try; True when it was right and one was left."""
    taken = await _sql["settle_try"].value(
        connection,
        subject_id=subject_id,
        proof=proof,
        proven=right,
        now=now,
        window_start=now - TRIES_WINDOW,
        in_window=TRIES_IN_WINDOW,
        in_a_row=TRIES_IN_A_ROW,
    )
    return bool(taken)


async def lock_tries(
    connection: Connection, subject_id: UUID, proof: Proof, *, now: datetime
) -> bool:
    """Tell whether a try is left; who else tries waits for the transaction's end."""
    left = await _sql["lock_tries"].value(
        connection,
        subject_id=subject_id,
        proof=proof,
        now=now,
        window_start=now - TRIES_WINDOW,
        in_window=TRIES_IN_WINDOW,
        in_a_row=TRIES_IN_A_ROW,
    )
    return bool(left)


async def forget_tries(
    connection: Connection, subject_id: UUID, proofs: Collection[Proof]
) -> None:
    """Forget what failed before."""
    await _sql["forget_tries"].run(connection, subject_id=subject_id, proofs=[*proofs])


@dataclass(frozen=True, slots=True)
class UsedUp:
    """A count that closed the way for good, and who proposes to begin anew."""

    proposed_by: str | None


async def lock_used_up(
    connection: Connection, subject_id: UUID, proof: Proof
) -> UsedUp | None:
    """Return a count that closed the way, for this transaction alone; or None."""
    row = await _sql["lock_used_up"].one(
        connection, subject_id=subject_id, proof=proof, in_a_row=TRIES_IN_A_ROW
    )
    return None if row is None else UsedUp(row["reset_proposed_by"])


async def propose_reset(
    connection: Connection, subject_id: UUID, proof: Proof, operator: str
) -> None:
    """Keep who proposes to begin anew."""
    await _sql["propose_reset"].run(
        connection, subject_id=subject_id, proof=proof, operator=operator
    )


async def delete_old_tries(connection: Connection, *, now: datetime, batch: int) -> int:
    """Delete counts that say nothing any more."""
    return await _sql["delete_old_tries"].run(
        connection, window_start=now - TRIES_WINDOW, batch=batch
    )


async def take_untold(
    connection: Connection, *, now: datetime, batch: int
) -> list[UUID]:
    """Return the accounts that failures slow down, noting that their owners are told.

    Other processes take others meanwhile.
    """
    rows = await _sql["take_untold"].all(
        connection, in_window=TRIES_IN_WINDOW, now=now, batch=batch
    )
    return [row["subject_id"] for row in rows]
