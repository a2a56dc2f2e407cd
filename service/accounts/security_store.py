"""The secrets behind "this wasn't me" in PostgreSQL."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from service.domain.accounts import AccountId
from service.domain.messages import Channel
from service.domain.security import Report, SecurityCause
from service.kit import queries
from service.kit.database import Connection
from service.kit.secrets import Place, SealingKey
from service.kit.times import instant

_sql = queries.load("security_links")

TABLE: Final = "security_link"


async def add(
    connection: Connection,
    link_hash: bytes,
    report: Report,
    *,
    key: SealingKey,
    expires_at: datetime,
) -> None:
    """Keep what a link would report, the contact it went to sealed with the *key*."""
    await _sql["add_security_link"].run(
        connection,
        link_hash=link_hash,
        account_id=report.account_id,
        cause=report.cause,
        channel=report.channel,
        recipient=key.seal_text(report.recipient, _place(link_hash)),
        caused_at=report.caused_at,
        expires_at=expires_at,
    )


async def use(
    connection: Connection, link_hash: bytes, *, at: datetime
) -> AccountId | None:
    """Use a link up, by one guarded statement; None when it is spent or unknown."""
    found = await _sql["use_security_link"].value(
        connection, link_hash=link_hash, at=at
    )
    return AccountId(found) if isinstance(found, UUID) else None


async def find(
    connection: Connection, link_hash: bytes, *, key: SealingKey
) -> Report | None:
    """Return what a link reports, or None."""
    row = await _sql["find_security_link"].one(connection, link_hash=link_hash)
    if row is None:
        return None
    return Report(
        account_id=AccountId(row["account_id"]),
        cause=SecurityCause(row["cause"]),
        channel=Channel(row["channel"]),
        recipient=key.open_text(row["recipient"], _place(link_hash)),
        caused_at=row["caused_at"],
    )


async def drop_since(
    connection: Connection, account_id: AccountId, *, since: datetime
) -> None:
    """Make the links of later messages worth nothing."""
    await _sql["drop_security_links_since"].run(
        connection, account_id=account_id, since=since
    )


async def is_reported(connection: Connection, link_hash: bytes) -> bool:
    """Tell whether a link has done its work before."""
    found = await _sql["is_reported"].value(connection, link_hash=link_hash)
    return found is True


async def export(
    connection: Connection, account_id: AccountId
) -> list[Mapping[str, str]]:
    """Return what is kept of the holder's security messages, without the secrets."""
    rows = await _sql["find_security_links"].all(connection, account_id=account_id)
    return [
        {
            "cause": row["cause"],
            "channel": row["channel"],
            "caused_at": instant(row["caused_at"]),
            "expires_at": instant(row["expires_at"]),
            **({"reported_at": instant(at)} if (at := row["reported_at"]) else {}),
        }
        for row in rows
    ]


async def erase(connection: Connection, account_id: AccountId) -> None:
    """Delete the links of an account."""
    await _sql["delete_security_links"].run(connection, account_id=account_id)


async def sweep(connection: Connection, *, now: datetime) -> int:
    """Delete links whose time is over; how many."""
    return await _sql["delete_security_links_before"].run(connection, before=now)


def _place(link_hash: bytes) -> Place:
    return Place(TABLE, "recipient", link_hash.hex())
