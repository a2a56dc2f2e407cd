"""Sessions and sign-ins under way in PostgreSQL."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast
from uuid import UUID

import asyncpg

from service.domain.accounts import AccountId
from service.domain.authenticators import Assurance, Factor
from service.domain.decisions import AgeBand
from service.domain.grants import GrantedPurpose, GrantState
from service.domain.profiles import AppName
from service.domain.sessions import CHALLENGE_TRIES, Device, Session, SessionKind
from service.kit import queries
from service.kit.database import Connection, Pool
from service.kit.secrets import Place, SealingKey
from service.sessions.tokens import Bearing, factors_of

_sql = queries.load("sessions")

TABLE: Final = "session"
BATCH: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """A sign-in that waits for a second factor."""

    account_id: AccountId
    app: AppName
    kind: SessionKind
    methods: frozenset[Factor]
    epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """A session that holds, in a glance."""

    session_id: UUID
    account_id: AccountId
    app: AppName
    assurance: Assurance
    last_used_at: datetime
    epoch: int
    suspended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A session as its holder sees it in a list."""

    session_id: UUID
    kind: SessionKind
    aal: int
    opened_at: datetime
    last_used_at: datetime
    expires_at: datetime
    device: Device


async def add(
    connection: Connection,
    session: Session,
    device: Device,
    *,
    token_hash: bytes | None,
    key: SealingKey,
) -> bool:
    """Keep a new session; False when its account was changed meanwhile."""
    added = await _sql["add_session"].run(
        connection,
        session_id=session.session_id,
        account_id=session.account_id,
        epoch=session.epoch,
        kind=session.kind,
        aal=session.assurance.aal,
        methods=sorted(session.assurance.methods),
        auth_time=session.assurance.auth_time,
        now=session.opened_at,
        expires_at=session.expires_at,
        device=_sealed(device, session.session_id, key=key),
        token_hash=token_hash,
    )
    return added == 1


async def find(
    connection: Connection, session_id: UUID, *, now: datetime
) -> Bearing | None:
    """Return a session that holds, and what its tokens say; or None."""
    row = await _sql["find_session"].one(connection, session_id=session_id, now=now)
    if row is None:
        return None
    session = Session(
        session_id=row["session_id"],
        account_id=AccountId(row["account_id"]),
        app=AppName(row["app"]),
        kind=SessionKind(row["kind"]),
        assurance=_assurance(row),
        opened_at=row["opened_at"],
        last_used_at=row["last_used_at"],
        expires_at=row["expires_at"],
        epoch=row["credentials_epoch"],
    )
    return Bearing(
        session=session,
        band=AgeBand(row["age_band"]),
        granted=granted_of(row),
        suspended=row["suspended"],
    )


async def hold(connection: Connection, session_id: UUID) -> None:
    """Have whoever else changes what a session is carried by wait their turn."""
    await _sql["hold_session"].value(connection, session_id=session_id)


async def find_presence(
    pool: Pool, session_id: UUID, *, now: datetime
) -> Presence | None:
    """Return a session that holds, or None."""
    row = await _sql["find_presence"].seen(pool, session_id=session_id)
    return None if row is None or row["expires_at"] <= now else _presence(row)


async def find_presence_by_cookie(
    connection: Connection, token_hash: bytes, *, now: datetime
) -> Presence | None:
    """Return the session that holds behind a cookie, or None."""
    row = await _sql["find_presence_by_cookie"].one(connection, token_hash=token_hash)
    return None if row is None or row["expires_at"] <= now else _presence(row)


async def touch(connection: Connection, session_id: UUID, *, now: datetime) -> None:
    """Note that a session was used."""
    await _sql["touch_session"].run(connection, session_id=session_id, now=now)


async def list_open(
    connection: Connection, account_id: AccountId, *, key: SealingKey, now: datetime
) -> list[Listed]:
    """Return the sessions of an account that hold, the one used last first."""
    rows = await _sql["list_sessions"].all(connection, account_id=account_id, now=now)
    return [_listed(row, key=key) for row in rows]


async def list_every(
    connection: Connection, account_id: AccountId, *, key: SealingKey
) -> list[Listed]:
    """Return every session that is kept of an account, the oldest first."""
    rows = await _sql["list_every_session"].all(connection, account_id=account_id)
    return [_listed(row, key=key) for row in rows]


async def raise_level(
    connection: Connection,
    session_id: UUID,
    assurance: Assurance,
    *,
    token_hash: bytes | None,
) -> bool:
    """Keep how surely the holder is there now; a browser has another cookie for it."""
    raised = await _sql["raise_session"].run(
        connection,
        session_id=session_id,
        aal=assurance.aal,
        methods=sorted(assurance.methods),
        auth_time=assurance.auth_time,
        token_hash=token_hash,
    )
    return raised == 1


async def end(
    connection: Connection, account_id: AccountId, session_id: UUID, *, now: datetime
) -> bool:
    """End one session of an account; False when it has no such one."""
    ended = await _sql["end_session"].run(
        connection, session_id=session_id, account_id=account_id, now=now
    )
    return ended == 1


async def end_all(
    connection: Connection, account_id: AccountId, *, but: UUID | None, now: datetime
) -> int:
    """End every session of an account, *but* one; how many."""
    return await _sql["end_sessions"].run(
        connection, account_id=account_id, but=but, now=now
    )


async def move_to_epoch(connection: Connection, session_id: UUID, epoch: int) -> None:
    """Let a session go on in a new epoch."""
    await _sql["move_to_epoch"].run(connection, session_id=session_id, epoch=epoch)


async def move_all_to_epoch(
    connection: Connection, account_id: AccountId, epoch: int
) -> None:
    """Let every session of an account that holds now go on in a new epoch."""
    await _sql["move_all_to_epoch"].run(connection, account_id=account_id, epoch=epoch)


async def find_app(connection: Connection, account_id: AccountId) -> AppName:
    """Return the app of an account."""
    return AppName(str(await _sql["find_app"].value(connection, account_id=account_id)))


async def find_owner(
    connection: Connection, session_id: UUID
) -> tuple[AccountId, AppName] | None:
    """Return whose session it is that has not ended, or None."""
    row = await _sql["find_owner"].one(connection, session_id=session_id)
    return None if row is None else (AccountId(row["account_id"]), AppName(row["app"]))


async def add_challenge(
    connection: Connection,
    challenge_hash: bytes,
    challenge: Challenge,
    *,
    now: datetime,
    expires_at: datetime,
) -> None:
    """Keep a sign-in that waits for a second factor."""
    await _sql["add_challenge"].run(
        connection,
        challenge_hash=challenge_hash,
        account_id=challenge.account_id,
        app=challenge.app,
        kind=challenge.kind,
        methods=sorted(challenge.methods),
        epoch=challenge.epoch,
        tries=CHALLENGE_TRIES,
        now=now,
        expires_at=expires_at,
    )


async def try_challenge(
    connection: Connection, challenge_hash: bytes, *, now: datetime
) -> Challenge | None:
    """Return a challenge that is still open, counting a try; or None."""
    row = await _sql["try_challenge"].one(
        connection, challenge_hash=challenge_hash, now=now
    )
    if row is None:
        return None
    return Challenge(
        account_id=AccountId(row["account_id"]),
        app=AppName(row["app"]),
        kind=SessionKind(row["kind"]),
        methods=factors_of(row["methods"]),
        epoch=row["credentials_epoch"],
    )


async def delete_challenge(connection: Connection, challenge_hash: bytes) -> None:
    """Forget a challenge that was met."""
    await _sql["delete_challenge"].run(connection, challenge_hash=challenge_hash)


async def delete_challenges(connection: Connection, account_id: AccountId) -> None:
    """End every sign-in of an account that is under way."""
    await _sql["delete_challenges_of"].run(connection, account_id=account_id)


async def delete_all(connection: Connection, account_id: AccountId) -> int:
    """Delete everything kept of an account's sessions; how many there were."""
    await delete_challenges(connection, account_id)
    return await _sql["delete_sessions_of"].run(connection, account_id=account_id)


async def delete_before(
    connection: Connection, app: AppName, *, before: datetime
) -> int:
    """Delete a batch of sessions of *app* that were over before then; how many."""
    return await _sql["delete_sessions_before"].run(
        connection, app=app, before=before, batch=BATCH
    )


async def delete_expired_challenges(connection: Connection, *, now: datetime) -> int:
    """Delete sign-ins that nobody has finished in time; how many."""
    return await _sql["delete_expired_challenges"].run(connection, now=now)


async def other_apps(connection: Connection, apps: Collection[str]) -> list[AppName]:
    """Return the apps that have sessions, and are none of *apps*."""
    rows = await _sql["find_other_apps"].all(connection, apps=[*apps])
    return [AppName(row["app"]) for row in rows]


def _assurance(row: asyncpg.Record) -> Assurance:
    return Assurance(
        aal=row["aal"],
        auth_time=row["auth_time"],
        methods=factors_of(row["methods"]),
    )


def _presence(row: asyncpg.Record) -> Presence:
    return Presence(
        session_id=row["session_id"],
        account_id=AccountId(row["account_id"]),
        app=AppName(row["app"]),
        assurance=_assurance(row),
        last_used_at=row["last_used_at"],
        epoch=row["credentials_epoch"],
        suspended=row["suspended"],
    )


def granted_of(row: asyncpg.Record) -> tuple[GrantedPurpose, ...]:
    """Return what was granted, of a row that has it as columns of arrays."""
    columns = (row[name] or () for name in ("purposes", "states", "ends"))
    return tuple(
        GrantedPurpose(purpose=purpose, state=GrantState(state), ends_at=ends_at)
        for purpose, state, ends_at in zip(*columns, strict=True)
    )


def _listed(row: asyncpg.Record, *, key: SealingKey) -> Listed:
    return Listed(
        session_id=row["session_id"],
        kind=SessionKind(row["kind"]),
        aal=row["aal"],
        opened_at=row["opened_at"],
        last_used_at=row["last_used_at"],
        expires_at=row["expires_at"],
        device=_device(row["device"], row["session_id"], key=key),
    )


def _sealed(device: Device, session_id: UUID, *, key: SealingKey) -> bytes:
    told = {"name": device.name, "country": device.country}
    kept = {name: value for name, value in told.items() if value is not None}
    return key.seal_text(json.dumps(kept), Place(TABLE, "device", str(session_id)))


def _device(sealed: bytes | None, session_id: UUID, *, key: SealingKey) -> Device:
    if sealed is None:
        return Device()
    place = Place(TABLE, "device", str(session_id))
    told = cast("Mapping[str, str]", json.loads(key.open_text(sealed, place)))
    return Device(name=told.get("name"), country=told.get("country"))
