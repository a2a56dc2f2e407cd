"""Accounts whose consent is older than a policy version: found, and told once."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from service.consents import policy_store
from service.domain.accounts import AccountId
from service.domain.profiles import AppName, PolicyVersion
from service.kit.database import Connection
from service.kit.due import BATCH

FIRST: Final = UUID(int=0)


async def find_to_tell(
    app: AppName,
    version: PolicyVersion,
    older: Sequence[str],
    connection: Connection,
    after: AccountId | None,
) -> Sequence[AccountId]:
    """Return accounts whose guardians have not been told of *version*, after one."""
    return await policy_store.find_to_tell(
        connection,
        app,
        version.version,
        older=older,
        after=after or FIRST,
        batch=BATCH,
    )


async def find_older(
    app: AppName,
    older: Sequence[str],
    connection: Connection,
    after: AccountId | None,
) -> Sequence[AccountId]:
    """Return accounts with live consent to one of the *older* policies, after one."""
    return await policy_store.find_older(
        connection, app, older=older, after=after or FIRST, batch=BATCH
    )


async def add_told(
    connection: Connection, account_id: AccountId, policy_version: str
) -> bool:
    """Note that guardians are told of a policy; False when they were before."""
    return await policy_store.add_told(connection, account_id, policy_version)
