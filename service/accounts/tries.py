"""How often somebody has failed to prove who they are, over every path and process.

Ten failures in an hour slow an account down, and a hundred in a row close the way: a
right password is then answered like a wrong one, and a second factor isn't looked at.
The other ways in stay open, and so nobody is locked out by a stranger.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from service.accounts import tries_store as store
from service.accounts.tries_store import UsedUp
from service.domain.authenticators import Proof
from service.kit.database import Connection

BATCH: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Tries:
    """Counts failures; every method runs in the caller's transaction.

    The caller commits what was counted, and says no only then.
    """

    async def left(
        self, connection: Connection, subject_id: UUID, proof: Proof, *, now: datetime
    ) -> bool:
        """Tell whether one more try may be looked at; others wait until it is settled.

        To be asked before anything is used up by trying it.
        """
        return await store.lock_tries(connection, subject_id, proof, now=now)

    async def settle(
        self,
        connection: Connection,
        subject_id: UUID,
        proof: Proof,
        *,
        right: bool,
        now: datetime,
    ) -> bool:
        """Count a try, and tell whether it is taken: right, and within the limits.

        It is one write for everybody. A success begins the count anew, of this account
        and this proof alone.
        """
        return await store.settle_try(
            connection, subject_id, proof, right=right, now=now
        )

    async def forget(
        self, connection: Connection, subject_id: UUID, *proofs: Proof
    ) -> None:
        """Begin anew; with all proofs unless some are named."""
        await store.forget_tries(connection, subject_id, proofs or tuple(Proof))

    async def used_up(
        self, connection: Connection, subject_id: UUID, proof: Proof
    ) -> UsedUp | None:
        """Return a count that closed the way for good, locked; None otherwise."""
        return await store.lock_used_up(connection, subject_id, proof)

    async def propose_reset(
        self, connection: Connection, subject_id: UUID, proof: Proof, operator: str
    ) -> None:
        """Keep who proposes to begin anew, for a second operator to agree."""
        await store.propose_reset(connection, subject_id, proof, operator)

    async def sweep(self, connection: Connection, *, now: datetime) -> int:
        """Delete a batch of counts that say nothing any more; how many."""
        return await store.delete_old_tries(connection, now=now, batch=BATCH)
