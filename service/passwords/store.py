"""Requests for another password, and the secrets that set one, in PostgreSQL."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from service.domain.accounts import AccountId
from service.domain.consent import GuardianId
from service.domain.profiles import AppName
from service.kit import queries
from service.kit.database import Connection
from service.kit.ids import new_id
from service.kit.times import instant

_sql = queries.load("passwords")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Somebody asked for another password, for whoever has an identifier."""

    app: AppName
    index: bytes
    asked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset:
    """Whose password a secret sets, and through which contact or guardian."""

    account_id: AccountId
    contact_index: bytes | None = None
    guardian_id: GuardianId | None = None


async def add_request(connection: Connection, asked: Asked) -> None:
    """Keep a request, the same for everybody."""
    await _sql["add_request"].run(
        connection,
        request_id=new_id(asked.asked_at),
        app=asked.app,
        blind_index=asked.index,
        asked_at=asked.asked_at,
    )


async def take_request(connection: Connection) -> Asked | None:
    """Take a request that nobody else is at; None when there is none."""
    row = await _sql["take_request"].one(connection)
    if row is None:
        return None
    return Asked(
        app=AppName(row["app"]), index=row["blind_index"], asked_at=row["asked_at"]
    )


async def add_reset(
    connection: Connection,
    secret_hash: bytes,
    reset: Reset,
    *,
    issued_at: datetime,
    expires_at: datetime,
) -> None:
    """Keep a new secret; the one that the same reader had is worth nothing."""
    bound = {
        "account_id": reset.account_id,
        "contact_index": reset.contact_index,
        "guardian_id": reset.guardian_id,
    }
    await _sql["supersede"].run(connection, **bound)
    await _sql["add_reset"].run(
        connection,
        secret_hash=secret_hash,
        **bound,
        issued_at=issued_at,
        expires_at=expires_at,
    )


async def find_reset(
    connection: Connection, secret_hash: bytes, *, now: datetime
) -> Reset | None:
    """Return what a secret sets; None when it is unknown, spent or too old."""
    row = await _sql["find_reset"].one(connection, secret_hash=secret_hash, now=now)
    if row is None:
        return None
    guardian_id: UUID | None = row["guardian_id"]
    return Reset(
        account_id=AccountId(row["account_id"]),
        contact_index=row["contact_index"],
        guardian_id=None if guardian_id is None else GuardianId(guardian_id),
    )


async def use_reset(
    connection: Connection, secret_hash: bytes, *, now: datetime
) -> bool:
    """Use a secret up: one guarded statement; False when it was before."""
    used = await _sql["use_reset"].run(connection, secret_hash=secret_hash, now=now)
    return used == 1


async def drop_unused(connection: Connection, account_id: AccountId) -> None:
    """Make every secret that waits worth nothing."""
    await _sql["delete_unused_resets_of"].run(connection, account_id=account_id)


async def export(
    connection: Connection, account_id: AccountId
) -> list[Mapping[str, str]]:
    """Return when the password could be reset, and through whom."""
    rows = await _sql["find_resets_of"].all(connection, account_id=account_id)
    return [
        {
            "through": "guardian" if row["by_guardian"] else "contact",
            "issued_at": instant(row["issued_at"]),
            "expires_at": instant(row["expires_at"]),
            **({"used_at": instant(at)} if (at := row["used_at"]) else {}),
        }
        for row in rows
    ]


async def erase(connection: Connection, account_id: AccountId) -> None:
    """Delete the secrets of an account."""
    await _sql["delete_resets_of"].run(connection, account_id=account_id)


async def sweep(connection: Connection, *, now: datetime) -> int:
    """Delete secrets whose time is over; how many."""
    return await _sql["delete_resets_before"].run(connection, before=now)
