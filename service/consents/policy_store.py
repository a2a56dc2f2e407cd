"""Consent to policies there were, and who is told of newer ones, in PostgreSQL."""

from collections.abc import Collection
from uuid import UUID

from service.domain.accounts import AccountId
from service.domain.profiles import AppName
from service.kit import queries
from service.kit.database import Connection

_sql = queries.load("consents")


async def find_to_tell(
    connection: Connection,
    app: AppName,
    policy_version: str,
    *,
    older: Collection[str],
    after: UUID,
    batch: int,
) -> list[AccountId]:
    """Return accounts whose guardians are to be told of a policy, in order of id."""
    rows = await _sql["find_to_tell"].all(
        connection,
        app=app,
        policy_version=policy_version,
        older=[*older],
        after=after,
        batch=batch,
    )
    return [AccountId(row["account_id"]) for row in rows]


async def add_told(
    connection: Connection, account_id: AccountId, policy_version: str
) -> bool:
    """Note that guardians are told of a policy; False when they were before."""
    added = await _sql["add_told"].run(
        connection, account_id=account_id, policy_version=policy_version
    )
    return added == 1


async def find_older(
    connection: Connection,
    app: AppName,
    *,
    older: Collection[str],
    after: UUID,
    batch: int,
) -> list[AccountId]:
    """Return accounts with live consent to one of the *older* policies, by id."""
    rows = await _sql["find_older"].all(
        connection, app=app, older=[*older], after=after, batch=batch
    )
    return [AccountId(row["account_id"]) for row in rows]
