"""Appeals, and what a first operator has decided, in PostgreSQL."""

from datetime import datetime
from uuid import UUID

from service.domain.accounts import AccountId
from service.domain.appeals import Appeal, AppealId, AppealState, Judgement
from service.domain.decisions import DecisionKind
from service.kit import queries
from service.kit.database import Connection
from service.kit.queries import Row

_sql = queries.load("minors")


async def add(connection: Connection, appeal: Appeal) -> None:
    """Keep an appeal that begins."""
    await _sql["add_appeal"].run(
        connection,
        appeal_id=appeal.appeal_id,
        account_id=appeal.account_id,
        opened_at=appeal.opened_at,
        ends_at=appeal.ends_at,
    )


async def find(connection: Connection, account_id: AccountId) -> Appeal | None:
    """Return the appeal that is open or was rejected, or None."""
    row = await _sql["find_appeal"].one(connection, account_id=account_id)
    return None if row is None else _appeal(row)


async def was_upheld(connection: Connection, account_id: AccountId) -> bool:
    """Tell whether an appeal of this account was ever upheld."""
    found = await _sql["has_upheld_appeal"].value(connection, account_id=account_id)
    return found is True


async def close(connection: Connection, appeal: Appeal, state: AppealState) -> None:
    """Note how an appeal ended."""
    await _sql["close_appeal"].run(connection, appeal_id=appeal.appeal_id, state=state)


async def forget_rejected(connection: Connection, account_id: AccountId) -> None:
    """Forget that an appeal was rejected: the review it was about is over."""
    await _sql["forget_rejected_appeal"].run(connection, account_id=account_id)


async def find_open(connection: Connection, *, after: UUID, batch: int) -> list[Appeal]:
    """Return the appeals that wait, in order of id."""
    rows = await _sql["find_appeals"].all(connection, after=after, batch=batch)
    return [_appeal(row) for row in rows]


async def find_over(
    connection: Connection, *, now: datetime, after: UUID, batch: int
) -> list[Appeal]:
    """Return the appeals that nobody has answered in time, in order of id."""
    rows = await _sql["find_appeals_over"].all(
        connection, now=now, after=after, batch=batch
    )
    return [_appeal(row) for row in rows]


async def find_judgement(
    connection: Connection, account_id: AccountId
) -> Judgement | None:
    """Return what a first operator has decided, or None."""
    row = await _sql["find_judgement"].one(connection, account_id=account_id)
    if row is None:
        return None
    return Judgement(
        outcome=DecisionKind(row["outcome"]), proposed_by=row["proposed_by"]
    )


async def propose(
    connection: Connection,
    account_id: AccountId,
    outcome: DecisionKind,
    operator: str,
    *,
    at: datetime,
) -> None:
    """Keep what a first operator has decided, in the place of what one said before."""
    await _sql["propose_judgement"].run(
        connection,
        account_id=account_id,
        outcome=outcome,
        proposed_by=operator,
        proposed_at=at,
    )


async def forget_judgement(connection: Connection, account_id: AccountId) -> None:
    """Forget what was proposed: it is decided."""
    await _sql["forget_judgement"].run(connection, account_id=account_id)


def _appeal(row: Row) -> Appeal:
    return Appeal(
        appeal_id=AppealId(row["appeal_id"]),
        account_id=AccountId(row["account_id"]),
        state=AppealState(row["state"]),
        opened_at=row["opened_at"],
        ends_at=row["ends_at"],
    )
