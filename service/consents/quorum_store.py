"""Objections and disputes in PostgreSQL."""

from collections.abc import Collection
from datetime import datetime
from typing import cast
from uuid import UUID

from service.domain.accounts import AccountId
from service.domain.consent import GuardianId
from service.domain.disputes import Dispute, DisputeId, Outcome
from service.domain.profiles import AppName
from service.kit import queries
from service.kit.database import Connection

_sql = queries.load("quorums")


async def find_objections(
    connection: Connection, account_id: AccountId
) -> frozenset[tuple[UUID, str]]:
    """Return the guardians who have a say, and the purposes that each stopped."""
    rows = await _sql["find_objections"].all(connection, account_id=account_id)
    return frozenset((row["guardian_id"], row["purpose"]) for row in rows)


async def add_objections(
    connection: Connection,
    account_id: AccountId,
    guardian_id: GuardianId,
    purposes: Collection[str],
    *,
    at: datetime,
) -> None:
    """Note that a guardian stopped *purposes*."""
    await _sql["add_objections"].run(
        connection,
        account_id=account_id,
        guardian_id=guardian_id,
        purposes=[*purposes],
        since=at,
    )


async def lift_objections(
    connection: Connection,
    account_id: AccountId,
    guardian_id: UUID,
    purposes: Collection[str],
) -> None:
    """Forget that a guardian stopped *purposes*: they agree to them again."""
    await _sql["lift_objections"].run(
        connection,
        account_id=account_id,
        guardian_id=guardian_id,
        purposes=[*purposes],
    )


async def drop_objections(connection: Connection, account_id: AccountId) -> None:
    """Forget what any guardian stopped."""
    await _sql["drop_objections"].run(connection, account_id=account_id)


async def add_dispute(connection: Connection, dispute: Dispute) -> bool:
    """Keep a case; False when the account has one already."""
    added = await _sql["add_dispute"].run(
        connection,
        dispute_id=dispute.dispute_id,
        app=dispute.app,
        account_id=dispute.account_id,
        opened_by=dispute.opened_by,
        opened_at=dispute.opened_at,
    )
    return added == 1


async def is_disputed(connection: Connection, account_id: AccountId) -> bool:
    """Tell whether guardians disagree about an account."""
    found = await _sql["is_disputed"].value(connection, account_id=account_id)
    return found is True


async def find_dispute(connection: Connection, dispute_id: DisputeId) -> Dispute | None:
    """Return a case that waits, or None."""
    row = await _sql["find_dispute"].one(connection, dispute_id=dispute_id)
    return None if row is None else _dispute({**row})


async def find_disputes(connection: Connection) -> list[Dispute]:
    """Return every case that waits, the oldest first."""
    rows = await _sql["find_disputes"].all(connection)
    return [_dispute({**row}) for row in rows]


async def propose(
    connection: Connection, dispute_id: DisputeId, outcome: Outcome, operator: str
) -> None:
    """Keep what a first operator decided."""
    await _sql["propose"].run(
        connection, dispute_id=dispute_id, proposed=outcome, proposed_by=operator
    )


async def resolve(
    connection: Connection, dispute_id: DisputeId, *, at: datetime
) -> bool:
    """Note that a case is decided; False when it was before."""
    resolved = await _sql["resolve_dispute"].run(
        connection, dispute_id=dispute_id, resolved_at=at
    )
    return resolved == 1


def _dispute(row: dict[str, object]) -> Dispute:
    proposed = row["proposed"]
    return Dispute(
        dispute_id=DisputeId(UUID(str(row["dispute_id"]))),
        app=AppName(str(row["app"])),
        account_id=AccountId(UUID(str(row["account_id"]))),
        opened_by=GuardianId(UUID(str(row["opened_by"]))),
        opened_at=cast("datetime", row["opened_at"]),
        proposed=None if proposed is None else Outcome(str(proposed)),
        proposed_by=None if row["proposed_by"] is None else str(row["proposed_by"]),
    )
