"""Guardians' mailboxes in PostgreSQL: how often asked, and never to be written to."""

from datetime import datetime

from service.domain.profiles import AppName
from service.domain.registration import RegistrationId
from service.kit import queries
from service.kit.database import Connection

_sql = queries.load("guardians")


async def lock_index(connection: Connection, guardian_index: bytes) -> None:
    """Let nobody else ask or add the guardian behind *guardian_index* meanwhile."""
    number = int.from_bytes(guardian_index[:8], signed=True)
    await _sql["lock_guardian_index"].value(connection, lock_number=number)


async def count_asked(
    connection: Connection, guardian_index: bytes, *, since: datetime
) -> int:
    """Count the children this guardian was asked for, one asker after the other."""
    await lock_index(connection, guardian_index)
    found = await _sql["count_asked"].value(
        connection, guardian_index=guardian_index, since=since
    )
    return int(str(found))


async def add_asked(
    connection: Connection,
    guardian_index: bytes,
    registration_id: RegistrationId,
    *,
    at: datetime,
) -> None:
    """Note that this guardian was asked for one more child."""
    await _sql["add_asked"].run(
        connection,
        guardian_index=guardian_index,
        registration_id=registration_id,
        asked_at=at,
    )


async def suppress(
    connection: Connection, app: AppName, guardian_index: bytes, *, at: datetime
) -> None:
    """Never write to this address again for *app*."""
    await _sql["suppress"].run(
        connection, app=app, guardian_index=guardian_index, suppressed_at=at
    )


async def is_suppressed(
    connection: Connection, app: AppName, guardian_index: bytes
) -> bool:
    """Tell whether somebody at this address said that it was not their child."""
    found = await _sql["is_suppressed"].value(
        connection, app=app, guardian_index=guardian_index
    )
    return found is True


async def bar(
    connection: Connection, app: AppName, guardian_index: bytes, *, at: datetime
) -> None:
    """Let nothing count that is said from this mailbox for *app*."""
    await _sql["bar_mailbox"].run(
        connection, app=app, guardian_index=guardian_index, barred_at=at
    )


async def is_barred(
    connection: Connection, app: AppName, guardian_index: bytes
) -> bool:
    """Tell whether somebody at this mailbox consented, and was a minor."""
    found = await _sql["is_barred"].value(
        connection, app=app, guardian_index=guardian_index
    )
    return found is True
