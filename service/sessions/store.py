"""Sessions, refresh tokens and challenges in PostgreSQL."""

from datetime import datetime
from uuid import UUID

from service.domain.accounts import AccountId
from service.domain.profiles import AppName
from service.kit import queries
from service.kit.database import Connection

_sql = queries.load("sessions")


async def end_all(
    connection: Connection, account_id: AccountId, *, but: UUID | None, now: datetime
) -> int:
    """End every session of an account, *but* one; how many."""
    return await _sql["end_sessions"].run(
        connection, account_id=account_id, but=but, now=now
    )


async def move_to_epoch(connection: Connection, session_id: UUID, epoch: int) -> None:
    """Let a session go on in a new epoch."""
    await _sql["move_to_epoch"].run(connection, session_id=session_id, epoch=epoch)


async def move_all_to_epoch(
    connection: Connection, account_id: AccountId, epoch: int
) -> None:
    """Let every session of an account that holds now go on in a new epoch."""
    await _sql["move_all_to_epoch"].run(connection, account_id=account_id, epoch=epoch)


async def find_app(connection: Connection, account_id: AccountId) -> AppName:
    """Return the app of an account."""
    return AppName(str(await _sql["find_app"].value(connection, account_id=account_id)))


async def delete_challenges(connection: Connection, account_id: AccountId) -> None:
    """End every sign-in of an account that is under way."""
    await _sql["delete_challenges_of"].run(connection, account_id=account_id)
