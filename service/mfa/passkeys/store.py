"""Passkeys and what they are asked to sign in PostgreSQL."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Self
from uuid import UUID

import asyncpg

from service.domain.accounts import AccountId
from service.domain.profiles import AppName
from service.kit import queries
from service.kit.database import Connection
from service.kit.secrets import KeyRing, Place, SealingKey
from service.mfa.passkeys.auth import Known, Made, Used
from service.mfa.passkeys.kept import Passkey, PasskeyId, Purpose

_sql = queries.load("passkeys")

TABLE: Final = "passkey"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a device was asked to sign, and by whom; nobody yet who signs in."""

    challenge_hash: bytes
    purpose: Purpose
    app: AppName
    account_id: AccountId | None

    @classmethod
    def of(
        cls,
        challenge: bytes,
        purpose: Purpose,
        app: AppName,
        account_id: AccountId | None,
    ) -> Self:
        """Return what is kept of a *challenge*: never the challenge itself."""
        return cls(
            challenge_hash=hashlib.sha256(challenge).digest(),
            purpose=purpose,
            app=app,
            account_id=account_id,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A passkey found by its credential id, its public key still sealed."""

    passkey_id: PasskeyId
    account_id: AccountId
    app: AppName
    public_key: bytes = field(repr=False)
    backup_eligible: bool
    user_handle: bytes = field(repr=False)


def index_of(keys: KeyRing, credential_id: bytes) -> bytes:
    """Return the blind index under which a passkey is found."""
    return keys.blind_index("passkey", credential_id.hex())


async def keep_user_handle(
    connection: Connection, account_id: AccountId, fresh: bytes
) -> bytes:
    """Return what devices call the account: *fresh*, unless it has a handle."""
    await _sql["keep_user_handle"].run(
        connection, account_id=account_id, user_handle=fresh
    )
    found = await _sql["find_user_handle"].value(connection, account_id=account_id)
    return found if isinstance(found, bytes) else fresh


async def ask(connection: Connection, asked: Asked, *, expires_at: datetime) -> None:
    """Keep what a device is asked to sign."""
    await _sql["add_passkey_challenge"].run(
        connection,
        challenge_hash=asked.challenge_hash,
        purpose=asked.purpose,
        app=asked.app,
        account_id=asked.account_id,
        expires_at=expires_at,
    )


async def take(connection: Connection, asked: Asked, *, now: datetime) -> bool:
    """Use a challenge up; False when it was not asked, was used, or is too old."""
    taken = await _sql["take_passkey_challenge"].run(
        connection,
        challenge_hash=asked.challenge_hash,
        purpose=asked.purpose,
        app=asked.app,
        account_id=asked.account_id,
        now=now,
    )
    return taken == 1


async def add(
    connection: Connection,
    account_id: AccountId,
    passkey_id: PasskeyId,
    made: Made,
    *,
    name: str,
    index: bytes,
    key: SealingKey,
    at: datetime,
) -> bool:
    """Keep a new passkey; False when some account has it already."""
    added = await _sql["add_passkey"].run(
        connection,
        passkey_id=passkey_id,
        account_id=account_id,
        credential_index=index,
        credential_id=key.seal(
            made.credential_id, bytes(_place("credential_id", passkey_id))
        ),
        public_key=key.seal(made.public_key, bytes(_place("public_key", passkey_id))),
        name=key.seal_text(name, _place("name", passkey_id)),
        sign_count=made.sign_count,
        backup_eligible=made.backup_eligible,
        backed_up=made.backed_up,
        transports=[*made.transports],
        created_at=at,
    )
    return added == 1


async def find(connection: Connection, index: bytes) -> Found | None:
    """Return a passkey by the blind index of its credential id, or None."""
    row = await _sql["find_passkey"].one(connection, credential_index=index)
    if row is None:
        return None
    return Found(
        passkey_id=PasskeyId(row["passkey_id"]),
        account_id=AccountId(row["account_id"]),
        app=AppName(row["app"]),
        public_key=row["public_key"],
        backup_eligible=row["backup_eligible"],
        user_handle=row["user_handle"],
    )


def open_public_key(found: Found, *, key: SealingKey) -> bytes:
    """Return the public key of a passkey, or raise UnsealError."""
    return key.open(found.public_key, bytes(_place("public_key", found.passkey_id)))


async def find_all(
    connection: Connection, account_id: AccountId, *, key: SealingKey
) -> list[Passkey]:
    """Return the passkeys of an account, the oldest first."""
    rows = await _sql["find_passkeys"].all(connection, account_id=account_id)
    return [_passkey(row, key) for row in rows]


async def use(
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


async def rename(
    connection: Connection,
    account_id: AccountId,
    passkey_id: PasskeyId,
    name: str,
    *,
    key: SealingKey,
) -> bool:
    """Give a passkey another name; False when the account has no such passkey."""
    sealed = key.seal_text(name, _place("name", passkey_id))
    renamed = await _sql["rename_passkey"].run(
        connection, account_id=account_id, passkey_id=passkey_id, name=sealed
    )
    return renamed == 1


async def delete(
    connection: Connection, account_id: AccountId, passkey_id: PasskeyId
) -> bool:
    """Delete a passkey; False when the account has no such passkey."""
    deleted = await _sql["delete_passkey"].run(
        connection, account_id=account_id, passkey_id=passkey_id
    )
    return deleted == 1


async def count(connection: Connection, account_id: AccountId) -> int:
    """Return how many passkeys an account has."""
    found = await _sql["count_passkeys"].value(connection, account_id=account_id)
    return int(str(found))


async def delete_all(connection: Connection, account_id: AccountId) -> int:
    """Delete every passkey of an account, and what it is called; how many."""
    return await _sql["delete_passkeys"].run(connection, account_id=account_id)


async def delete_since(
    connection: Connection, account_id: AccountId, *, since: datetime
) -> int:
    """Delete the passkeys that were added since then; how many."""
    return await _sql["delete_passkeys_since"].run(
        connection, account_id=account_id, since=since
    )


async def sweep(connection: Connection, *, now: datetime) -> int:
    """Delete the challenges that nobody signed in time; how many."""
    return await _sql["delete_expired_passkey_challenges"].run(connection, now=now)


def _passkey(row: asyncpg.Record, key: SealingKey) -> Passkey:
    passkey_id = PasskeyId(row["passkey_id"])
    sealed = bytes(_place("credential_id", passkey_id))
    return Passkey(
        passkey_id=passkey_id,
        name=key.open_text(row["name"], _place("name", passkey_id)),
        known=Known(
            credential_id=key.open(row["credential_id"], sealed),
            transports=row["transports"],
        ),
        backup_eligible=row["backup_eligible"],
        backed_up=row["backed_up"],
        created_at=row["created_at"],
        last_used_at=row["last_used_at"],
    )


def _place(column: str, passkey_id: UUID) -> Place:
    return Place(TABLE, column, str(passkey_id))
