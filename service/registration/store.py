"""Registrations and contact codes in PostgreSQL."""

import json
from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from service.domain.decisions import AgeBand, DecisionKind
from service.domain.forms import GUARDIAN_FIELDS, ContactKind
from service.domain.guardian_contacts import GuardianContact
from service.domain.profiles import AppName
from service.domain.registration import (
    CODE_SENDS,
    CODE_TRIES,
    Outline,
    Registration,
    RegistrationId,
    State,
)
from service.kit import queries
from service.kit.database import Connection
from service.kit.queries import Write
from service.kit.secrets import KeyRing, Place, SealingKey

_sql = queries.load("registration")

TABLE: Final = "registration"


def adding(
    registration: Registration, *, birthday_near: bool, key: SealingKey
) -> Write:
    """Keep a new registration, everything personal sealed with its *key*."""

    def seal(column: str, value: str | None) -> bytes | None:
        place = Place(TABLE, column, str(registration.registration_id))
        return None if value is None else key.seal_text(value, place)

    guardian = registration.guardian_contact
    named = {guardian.kind: guardian.address} if guardian else {}
    return _sql["add_registration"].write(
        registration_id=registration.registration_id,
        app=registration.app,
        state=registration.state,
        age_decision_id=registration.decision_id,
        policy_version=registration.policy_version,
        country=registration.country,
        language=registration.language,
        email=seal("email", registration.email),
        phone=seal("phone", registration.phone),
        username=seal("username", registration.username),
        guardian_email=seal("guardian_email", named.get(ContactKind.EMAIL)),
        guardian_phone=seal("guardian_phone", named.get(ContactKind.PHONE)),
        extras=seal("extras", json.dumps(dict(registration.extras))),
        password_hash=seal("password_hash", registration.password_hash),
        purposes=[*registration.purposes],
        birthday_near=birthday_near,
        started_at=registration.started_at,
        expires_at=registration.expires_at,
    )


async def find(
    connection: Connection, registration_id: RegistrationId, *, keys: KeyRing
) -> tuple[Registration, SealingKey] | None:
    """Return a registration opened from its seal, and its data key; or None."""
    row = await _sql["find_registration"].one(
        connection, registration_id=registration_id
    )
    if row is None:
        return None
    key = keys.unwrap(row["key_id"], row["wrapped_key"], registration_id.bytes)
    return _registration(row, key), key


def _registration(row: asyncpg.Record, key: SealingKey) -> Registration:
    registration_id = RegistrationId(row["registration_id"])

    def opened(column: str) -> str | None:
        place = Place(TABLE, column, str(registration_id))
        return None if row[column] is None else key.open_text(row[column], place)

    guardians = (
        GuardianContact(kind, address)
        for kind, column in GUARDIAN_FIELDS.items()
        if (address := opened(column)) is not None
    )
    confirmed = {
        ContactKind.EMAIL: row["email_confirmed_at"],
        ContactKind.PHONE: row["phone_confirmed_at"],
    }
    return Registration(
        registration_id=registration_id,
        app=AppName(row["app"]),
        state=State(row["state"]),
        decision_id=row["age_decision_id"],
        decision=DecisionKind(row["decision"]),
        band=AgeBand(row["age_band"]),
        policy_version=row["policy_version"],
        country=row["country"],
        language=row["language"],
        email=opened("email"),
        phone=opened("phone"),
        username=opened("username"),
        guardian_contact=next(iter(guardians), None),
        extras=json.loads(opened("extras") or "{}"),
        password_hash=opened("password_hash") or "",
        purposes=tuple(row["purposes"]),
        confirmed=frozenset(kind for kind, at in confirmed.items() if at is not None),
        to_accept=row["to_accept"],
        started_at=row["started_at"],
        expires_at=row["expires_at"],
    )


async def find_outline(
    connection: Connection, registration_id: RegistrationId
) -> Outline | None:
    """Return what stands unsealed of a registration, or None."""
    row = await _sql["find_outline"].one(connection, registration_id=registration_id)
    if row is None:
        return None
    return Outline(
        registration_id=RegistrationId(row["registration_id"]),
        app=AppName(row["app"]),
        state=State(row["state"]),
        band=AgeBand(row["age_band"]),
        policy_version=row["policy_version"],
        expires_at=row["expires_at"],
    )


async def lock(connection: Connection, registration_id: RegistrationId) -> bool:
    """Lock a registration until the transaction ends; False when it is gone."""
    row = await _sql["lock_registration"].one(
        connection, registration_id=registration_id
    )
    return row is not None


async def move(
    connection: Connection,
    registration_id: RegistrationId,
    state: State,
    *,
    expires_at: datetime,
) -> None:
    """Put the registration at another step."""
    await _sql["move_registration"].run(
        connection, registration_id=registration_id, state=state, expires_at=expires_at
    )


async def confirm(
    connection: Connection,
    registration_id: RegistrationId,
    kind: ContactKind,
    *,
    at: datetime,
) -> None:
    """Note that a contact is the applicant's own."""
    name = "confirm_email" if kind is ContactKind.EMAIL else "confirm_phone"
    await _sql[name].run(connection, registration_id=registration_id, at=at)


async def forget_guardian(
    connection: Connection, registration_id: RegistrationId
) -> None:
    """Drop the guardian's address: it stands in the request now, or nowhere."""
    await _sql["forget_guardian"].run(connection, registration_id=registration_id)


async def decide_alone(connection: Connection, registration_id: RegistrationId) -> None:
    """Let the applicant decide, who has yet to accept the policy: no guardian does."""
    await _sql["decide_alone"].run(connection, registration_id=registration_id)


async def accept_policy(
    connection: Connection,
    registration_id: RegistrationId,
    policy_version: str,
    purposes: Collection[str],
) -> None:
    """Note what the applicant has accepted for themself."""
    await _sql["accept_policy"].run(
        connection,
        registration_id=registration_id,
        policy_version=policy_version,
        purposes=[*purposes],
    )


async def replace_decision(
    connection: Connection, registration_id: RegistrationId, decision_id: UUID
) -> None:
    """Let the registration rest on a newer decision."""
    await _sql["replace_decision"].run(
        connection, registration_id=registration_id, age_decision_id=decision_id
    )


def deleting(registration_id: RegistrationId) -> Write:
    """Delete the registration, its codes and its consent request."""
    return _sql["delete_registration"].write(registration_id=registration_id)


def adding_end(registration: Outline, *, completed: bool, at: datetime) -> Write:
    """Note that it ended, without a word of what it held."""
    return _sql["add_end"].write(
        registration_id=registration.registration_id,
        app=registration.app,
        completed=completed,
        ended_at=at,
    )


async def find_end(
    connection: Connection, registration_id: RegistrationId
) -> tuple[AppName, State] | None:
    """Return the app and final state of a registration that is over, or None."""
    row = await _sql["find_end"].one(connection, registration_id=registration_id)
    if row is None:
        return None
    return AppName(row["app"]), State.COMPLETED if row["completed"] else State.ENDED


async def add_code(
    connection: Connection,
    registration_id: RegistrationId,
    kind: ContactKind,
    code_hash: bytes,
    *,
    expires_at: datetime,
) -> None:
    """Keep the first code sent to a contact, as a keyed hash."""
    await _sql["add_code"].run(
        connection,
        registration_id=registration_id,
        channel=kind,
        code_hash=code_hash,
        tries_left=CODE_TRIES,
        expires_at=expires_at,
    )


async def replace_code(
    connection: Connection,
    registration_id: RegistrationId,
    kind: ContactKind,
    code_hash: bytes,
    *,
    expires_at: datetime,
) -> bool:
    """Keep another code instead; False when no more may be sent."""
    replaced = await _sql["replace_code"].run(
        connection,
        registration_id=registration_id,
        channel=kind,
        code_hash=code_hash,
        tries_left=CODE_TRIES,
        sends_allowed=CODE_SENDS,
        expires_at=expires_at,
    )
    return replaced == 1


async def try_code(
    connection: Connection,
    registration_id: RegistrationId,
    kind: ContactKind,
    code_hash: bytes,
    *,
    at: datetime,
) -> bool:
    """Count a try, and use the code up when it is right: one guarded statement."""
    row = await _sql["try_code"].one(
        connection,
        registration_id=registration_id,
        channel=kind,
        code_hash=code_hash,
        at=at,
    )
    return row is not None and row["matched"] is True


async def find_expired(
    connection: Connection, *, now: datetime, after: UUID, batch: int
) -> list[RegistrationId]:
    """Return registrations whose time is over, in order of id."""
    rows = await _sql["find_expired_registrations"].all(
        connection, now=now, after=after, batch=batch
    )
    return [RegistrationId(row["registration_id"]) for row in rows]


async def find_near_birthday(
    connection: Connection,
    *,
    now: datetime,  # noqa: ARG001 -- the day is sealed: the flow has to look
    after: UUID,
    batch: int,
) -> list[RegistrationId]:
    """Return registrations that may age up while they wait, in order of id."""
    rows = await _sql["find_registrations_near_birthday"].all(
        connection, after=after, batch=batch
    )
    return [RegistrationId(row["registration_id"]) for row in rows]


async def other_apps(connection: Connection, apps: Collection[str]) -> list[AppName]:
    """Return the apps that have notes here, and are none of *apps*."""
    rows = await _sql["find_other_apps"].all(connection, apps=[*apps])
    return [AppName(row["app"]) for row in rows]


async def sweep(connection: Connection, app: AppName, *, before: datetime) -> int:
    """Delete the notes of registrations that ended long ago."""
    return await _sql["delete_ends_before"].run(connection, app=app, before=before)
