"""Guardians who sign in, and are signed in, in PostgreSQL."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from service.domain.authenticators import Factor
from service.domain.consent import GuardianId
from service.domain.guardian_factors import GuardianSession
from service.domain.profiles import AppName
from service.guardian_accounts.factor_store import enrolled_in
from service.kit import queries
from service.kit.database import Connection

_sql = queries.load("guardian_accounts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Somebody wants to sign in as the guardian behind an index."""

    sign_in_id: UUID
    app: AppName
    blind_index: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningIn:
    """A guardian who was sent a link, and the hash of the code that goes with it."""

    sign_in_id: UUID
    guardian_id: GuardianId
    code_hash: bytes
    tries_left: int


async def add_sign_in(
    connection: Connection,
    wanted: Wanted,
    *,
    code_hash: bytes,
    language: str,
    tries: int,
    at: datetime,
    expires_at: datetime,
) -> None:
    """Keep that somebody wants to sign in."""
    await _sql["add_sign_in"].run(
        connection,
        sign_in_id=wanted.sign_in_id,
        app=wanted.app,
        blind_index=wanted.blind_index,
        code_hash=code_hash,
        language=language,
        tries_left=tries,
        asked_at=at,
        expires_at=expires_at,
    )


async def find_waiting(
    connection: Connection, *, after: UUID, now: datetime, batch: int
) -> list[Wanted]:
    """Return who was not looked for yet, in order of id."""
    rows = await _sql["find_waiting"].all(connection, after=after, now=now, batch=batch)
    return [
        Wanted(
            sign_in_id=row["sign_in_id"],
            app=AppName(row["app"]),
            blind_index=row["blind_index"],
        )
        for row in rows
    ]


async def count_recent(
    connection: Connection, wanted: Wanted, *, since: datetime
) -> int:
    """Return how often the guardian behind an index was written to since."""
    found = await _sql["count_recent"].value(
        connection, app=wanted.app, blind_index=wanted.blind_index, since=since
    )
    return int(str(found))


async def write_to(
    connection: Connection, wanted: Wanted, guardian_id: GuardianId, link_hash: bytes
) -> bool:
    """Note which guardian is sent a link; False when another worker did."""
    written = await _sql["write_to"].run(
        connection,
        sign_in_id=wanted.sign_in_id,
        guardian_id=guardian_id,
        link_hash=link_hash,
    )
    return written == 1


async def write_to_nobody(connection: Connection, wanted: Wanted) -> bool:
    """Note that nobody is written to; False when another worker did."""
    done = await _sql["write_to_nobody"].run(connection, sign_in_id=wanted.sign_in_id)
    return done == 1


async def lock_sign_in(
    connection: Connection, link_hash: bytes, *, now: datetime
) -> SigningIn | None:
    """Return who was sent a link, locked; None where it is none, or too old."""
    row = await _sql["lock_sign_in"].one(connection, link_hash=link_hash, now=now)
    if row is None:
        return None
    return SigningIn(
        sign_in_id=row["sign_in_id"],
        guardian_id=GuardianId(row["guardian_id"]),
        code_hash=row["code_hash"],
        tries_left=row["tries_left"],
    )


async def count_try(connection: Connection, sign_in_id: UUID) -> None:
    """Count a wrong code."""
    await _sql["count_try"].run(connection, sign_in_id=sign_in_id)


async def use_up(connection: Connection, sign_in_id: UUID, *, now: datetime) -> None:
    """Let a link be of no use any more."""
    await _sql["use_up"].run(connection, sign_in_id=sign_in_id, now=now)


async def add_session(
    connection: Connection,
    session_hash: bytes,
    guardian_id: GuardianId,
    *,
    methods: Collection[Factor],
    at: datetime,
    expires_at: datetime,
) -> None:
    """Keep that a guardian is signed in, and by what."""
    await _sql["add_session"].run(
        connection,
        session_hash=session_hash,
        guardian_id=guardian_id,
        methods=sorted(methods),
        opened_at=at,
        expires_at=expires_at,
    )


async def find_session(
    connection: Connection, session_hash: bytes, *, now: datetime
) -> GuardianSession | None:
    """Return who is signed in, or None; a guardian who is barred is not."""
    row = await _sql["find_session"].one(connection, session_hash=session_hash, now=now)
    if row is None:
        return None
    return GuardianSession(
        guardian_id=GuardianId(row["guardian_id"]),
        methods=frozenset(Factor(one) for one in row["methods"]),
        proven_at=row["proven_at"],
        enrolled=enrolled_in(row),
        session_hash=session_hash,
    )


async def raise_session(
    connection: Connection,
    session_hash: bytes,
    new_hash: bytes,
    *,
    methods: Collection[Factor],
    now: datetime,
) -> datetime | None:
    """Put another secret and one more proof to a session; None where it is over."""
    expires_at = await _sql["raise_session"].value(
        connection,
        session_hash=session_hash,
        new_hash=new_hash,
        methods=sorted(methods),
        now=now,
    )
    return expires_at if isinstance(expires_at, datetime) else None


async def end_sessions(
    connection: Connection, guardian_id: GuardianId, *, keep: bytes | None = None
) -> None:
    """Sign a guardian out everywhere but in one session; links that wait go first."""
    await _sql["close_links"].run(connection, guardian_id=guardian_id)
    await _sql["end_sessions"].run(connection, guardian_id=guardian_id, keep=keep)


async def delete_session(connection: Connection, session_hash: bytes) -> None:
    """Sign a guardian out."""
    await _sql["delete_session"].run(connection, session_hash=session_hash)


async def sweep(connection: Connection, *, now: datetime, before: datetime) -> int:
    """Delete the sessions that are over, and the sign-ins of *before*; how many."""
    sessions = await _sql["delete_sessions_over"].run(connection, now=now)
    return sessions + await _sql["delete_sign_ins_before"].run(
        connection, before=before
    )
