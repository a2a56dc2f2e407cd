"""Authenticator apps in PostgreSQL, their secrets and names sealed."""

from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from service.domain.accounts import AccountId
from service.kit import queries
from service.kit.database import Connection
from service.kit.secrets import Place, SealingKey
from service.mfa.totp.kept import App, Enrolment, TotpId

_sql = queries.load("totp")

TABLE: Final = "totp"


async def begin(
    connection: Connection,
    account_id: AccountId,
    enrolment: Enrolment,
    *,
    key: SealingKey,
    at: datetime,
    expires_at: datetime,
) -> None:
    """Keep an app to be confirmed, in place of any other that is."""
    row = enrolment.totp_id
    await _sql["begin_totp"].run(
        connection,
        totp_id=row,
        account_id=account_id,
        name=key.seal_text(enrolment.name, _place("name", row)),
        secret=key.seal_text(enrolment.secret, _place("secret", row)),
        created_at=at,
        expires_at=expires_at,
    )


async def find_unconfirmed(
    connection: Connection, account_id: AccountId, *, key: SealingKey, now: datetime
) -> Enrolment | None:
    """Return the app that is to be confirmed, or None."""
    row = await _sql["find_unconfirmed_totp"].one(
        connection, account_id=account_id, now=now
    )
    if row is None:
        return None
    return Enrolment(
        totp_id=TotpId(row["totp_id"]),
        name=_open(key, row, "name"),
        secret=_open(key, row, "secret"),
    )


async def confirm(
    connection: Connection, totp_id: TotpId, *, step: int, now: datetime
) -> bool:
    """Confirm an app by the step of its first code; False when it was, or is gone."""
    confirmed = await _sql["confirm_totp"].run(
        connection, totp_id=totp_id, step=step, now=now
    )
    return confirmed == 1


async def find_confirmed(
    connection: Connection, account_id: AccountId, *, key: SealingKey
) -> list[App]:
    """Return the apps of an account, the oldest first."""
    rows = await _sql["find_confirmed_totps"].all(connection, account_id=account_id)
    return [
        App(
            totp_id=TotpId(row["totp_id"]),
            name=_open(key, row, "name"),
            secret=_open(key, row, "secret"),
            created_at=row["created_at"],
            confirmed_at=row["confirmed_at"],
            last_used_at=row["last_used_at"],
        )
        for row in rows
    ]


async def take_step(
    connection: Connection, totp_id: TotpId, *, step: int, now: datetime
) -> bool:
    """Use a step up, and all before it; False when it was used before."""
    taken = await _sql["take_totp_step"].run(
        connection, totp_id=totp_id, step=step, now=now
    )
    return taken == 1


async def rename(
    connection: Connection,
    account_id: AccountId,
    totp_id: TotpId,
    name: str,
    *,
    key: SealingKey,
) -> bool:
    """Give an app another name; False when the account has no such app."""
    sealed = key.seal_text(name, _place("name", totp_id))
    renamed = await _sql["rename_totp"].run(
        connection, account_id=account_id, totp_id=totp_id, name=sealed
    )
    return renamed == 1


async def delete(
    connection: Connection, account_id: AccountId, totp_id: TotpId
) -> bool:
    """Delete an app; False when the account has no such app."""
    deleted = await _sql["delete_totp"].run(
        connection, account_id=account_id, totp_id=totp_id
    )
    return deleted == 1


async def count(connection: Connection, account_id: AccountId) -> int:
    """Return how many apps an account has."""
    found = await _sql["count_totps"].value(connection, account_id=account_id)
    return int(str(found))


async def delete_all(connection: Connection, account_id: AccountId) -> int:
    """Delete every app of an account, confirmed or not; how many."""
    return await _sql["delete_totps"].run(connection, account_id=account_id)


async def delete_since(
    connection: Connection, account_id: AccountId, *, since: datetime
) -> int:
    """Delete the apps that were confirmed since then, or never; how many."""
    return await _sql["delete_totps_since"].run(
        connection, account_id=account_id, since=since
    )


async def sweep(connection: Connection, *, now: datetime) -> int:
    """Delete the apps that were not confirmed in time; how many."""
    return await _sql["delete_expired_totps"].run(connection, now=now)


def _place(column: str, totp_id: UUID) -> Place:
    return Place(TABLE, column, str(totp_id))


def _open(key: SealingKey, row: asyncpg.Record, column: str) -> str:
    return key.open_text(row[column], _place(column, row["totp_id"]))
