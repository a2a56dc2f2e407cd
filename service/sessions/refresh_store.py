"""Refresh tokens in PostgreSQL: each used once, by the first who comes."""

from datetime import datetime
from typing import Final
from uuid import UUID

from service.kit import queries
from service.kit.database import Connection
from service.kit.queries import Write, write
from service.kit.secrets import KeyRing
from service.kit.tokens import Token, hash_token

_sql = queries.load("sessions")

USE: Final = "refresh successor"
BATCH: Final = 5000


async def add(
    connection: Connection, token: Token, session_id: UUID, *, now: datetime
) -> None:
    """Keep a refresh token that can be used once."""
    await write(connection, adding(token, session_id, now=now))


def adding(token: Token, session_id: UUID, *, now: datetime) -> Write:
    """Keep a refresh token that can be used once."""
    return _sql["add_refresh_token"].write(
        token_hash=hash_token(token), session_id=session_id, now=now
    )


async def use(
    connection: Connection,
    token: Token,
    successor: Token,
    *,
    keys: KeyRing,
    now: datetime,
) -> bool:
    """Use a token up and keep its *successor*, sealed; False when it was used before.

    What came before the token is certain to have arrived: it is forgotten.
    """
    used = await _sql["use_refresh_token"].run(
        connection,
        token_hash=hash_token(token),
        successor=keys.carry(USE, successor.encode()).encode(),
        successor_hash=hash_token(successor),
        now=now,
    )
    if not used:
        return False
    await _sql["drop_successor"].run(connection, successor_hash=hash_token(token))
    return True


async def replace_all(
    connection: Connection,
    session_id: UUID,
    successor: Token,
    *,
    keys: KeyRing,
    now: datetime,
) -> None:
    """Use up what a session has, for a *successor*."""
    await _sql["use_refresh_tokens_of"].run(
        connection,
        session_id=session_id,
        successor=keys.carry(USE, successor.encode()).encode(),
        successor_hash=hash_token(successor),
        now=now,
    )


async def find_successor(
    connection: Connection, token: Token, *, used_after: datetime, keys: KeyRing
) -> Token | None:
    """Return what a token's first use brought, if that was just now and is unused."""
    sealed = await _sql["find_successor"].value(
        connection, token_hash=hash_token(token), used_after=used_after
    )
    if not isinstance(sealed, bytes):
        return None
    return Token(keys.carried(USE, sealed.decode()).decode())


async def delete_used_before(connection: Connection, *, before: datetime) -> int:
    """Delete tokens that were used before then, and their successors' copies."""
    return await _sql["delete_refresh_tokens_used_before"].run(
        connection, before=before, batch=BATCH
    )
