"""Accounts, identifiers, acceptances and grants in PostgreSQL."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from service.domain.accounts import (
    Account,
    AccountId,
    AccountState,
    NewAccount,
    Suspension,
)
from service.domain.decisions import AgeBand
from service.domain.forms import Identifier
from service.domain.grants import Acceptance, Grant
from service.domain.profiles import AppName
from service.domain.refusals import Refusal
from service.kit import queries
from service.kit.database import Connection
from service.kit.queries import Write
from service.kit.secrets import KeyRing, Place, SealingKey

_sql = queries.load("accounts")

TABLE: Final = "account"


def adding(account: NewAccount, *, key: SealingKey) -> Write:
    """Keep a new account, everything personal sealed with its *key*."""

    def seal(column: str, value: str | None) -> bytes | None:
        place = Place(TABLE, column, str(account.account_id))
        return None if value is None else key.seal_text(value, place)

    return _sql["add_account"].write(
        account_id=account.account_id,
        app=account.app,
        age_decision_id=account.decision_id,
        age_band=account.band,
        country=account.country,
        language=account.language,
        email=seal("email", account.email),
        phone=seal("phone", account.phone),
        username=seal("username", account.username),
        extras=seal("extras", json.dumps(dict(account.extras))),
        password_hash=seal("password_hash", account.password_hash),
        opened_at=account.opened_at,
    )


def claiming(
    app: AppName,
    subject_id: UUID,
    indexes: Mapping[Identifier, bytes],
    *,
    refusal: type[Refusal],
) -> Write:
    """Give the identifiers to a subject; refused when somebody else has one of them."""
    return _sql["claim_identifiers"].write(
        rows=len(indexes),
        refusal=refusal,
        app=app,
        subject_id=subject_id,
        blind_indexes=[*indexes.values()],
        kinds=[*indexes],
    )


async def claim(
    connection: Connection,
    app: AppName,
    subject_id: UUID,
    indexes: Mapping[Identifier, bytes],
) -> bool:
    """Give the identifiers to a subject; False when somebody else has one of them."""
    claimed = await _sql["claim_identifiers"].run(
        connection,
        app=app,
        subject_id=subject_id,
        blind_indexes=[*indexes.values()],
        kinds=[*indexes],
    )
    return claimed == len(indexes)


async def find_owner(
    connection: Connection, app: AppName, blind_index: bytes
) -> UUID | None:
    """Return who has an identifier, or None."""
    found = await _sql["find_owner"].value(connection, app=app, blind_index=blind_index)
    return found if isinstance(found, UUID) else None


async def find_band(
    connection: Connection, app: AppName, blind_index: bytes
) -> AgeBand | None:
    """Return the age band of who has an identifier, or None."""
    found = await _sql["find_band"].value(connection, app=app, blind_index=blind_index)
    return None if found is None else AgeBand(str(found))


def adding_acceptance(acceptance: Acceptance) -> Write:
    """Keep which policy text was agreed to, by whom."""
    return _sql["add_acceptance"].write(
        account_id=acceptance.account_id,
        policy_version=acceptance.policy_version,
        text_sha256=acceptance.text_sha256,
        accepted_by=acceptance.accepted_by,
        accepted_at=acceptance.accepted_at,
    )


def adding_grant(grant: Grant) -> Write:
    """Keep what was granted."""
    return _sql["add_grant"].write(
        grant_id=grant.grant_id,
        account_id=grant.account_id,
        purpose=grant.purpose,
        given_by=grant.given_by,
        giver_id=grant.giver_id,
        state=grant.state,
        method=grant.method,
        strength=grant.strength,
        policy_version=grant.policy_version,
        given_at=grant.given_at,
        ends_at=grant.ends_at,
        evidence_sha256=grant.evidence,
    )


def watching_age(account_id: AccountId, watch_from: datetime) -> Write:
    """Look at the holder's age from then on."""
    return _sql["watch_age"].write(account_id=account_id, watch_from=watch_from)


async def find(
    connection: Connection, account_id: AccountId, *, keys: KeyRing
) -> tuple[Account, SealingKey] | None:
    """Return an account opened from its seal, and its data key; or None."""
    row = await _sql["find_account"].one(connection, account_id=account_id)
    if row is None:
        return None
    key = keys.unwrap(row["key_id"], row["wrapped_key"], account_id.bytes)

    def opened(column: str) -> str | None:
        place = Place(TABLE, column, str(account_id))
        return None if row[column] is None else key.open_text(row[column], place)

    why = row["suspended_for"]
    account = Account(
        account_id=account_id,
        app=AppName(row["app"]),
        state=AccountState(row["state"]),
        band=AgeBand(row["age_band"]),
        language=row["language"],
        email=opened("email"),
        phone=opened("phone"),
        username=opened("username"),
        found_by=frozenset(map(Identifier, row["identifiers"])),
        extras=json.loads(opened("extras") or "{}"),
        password_hash=opened("password_hash") or "",
        password_short=row["password_short"],
        locked=row["locked_at"] is not None,
        suspended_for=None if why is None else Suspension(why),
    )
    return account, key


async def lock(connection: Connection, account_id: AccountId) -> bool:
    """Lock an account until the transaction ends; False when it is gone."""
    row = await _sql["lock_account"].one(connection, account_id=account_id)
    return row is not None


async def replace_password(
    connection: Connection,
    account_id: AccountId,
    password_hash: str,
    *,
    short: bool,
    key: SealingKey,
) -> None:
    """Keep another password hash, sealed; the way to sign in is open again."""
    place = Place(TABLE, "password_hash", str(account_id))
    await _sql["replace_password"].run(
        connection,
        account_id=account_id,
        password_hash=key.seal_text(password_hash, place),
        password_short=short,
    )


async def lock_sign_in(
    connection: Connection, account_id: AccountId, *, at: datetime
) -> None:
    """Let nobody sign in before the password was reset."""
    await _sql["lock_sign_in"].run(connection, account_id=account_id, at=at)


async def raise_epoch(connection: Connection, account_id: AccountId) -> int:
    """Raise the credentials epoch of an account, and return it."""
    raised = await _sql["raise_epoch"].value(connection, account_id=account_id)
    return int(str(raised))
