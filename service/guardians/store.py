"""Consent requests and guardians in PostgreSQL."""

from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from service.domain.accounts import AccountId
from service.domain.consent import (
    MATCH_CODE_TRIES,
    ConsentRequest,
    ConsentRequestId,
    GuardianId,
    Relation,
)
from service.domain.profiles import AppName
from service.domain.registration import RegistrationId
from service.kit import queries
from service.kit.database import Connection
from service.kit.secrets import Place, SealingKey

_sql = queries.load("guardians")

REQUEST: Final = "consent_request"
GUARDIAN: Final = "guardian"


async def add(
    connection: Connection,
    request: ConsentRequest,
    *,
    link_hash: bytes,
    key: SealingKey,
) -> None:
    """Keep a new request, the guardian's address sealed with the applicant's *key*."""
    row = str(request.consent_request_id)
    await _sql["add_request"].run(
        connection,
        consent_request_id=request.consent_request_id,
        registration_id=request.registration_id,
        app=request.app,
        guardian_email=key.seal_text(
            request.guardian_email, Place(REQUEST, "guardian_email", row)
        ),
        relation=request.relation,
        language=request.language,
        link_hash=link_hash,
        link_expires_at=request.link_expires_at,
        match_code=key.seal_text(request.match_code, Place(REQUEST, "match_code", row)),
        tries_left=request.tries_left,
        asked_at=request.asked_at,
    )


async def find_of(
    connection: Connection, registration_id: RegistrationId, *, key: SealingKey
) -> ConsentRequest | None:
    """Return the request that a registration waits for, or None."""
    row = await _sql["find_request_of"].one(connection, registration_id=registration_id)
    return None if row is None else _request(row, key)


async def find_behind(
    connection: Connection, link_hash: bytes, *, key: SealingKey
) -> ConsentRequest | None:
    """Return the request behind a link, or None."""
    row = await _sql["find_request_behind"].one(connection, link_hash=link_hash)
    return None if row is None else _request(row, key)


async def find_registration_behind(
    connection: Connection, link_hash: bytes
) -> RegistrationId | None:
    """Return which registration a link is about, or None."""
    found = await _sql["find_registration_behind"].value(
        connection, link_hash=link_hash
    )
    return RegistrationId(found) if isinstance(found, UUID) else None


def _request(row: asyncpg.Record, key: SealingKey) -> ConsentRequest:
    place = str(row["consent_request_id"])
    return ConsentRequest(
        consent_request_id=ConsentRequestId(row["consent_request_id"]),
        registration_id=RegistrationId(row["registration_id"]),
        app=AppName(row["app"]),
        guardian_email=key.open_text(
            row["guardian_email"], Place(REQUEST, "guardian_email", place)
        ),
        relation=Relation(row["relation"]),
        language=row["language"],
        match_code=key.open_text(
            row["match_code"], Place(REQUEST, "match_code", place)
        ),
        opened=row["state"] == "opened",
        tries_left=row["tries_left"],
        sends=row["sends"],
        asked_at=row["asked_at"],
        link_expires_at=row["link_expires_at"],
    )


async def link_of(connection: Connection, registration_id: RegistrationId) -> bytes:
    """Return the hash of the link that a registration's request has now."""
    row = await _sql["find_request_of"].one(connection, registration_id=registration_id)
    return b"" if row is None else bytes(row["link_hash"])


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


async def mark_opened(connection: Connection, request_id: ConsentRequestId) -> bool:
    """Note that a person opened the request; False when that was noted before."""
    return await _sql["mark_opened"].run(connection, consent_request_id=request_id) == 1


async def count_try(connection: Connection, request_id: ConsentRequestId) -> None:
    """Count a wrong match code."""
    await _sql["count_try"].run(connection, consent_request_id=request_id)


async def delete_of(connection: Connection, registration_id: RegistrationId) -> None:
    """Forget the request of a registration, with the guardian's address."""
    await _sql["delete_request_of"].run(connection, registration_id=registration_id)


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


async def find_guardian(
    connection: Connection, app: AppName, blind_index: bytes
) -> GuardianId | None:
    """Return the guardian with this address, or None."""
    found = await _sql["find_guardian"].value(
        connection, app=app, blind_index=blind_index
    )
    return GuardianId(found) if isinstance(found, UUID) else None


async def add_guardian(
    connection: Connection,
    guardian_id: GuardianId,
    request: ConsentRequest,
    *,
    blind_index: bytes,
    key: SealingKey,
    at: datetime,
) -> bool:
    """Keep a guardian, sealed with their own *key*; False when there is one."""
    email = key.seal_text(
        request.guardian_email, Place(GUARDIAN, "email", str(guardian_id))
    )
    added = await _sql["add_guardian"].run(
        connection,
        guardian_id=guardian_id,
        app=request.app,
        blind_index=blind_index,
        email=email,
        language=request.language,
        since=at,
    )
    return added == 1


async def add_guardianship(
    connection: Connection,
    account_id: AccountId,
    guardian_id: GuardianId,
    relation: Relation,
    *,
    at: datetime,
) -> None:
    """Keep whose guardian somebody is."""
    await _sql["add_guardianship"].run(
        connection,
        account_id=account_id,
        guardian_id=guardian_id,
        relation=relation,
        since=at,
    )


async def sweep(
    connection: Connection, *, links_before: datetime, asked_before: datetime
) -> int:
    """Delete what is kept of spent links and of the askings of past days."""
    links = await _sql["delete_link_ends_before"].run(connection, before=links_before)
    asked = await _sql["delete_asked_before"].run(connection, before=asked_before)
    return links + asked
