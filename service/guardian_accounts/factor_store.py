"""What guardians sign in with beside a link, in PostgreSQL, sealed to its row."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from service.domain.authenticators import Factor
from service.domain.consent import GuardianId
from service.domain.profiles import AppName
from service.kit import queries
from service.kit.database import Connection
from service.kit.queries import Row
from service.kit.secrets import KeyRing, Place, SealingKey
from service.mfa.passkeys.auth import Known, Made, Used
from service.mfa.passkeys.kept import Passkey, PasskeyId, Purpose
from service.mfa.totp.kept import App, Enrolment, TotpId

_sql = queries.load("guardian_factors")

PASSKEY: Final = "guardian_passkey"
TOTP: Final = "guardian_totp"
PASSWORD: Final = "guardian_password"  # noqa: S105 -- a table


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a device was asked to sign, and by whom; nobody yet who signs in."""

    challenge_hash: bytes
    purpose: Purpose
    app: AppName
    guardian_id: GuardianId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A passkey found by its credential id, its public key still sealed."""

    passkey_id: PasskeyId
    guardian_id: GuardianId
    app: AppName
    public_key: bytes = field(repr=False)
    backup_eligible: bool
    user_handle: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A password as it is kept."""

    password_hash: str = field(repr=False)
    set_at: datetime


def enrolled_in(row: Row) -> frozenset[Factor]:
    """Return the second factors that a row says there are."""
    there = {Factor.PASSKEY: row["passkey"], Factor.TOTP: row["totp"]}
    return frozenset(factor for factor, found in there.items() if found)


async def find(
    connection: Connection, guardian_id: GuardianId
) -> frozenset[Factor] | None:
    """Return a guardian's second factors; None where there is no such guardian."""
    row = await _sql["find_factors"].one(connection, guardian_id=guardian_id)
    return None if row is None else enrolled_in(row)


async def lock(
    connection: Connection, guardian_id: GuardianId
) -> frozenset[Factor] | None:
    """Return a guardian's second factors, which nobody else changes now, or None."""
    row = await _sql["lock_factors"].one(connection, guardian_id=guardian_id)
    return None if row is None else enrolled_in(row)


def index_of(keys: KeyRing, credential_id: bytes) -> bytes:
    """Return the blind index under which a guardian's passkey is found."""
    return keys.blind_index("guardian passkey", credential_id.hex())


async def keep_user_handle(
    connection: Connection, guardian_id: GuardianId, fresh: bytes
) -> bytes:
    """Return what devices call a guardian: *fresh*, unless they have a handle."""
    await _sql["keep_user_handle"].run(
        connection, guardian_id=guardian_id, user_handle=fresh
    )
    found = await _sql["find_user_handle"].value(connection, guardian_id=guardian_id)
    return found if isinstance(found, bytes) else fresh


async def ask(connection: Connection, asked: Asked, *, expires_at: datetime) -> None:
    """Keep what a device is asked to sign."""
    await _sql["add_challenge"].run(
        connection,
        challenge_hash=asked.challenge_hash,
        purpose=asked.purpose,
        app=asked.app,
        guardian_id=asked.guardian_id,
        expires_at=expires_at,
    )


async def take(connection: Connection, asked: Asked, *, now: datetime) -> bool:
    """Use a challenge up; False when it was not asked, was used, or is too old."""
    taken = await _sql["take_challenge"].run(
        connection,
        challenge_hash=asked.challenge_hash,
        purpose=asked.purpose,
        app=asked.app,
        guardian_id=asked.guardian_id,
        now=now,
    )
    return taken == 1


async def add_passkey(
    connection: Connection,
    guardian_id: GuardianId,
    passkey_id: PasskeyId,
    made: Made,
    *,
    name: str,
    index: bytes,
    key: SealingKey,
    at: datetime,
) -> bool:
    """Keep a new passkey; False when some guardian has it already."""
    added = await _sql["add_passkey"].run(
        connection,
        passkey_id=passkey_id,
        guardian_id=guardian_id,
        credential_index=index,
        credential_id=key.seal(
            made.credential_id, bytes(Place(PASSKEY, "credential_id", str(passkey_id)))
        ),
        public_key=key.seal(
            made.public_key, bytes(Place(PASSKEY, "public_key", str(passkey_id)))
        ),
        name=key.seal_text(name, Place(PASSKEY, "name", str(passkey_id))),
        sign_count=made.sign_count,
        backup_eligible=made.backup_eligible,
        backed_up=made.backed_up,
        transports=[*made.transports],
        created_at=at,
    )
    return added == 1


async def find_passkey(connection: Connection, index: bytes) -> Found | None:
    """Return a passkey by the blind index of its credential id, or None."""
    row = await _sql["find_passkey"].one(connection, credential_index=index)
    if row is None:
        return None
    return Found(
        passkey_id=PasskeyId(row["passkey_id"]),
        guardian_id=GuardianId(row["guardian_id"]),
        app=AppName(row["app"]),
        public_key=row["public_key"],
        backup_eligible=row["backup_eligible"],
        user_handle=row["user_handle"],
    )


def open_public_key(found: Found, *, key: SealingKey) -> bytes:
    """Return the public key of a passkey, or raise UnsealError."""
    place = Place(PASSKEY, "public_key", str(found.passkey_id))
    return key.open(found.public_key, bytes(place))


async def find_passkeys(
    connection: Connection, guardian_id: GuardianId, *, key: SealingKey
) -> list[Passkey]:
    """Return the passkeys of a guardian, the oldest first."""
    rows = await _sql["find_passkeys"].all(connection, guardian_id=guardian_id)
    return [_passkey(row, key) for row in rows]


async def use_passkey(
    connection: Connection, passkey_id: PasskeyId, used: Used, *, now: datetime
) -> bool:
    """Note a use; False when the counter did not rise, as that of a copy wouldn't."""
    noted = await _sql["use_passkey"].run(
        connection,
        passkey_id=passkey_id,
        sign_count=used.sign_count,
        backed_up=used.backed_up,
        now=now,
    )
    return noted == 1


async def begin_totp(
    connection: Connection,
    guardian_id: GuardianId,
    enrolment: Enrolment,
    *,
    key: SealingKey,
    at: datetime,
    expires_at: datetime,
) -> None:
    """Keep an app to be confirmed, in place of any other that is."""
    row = str(enrolment.totp_id)
    await _sql["begin_totp"].run(
        connection,
        totp_id=enrolment.totp_id,
        guardian_id=guardian_id,
        name=key.seal_text(enrolment.name, Place(TOTP, "name", row)),
        secret=key.seal_text(enrolment.secret, Place(TOTP, "secret", row)),
        created_at=at,
        expires_at=expires_at,
    )


async def find_unconfirmed(
    connection: Connection, guardian_id: GuardianId, *, key: SealingKey, now: datetime
) -> Enrolment | None:
    """Return the app that is to be confirmed, or None."""
    row = await _sql["find_unconfirmed_totp"].one(
        connection, guardian_id=guardian_id, now=now
    )
    if row is None:
        return None
    totp_id = TotpId(row["totp_id"])
    return Enrolment(
        totp_id=totp_id,
        name=key.open_text(row["name"], Place(TOTP, "name", str(totp_id))),
        secret=key.open_text(row["secret"], Place(TOTP, "secret", str(totp_id))),
    )


async def confirm_totp(
    connection: Connection, totp_id: TotpId, *, step: int, now: datetime
) -> bool:
    """Confirm an app by the step of its first code; False when it was, or is gone."""
    done = await _sql["confirm_totp"].run(
        connection, totp_id=totp_id, step=step, now=now
    )
    return done == 1


async def find_totps(
    connection: Connection, guardian_id: GuardianId, *, key: SealingKey
) -> list[App]:
    """Return the apps of a guardian, the oldest first."""
    rows = await _sql["find_totps"].all(connection, guardian_id=guardian_id)
    return [_app(row, key) for row in rows]


async def take_step(
    connection: Connection, totp_id: TotpId, *, step: int, now: datetime
) -> bool:
    """Use a step up, and all before it; False when it was used before."""
    taken = await _sql["take_step"].run(connection, totp_id=totp_id, step=step, now=now)
    return taken == 1


async def rename(
    connection: Connection,
    factor: Factor,
    guardian_id: GuardianId,
    factor_id: UUID,
    name: str,
    *,
    key: SealingKey,
) -> bool:
    """Give a passkey or an app another name; False when the guardian has no such."""
    table = PASSKEY if factor is Factor.PASSKEY else TOTP
    sealed = key.seal_text(name, Place(table, "name", str(factor_id)))
    renamed = await _sql[f"rename_{factor}"].run(
        connection, guardian_id=guardian_id, factor_id=factor_id, name=sealed
    )
    return renamed == 1


async def delete(
    connection: Connection, factor: Factor, guardian_id: GuardianId, factor_id: UUID
) -> bool:
    """Delete a passkey or an app; False when the guardian has no such."""
    deleted = await _sql[f"delete_{factor}"].run(
        connection, guardian_id=guardian_id, factor_id=factor_id
    )
    return deleted == 1


async def set_password(
    connection: Connection,
    guardian_id: GuardianId,
    password_hash: str,
    *,
    key: SealingKey,
    at: datetime,
) -> None:
    """Keep a password, in place of any other."""
    await _sql["set_password"].run(
        connection,
        guardian_id=guardian_id,
        password_hash=key.seal_text(password_hash, _password(guardian_id)),
        set_at=at,
    )


async def strengthen_password(
    connection: Connection,
    guardian_id: GuardianId,
    password_hash: str,
    *,
    key: SealingKey,
    set_at: datetime,
) -> None:
    """Keep a stronger hash of the password that was set then."""
    await _sql["strengthen_password"].run(
        connection,
        guardian_id=guardian_id,
        password_hash=key.seal_text(password_hash, _password(guardian_id)),
        set_at=set_at,
    )


async def find_password(
    connection: Connection, guardian_id: GuardianId, *, key: SealingKey
) -> Stored | None:
    """Return what is kept of a guardian's password, or None."""
    row = await _sql["find_password"].one(connection, guardian_id=guardian_id)
    if row is None:
        return None
    opened = key.open_text(row["password_hash"], _password(guardian_id))
    return Stored(password_hash=opened, set_at=row["set_at"])


async def delete_password(connection: Connection, guardian_id: GuardianId) -> bool:
    """Delete a guardian's password; False when there is none."""
    return await _sql["delete_password"].run(connection, guardian_id=guardian_id) == 1


async def delete_lone_password(connection: Connection, guardian_id: GuardianId) -> bool:
    """Delete a password that no app stands beside any more; False without one."""
    deleted = await _sql["delete_lone_password"].run(
        connection, guardian_id=guardian_id
    )
    return deleted == 1


async def delete_since(
    connection: Connection, guardian_id: GuardianId, *, since: datetime
) -> None:
    """Delete what was added since then, or begun."""
    await _sql["delete_since"].run(connection, guardian_id=guardian_id, since=since)


async def ask_recovery(
    connection: Connection, guardian_id: GuardianId, *, at: datetime, due_at: datetime
) -> bool:
    """Keep when lost factors go; False when that was asked before."""
    asked = await _sql["ask_recovery"].run(
        connection, guardian_id=guardian_id, asked_at=at, due_at=due_at
    )
    return asked == 1


async def find_recovery(
    connection: Connection, guardian_id: GuardianId
) -> datetime | None:
    """Return when lost factors go, where that was asked."""
    found = await _sql["find_recovery"].value(connection, guardian_id=guardian_id)
    return found if isinstance(found, datetime) else None


async def cancel_recovery(connection: Connection, guardian_id: GuardianId) -> bool:
    """Let nothing go; False when nothing was to."""
    return await _sql["cancel_recovery"].run(connection, guardian_id=guardian_id) == 1


async def find_due_recoveries(
    connection: Connection, *, after: UUID, now: datetime, batch: int
) -> list[GuardianId]:
    """Return whose factors go now, in order of id."""
    rows = await _sql["find_due_recoveries"].all(
        connection, after=after, now=now, batch=batch
    )
    return [GuardianId(row["guardian_id"]) for row in rows]


async def take_due_recovery(
    connection: Connection, guardian_id: GuardianId, *, now: datetime
) -> bool:
    """Take what is due; False when another worker did, or it was called off."""
    taken = await _sql["take_due_recovery"].run(
        connection, guardian_id=guardian_id, now=now
    )
    return taken == 1


async def note_recovered(
    connection: Connection, guardian_id: GuardianId, *, now: datetime
) -> None:
    """Note that from now on the mailbox stood in for what was lost."""
    await _sql["note_recovered"].run(connection, guardian_id=guardian_id, now=now)


async def delete_overdue(connection: Connection, *, now: datetime) -> int:
    """Delete what was begun and not finished in time; how many apps."""
    return await _sql["delete_overdue"].run(connection, now=now)


def _passkey(row: Row, key: SealingKey) -> Passkey:
    passkey_id = PasskeyId(row["passkey_id"])
    sealed = Place(PASSKEY, "credential_id", str(passkey_id))
    return Passkey(
        passkey_id=passkey_id,
        name=key.open_text(row["name"], Place(PASSKEY, "name", str(passkey_id))),
        known=Known(
            credential_id=key.open(row["credential_id"], bytes(sealed)),
            transports=row["transports"],
        ),
        backup_eligible=row["backup_eligible"],
        backed_up=row["backed_up"],
        created_at=row["created_at"],
        last_used_at=row["last_used_at"],
    )


def _app(row: Row, key: SealingKey) -> App:
    totp_id = TotpId(row["totp_id"])
    return App(
        totp_id=totp_id,
        name=key.open_text(row["name"], Place(TOTP, "name", str(totp_id))),
        secret=key.open_text(row["secret"], Place(TOTP, "secret", str(totp_id))),
        created_at=row["created_at"],
        confirmed_at=row["confirmed_at"],
        last_used_at=row["last_used_at"],
    )


def _password(guardian_id: GuardianId) -> Place:
    return Place(PASSWORD, "password_hash", str(guardian_id))
