"""Consent requests and guardians in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from service.domain.accounts import AccountId
from service.domain.consent import (
    ConsentRequest,
    ConsentRequestId,
    GuardianId,
    Pending,
    Relation,
    WaitsFor,
)
from service.domain.consent_methods import Method
from service.domain.forms import GUARDIAN_FIELDS
from service.domain.guardian_contacts import GuardianContact, by_email
from service.domain.profiles import AppName
from service.domain.registration import RegistrationId
from service.guardians import link_store
from service.kit import queries
from service.kit.database import Connection
from service.kit.secrets import Place, SealingKey

_sql = queries.load("guardians")

REQUEST: Final = "consent_request"


async def add(
    connection: Connection,
    request: ConsentRequest,
    *,
    link_hash: bytes,
    key: SealingKey,
) -> None:
    """Keep a new request, the guardian's contact sealed with the applicant's *key*."""
    row = str(request.consent_request_id)
    await _sql["add_request"].run(
        connection,
        consent_request_id=request.consent_request_id,
        registration_id=None if request.account_id else request.registration_id,
        account_id=request.account_id,
        guardian_id=request.guardian_id,
        policy_version=request.policy_version,
        invited_by=request.invited_by,
        app=request.app,
        **_sealed_contact(request, key),
        relation=request.relation,
        language=request.language,
        link_hash=link_hash,
        link_expires_at=request.link_expires_at,
        match_code=key.seal_text(request.match_code, Place(REQUEST, "match_code", row)),
        tries_left=request.tries_left,
        sends=request.sends,
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
    """Return which registration, or account, a link is about, or None."""
    found = await _sql["find_registration_behind"].value(
        connection, link_hash=link_hash
    )
    return RegistrationId(found) if isinstance(found, UUID) else None


async def find_of_account(
    connection: Connection,
    account_id: AccountId,
    guardian_id: GuardianId | None,
    *,
    key: SealingKey,
) -> ConsentRequest | None:
    """Return what a guardian, or a named address, is asked for an account, or None."""
    row = await _sql["find_request_of_account"].one(
        connection, account_id=account_id, guardian_id=guardian_id
    )
    return None if row is None else _request(row, key)


def _request(row: asyncpg.Record, key: SealingKey) -> ConsentRequest:
    place = str(row["consent_request_id"])
    return ConsentRequest(
        consent_request_id=ConsentRequestId(row["consent_request_id"]),
        registration_id=RegistrationId(row["registration_id"] or row["account_id"]),
        account_id=row["account_id"] and AccountId(row["account_id"]),
        guardian_id=row["guardian_id"] and GuardianId(row["guardian_id"]),
        policy_version=row["policy_version"],
        pending=_pending(row),
        verifications=row["verifications"],
        invited_by=row["invited_by"] and GuardianId(row["invited_by"]),
        message_id=row["message_id"],
        browser_hash=row["browser_hash"],
        corrections=row["corrections"],
        bounced=row["state"] == "bounced",
        app=AppName(row["app"]),
        guardian_contact=_contact(row, key),
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


def _pending(row: asyncpg.Record) -> Pending | None:
    if row["purposes"] is None:
        return None
    verifying = row["state"] == "verifying"
    return Pending(
        purposes=tuple(row["purposes"]),
        method=Method(row["method"]),
        waits_for=WaitsFor.VERIFICATION if verifying else WaitsFor.SECOND_CONTACT,
    )


async def find(
    connection: Connection, request_id: ConsentRequestId, *, key: SealingKey
) -> ConsentRequest | None:
    """Return a request, or None."""
    row = await _sql["find_request"].one(connection, consent_request_id=request_id)
    return None if row is None else _request(row, key)


async def find_subject(
    connection: Connection, request_id: ConsentRequestId
) -> RegistrationId | None:
    """Return which registration, or account, a request is about, or None."""
    found = await _sql["find_subject_of"].value(
        connection, consent_request_id=request_id
    )
    return RegistrationId(found) if isinstance(found, UUID) else None


def _sealed_contact(
    request: ConsentRequest, key: SealingKey
) -> dict[str, bytes | None]:
    """Return the columns of where a guardian was named; of one we know, neither."""
    contact, row = request.guardian_contact, str(request.consent_request_id)
    sealed: dict[str, bytes | None] = dict.fromkeys(GUARDIAN_FIELDS.values())
    if request.guardian_id is None:
        column = GUARDIAN_FIELDS[contact.kind]
        sealed[column] = key.seal_text(contact.address, Place(REQUEST, column, row))
    return sealed


def _contact(row: asyncpg.Record, key: SealingKey) -> GuardianContact:
    """Return where a guardian was named; nowhere, for one we know."""
    place = str(row["consent_request_id"])
    for kind, column in GUARDIAN_FIELDS.items():
        if row[column] is not None:
            address = key.open_text(row[column], Place(REQUEST, column, place))
            return GuardianContact(kind, address)
    return by_email("")


async def hold(
    connection: Connection,
    request_id: ConsentRequestId,
    purposes: Sequence[str],
    method: Method,
    *,
    link_hash: bytes,
    expires_at: datetime,
) -> None:
    """Note what was granted and waits for the second contact; the link is spent."""
    await _sql["hold_request"].run(
        connection,
        consent_request_id=request_id,
        purposes=[*purposes],
        method=method,
        link_hash=link_hash,
        link_expires_at=expires_at,
    )


async def verify(
    connection: Connection,
    request_id: ConsentRequestId,
    purposes: Sequence[str],
    method: Method,
) -> None:
    """Note what was granted and waits until it is sure who the guardian is."""
    await _sql["verify_request"].run(
        connection,
        consent_request_id=request_id,
        purposes=[*purposes],
        method=method,
    )


async def release(
    connection: Connection, request_id: ConsentRequestId, *, counts: bool
) -> None:
    """Let what waited for a verification go; whether it *counts* as one of the few."""
    await _sql["release_request"].run(
        connection, consent_request_id=request_id, fewer=0 if counts else 1
    )


async def delete_request(
    connection: Connection, request_id: ConsentRequestId
) -> bytes | None:
    """Forget a request, and return the hash of the link that it had."""
    found = await _sql["delete_request"].value(
        connection, consent_request_id=request_id
    )
    return found if isinstance(found, bytes) else None


async def delete_of_account(
    connection: Connection, account_id: AccountId
) -> list[bytes]:
    """Forget all that is asked for an account, and return the hashes of the links."""
    rows = await _sql["delete_requests_of_account"].all(
        connection, account_id=account_id
    )
    return [bytes(row["link_hash"]) for row in rows]


async def note_message(
    connection: Connection, request_id: ConsentRequestId, message_id: UUID
) -> None:
    """Keep which message is the newest."""
    await _sql["note_message"].run(
        connection, consent_request_id=request_id, message_id=message_id
    )


async def mark_bounced(
    connection: Connection, request_id: ConsentRequestId, message_id: UUID
) -> bool:
    """Note that the newest message came back; False where there is a newer one."""
    marked = await _sql["mark_bounced"].run(
        connection, consent_request_id=request_id, message_id=message_id
    )
    return marked == 1


async def correct(
    connection: Connection, request: ConsentRequest, *, key: SealingKey
) -> None:
    """Keep the guardian's address as the child has corrected it."""
    await _sql["correct_request"].run(
        connection,
        consent_request_id=request.consent_request_id,
        **_sealed_contact(request, key),
        relation=request.relation,
        language=request.language,
    )


async def restate(
    connection: Connection, request_id: ConsentRequestId, relation: Relation
) -> None:
    """Keep what the guardian says they are to the child."""
    await _sql["restate_relation"].run(
        connection, consent_request_id=request_id, relation=relation
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


async def sweep(
    connection: Connection,
    *,
    now: datetime,
    links_before: datetime,
    asked_before: datetime,
    barred_before: datetime,
) -> int:
    """Delete what is kept of spent links, the askings of past days, and old bars.

    And the requests about accounts that nobody has answered in time.
    """
    over = await _sql["delete_requests_expired"].all(connection, now=now)
    for row in over:
        await link_store.add_link_end(
            connection, bytes(row["link_hash"]), answered=False, at=now
        )
    links = await _sql["delete_link_ends_before"].run(connection, before=links_before)
    asked = await _sql["delete_asked_before"].run(connection, before=asked_before)
    barred = await _sql["delete_bars_before"].run(connection, before=barred_before)
    return links + asked + barred + len(over)
