"""Moves that wait, in PostgreSQL."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from service.domain.accounts import AccountId
from service.kit import queries
from service.kit.database import Connection
from service.kit.queries import Row

BATCH: Final = 500

_sql = queries.load("moves")


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """An account that is to move to a *country* at *due_at*."""

    account_id: AccountId
    country: str
    due_at: datetime


async def put(connection: Connection, move: Move, *, at: datetime) -> None:
    """Keep a move, in the place of one to another country."""
    await _sql["put_move"].run(
        connection,
        account_id=move.account_id,
        country=move.country,
        asked_at=at,
        due_at=move.due_at,
    )


async def find(connection: Connection, account_id: AccountId) -> Move | None:
    """Return the move of an account that waits, or None."""
    row = await _sql["find_move"].one(connection, account_id=account_id)
    return None if row is None else _move(row)


async def take(connection: Connection, account_id: AccountId) -> bool:
    """Take back a move, or take it to be made, once; False where there is none."""
    return await _sql["delete_move"].run(connection, account_id=account_id) == 1


async def find_due(
    connection: Connection, *, now: datetime, after: UUID, batch: int
) -> list[Move]:
    """Return the moves whose wait is over, in order of account."""
    rows = await _sql["find_moves_due"].all(
        connection, now=now, after=after, batch=batch
    )
    return [_move(row) for row in rows]


async def find_accounts(connection: Connection, *, after: UUID) -> list[AccountId]:
    """Return accounts, in order of id."""
    rows = await _sql["find_accounts"].all(connection, after=after, batch=BATCH)
    return [AccountId(row["account_id"]) for row in rows]


def _move(row: Row) -> Move:
    return Move(
        account_id=AccountId(row["account_id"]),
        country=row["country"],
        due_at=row["due_at"],
    )
