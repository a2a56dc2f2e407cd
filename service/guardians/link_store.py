"""The links of consent requests in PostgreSQL: which there are, and which are spent."""

from datetime import datetime

from service.domain.consent import (
    MATCH_CODE_TRIES,
    ConsentRequestId,
)
from service.domain.registration import RegistrationId
from service.kit import queries
from service.kit.database import Connection

_sql = queries.load("guardians")


async def link_of(connection: Connection, registration_id: RegistrationId) -> bytes:
    """Return the hash of the link that a registration's request has now."""
    row = await _sql["find_request_of"].one(connection, registration_id=registration_id)
    return b"" if row is None else bytes(row["link_hash"])


async def spend_link(
    connection: Connection, request_id: ConsentRequestId, *, at: datetime
) -> None:
    """Note that the link that a request has now is spent."""
    found = await _sql["find_link_of"].value(connection, consent_request_id=request_id)
    if isinstance(found, bytes):
        await add_link_end(connection, found, answered=False, at=at)


async def replace_link(
    connection: Connection,
    request_id: ConsentRequestId,
    *,
    link_hash: bytes,
    expires_at: datetime,
) -> None:
    """Give the request another link and fresh tries; the old link is spent."""
    await _sql["replace_link"].run(
        connection,
        consent_request_id=request_id,
        link_hash=link_hash,
        link_expires_at=expires_at,
        tries_left=MATCH_CODE_TRIES,
    )


async def bind_browser(
    connection: Connection, request_id: ConsentRequestId, browser_hash: bytes
) -> bool:
    """Give a request to a browser; False when another one has it."""
    bound = await _sql["bind_browser"].run(
        connection, consent_request_id=request_id, browser_hash=browser_hash
    )
    return bound == 1


async def take_alert(connection: Connection, request_id: ConsentRequestId) -> bool:
    """Note that the guardian is told of a second browser; False when they were."""
    return await _sql["take_alert"].run(connection, consent_request_id=request_id) == 1


async def add_link_end(
    connection: Connection, link_hash: bytes, *, answered: bool, at: datetime
) -> None:
    """Note that the link is spent, so that it can say so."""
    await _sql["add_link_end"].run(
        connection, link_hash=link_hash, answered=answered, ended_at=at
    )


async def find_link_end(connection: Connection, link_hash: bytes) -> bool | None:
    """Return whether a spent link was answered; None for a link we do not know."""
    found = await _sql["find_link_end"].value(connection, link_hash=link_hash)
    return found if isinstance(found, bool) else None
