"""Receipts in PostgreSQL."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from service.domain.accounts import AccountId
from service.domain.profiles import AppName
from service.kit import queries
from service.kit.database import Connection

_sql = queries.load("receipts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A receipt as it was issued, and the app that it is of."""

    receipt_id: UUID
    app: AppName
    jws: str


async def find_last(
    connection: Connection, account_id: AccountId
) -> tuple[int, str] | None:
    """Return the number and the text of an account's last receipt, or None."""
    row = await _sql["find_last"].one(connection, account_id=account_id)
    return None if row is None else (row["number"], row["jws"])


async def add(
    connection: Connection,
    receipt: Kept,
    account_id: AccountId,
    number: int,
    *,
    at: datetime,
) -> None:
    """Keep a receipt; the account's lock makes its number the next."""
    await _sql["add_receipt"].run(
        connection,
        receipt_id=receipt.receipt_id,
        app=receipt.app,
        account_id=account_id,
        number=number,
        jws=receipt.jws,
        issued_at=at,
    )


async def find(connection: Connection, receipt_id: UUID) -> Kept | None:
    """Return a receipt, or None."""
    row = await _sql["find_receipt"].one(connection, receipt_id=receipt_id)
    if row is None:
        return None
    return Kept(receipt_id=receipt_id, app=AppName(row["app"]), jws=row["jws"])


async def find_of(connection: Connection, account_id: AccountId) -> list[UUID]:
    """Return the ids of an account's receipts, the first one first."""
    rows = await _sql["find_receipts_of"].all(connection, account_id=account_id)
    return [row["receipt_id"] for row in rows]


async def end(connection: Connection, account_id: AccountId, *, at: datetime) -> None:
    """Note that the account is gone, so that its receipts go some day, too."""
    await _sql["end_receipts"].run(
        connection, account_id=account_id, account_ended_at=at
    )


async def other_apps(connection: Connection, apps: Collection[str]) -> list[AppName]:
    """Return the apps that have receipts here, and are none of *apps*."""
    rows = await _sql["find_other_apps"].all(connection, apps=[*apps])
    return [AppName(row["app"]) for row in rows]


async def sweep(connection: Connection, app: AppName, *, before: datetime) -> int:
    """Delete the receipts of accounts of *app* that ended before; how many."""
    return await _sql["delete_receipts_before"].run(connection, app=app, before=before)
