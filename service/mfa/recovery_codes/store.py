"""Hashes of recovery codes in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from service.domain.accounts import AccountId
from service.kit import queries
from service.kit.database import Connection

_sql = queries.load("recovery_codes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """A set of recovery codes: how many, and of when."""

    made: int
    unused: int
    made_at: datetime
    used_at: datetime | None


async def replace(
    connection: Connection,
    account_id: AccountId,
    hashes: Sequence[bytes],
    *,
    at: datetime,
) -> None:
    """Keep a set of codes in place of the one before.

    In the order of their numbers: of two sets made at once, one stays whole.
    """
    await _sql["replace_recovery_code"].run_many(
        connection,
        [
            {
                "account_id": account_id,
                "number": number,
                "code_hash": code_hash,
                "made_at": at,
            }
            for number, code_hash in enumerate(hashes, start=1)
        ],
    )


async def use(
    connection: Connection, account_id: AccountId, code_hash: bytes, *, at: datetime
) -> bool:
    """Use a code up; False when there is none such, or it was used before."""
    used = await _sql["use_recovery_code"].run(
        connection, account_id=account_id, code_hash=code_hash, now=at
    )
    return used == 1


async def find(connection: Connection, account_id: AccountId) -> Codes | None:
    """Return what there is of an account's codes, or None."""
    row = await _sql["count_recovery_codes"].one(connection, account_id=account_id)
    if row is None or not row["made"]:
        return None
    return Codes(
        made=row["made"],
        unused=row["unused"],
        made_at=row["made_at"],
        used_at=row["used_at"],
    )


async def delete(connection: Connection, account_id: AccountId) -> int:
    """Delete an account's codes; how many."""
    return await _sql["delete_recovery_codes"].run(connection, account_id=account_id)
