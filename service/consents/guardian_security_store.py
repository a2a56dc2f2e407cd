"""The secrets behind "this wasn't me" in letters to guardians, in PostgreSQL."""

from datetime import datetime

from service.domain.accounts import AccountId
from service.domain.consent import GuardianId
from service.domain.guardian_factors import GuardianCause, GuardianReport
from service.kit import queries
from service.kit.database import Connection

_sql = queries.load("guardian_security")


async def add_link(
    connection: Connection,
    link_hash: bytes,
    report: GuardianReport,
    *,
    expires_at: datetime,
) -> None:
    """Keep what a link would report."""
    await _sql["add_link"].run(
        connection,
        link_hash=link_hash,
        guardian_id=report.guardian_id,
        account_id=report.account_id,
        cause=report.cause,
        caused_at=report.caused_at,
        expires_at=expires_at,
    )


async def use_link(
    connection: Connection, link_hash: bytes, *, now: datetime
) -> GuardianReport | None:
    """Use a link up, by one guarded statement; None when it is spent or unknown."""
    row = await _sql["use_link"].one(connection, link_hash=link_hash, now=now)
    if row is None:
        return None
    account_id = row["account_id"]
    return GuardianReport(
        guardian_id=GuardianId(row["guardian_id"]),
        account_id=None if account_id is None else AccountId(account_id),
        cause=GuardianCause(row["cause"]),
        caused_at=row["caused_at"],
    )


async def is_reported(connection: Connection, link_hash: bytes) -> bool:
    """Tell whether a link has done its work before."""
    return await _sql["is_reported"].value(connection, link_hash=link_hash) is True


async def drop_links_since(
    connection: Connection, guardian_id: GuardianId, *, since: datetime
) -> None:
    """Make the links of later letters worth nothing."""
    await _sql["drop_links_since"].run(connection, guardian_id=guardian_id, since=since)


async def delete_links_over(connection: Connection, *, now: datetime) -> int:
    """Delete the links whose time is over; how many."""
    return await _sql["delete_links_over"].run(connection, now=now)
