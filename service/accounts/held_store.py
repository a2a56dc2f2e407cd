"""Accounts as consent and age change them, and what was granted, in PostgreSQL."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from service.accounts.store import TABLE, adding_grant, watching_age
from service.domain.accounts import (
    AccountId,
    AccountOutline,
    AccountState,
    Condition,
    Suspension,
)
from service.domain.decisions import AgeBand, DecisionKind
from service.domain.forms import ContactKind
from service.domain.grants import Giver, Grant, GrantState
from service.domain.profiles import AppName
from service.kit import queries
from service.kit.database import Connection
from service.kit.queries import write
from service.kit.secrets import Place, SealingKey

_sql = queries.load("held")


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """What an account's holder is called, and where they can be written to."""

    username: str | None = field(repr=False)
    contacts: Mapping[ContactKind, str] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """An account whose holder has a birthday before them that matters."""

    account_id: AccountId
    app: AppName
    decision_id: UUID
    country: str | None


async def add_grants(connection: Connection, grants: Sequence[Grant]) -> None:
    """Keep what was granted."""
    await write(connection, *map(adding_grant, grants))


async def lock_if_free(connection: Connection, account_id: AccountId) -> bool:
    """Lock an account; False when it is gone, or somebody else works on it."""
    row = await _sql["lock_account_if_free"].one(connection, account_id=account_id)
    return row is not None


async def find_outline(
    connection: Connection, account_id: AccountId
) -> AccountOutline | None:
    """Return what stands unsealed of an account, or None."""
    row = await _sql["find_outline"].one(connection, account_id=account_id)
    if row is None:
        return None
    why, resumes = row["suspended_for"], row["resumes"]
    return AccountOutline(
        account_id=AccountId(row["account_id"]),
        app=AppName(row["app"]),
        condition=Condition(
            state=AccountState(row["state"]),
            suspended_for=None if why is None else Suspension(why),
            resumes=None if resumes is None else AccountState(resumes),
        ),
        suspended_at=row["suspended_at"],
        decision_id=row["age_decision_id"],
        decision=DecisionKind(row["decision"]),
        assured=row["assured"],
        band=AgeBand(row["age_band"]),
        country=row["country"],
        language=row["language"],
        policy_version=row["policy_version"] or "",
        own_word_due=row["own_word_due"],
    )


async def find_holder(
    connection: Connection, account_id: AccountId, *, key: SealingKey
) -> Holder:
    """Return what the holder is called, and which contacts of theirs are confirmed."""
    row = await _sql["find_holder"].one(connection, account_id=account_id)
    if row is None:
        return Holder(username=None, contacts={})

    def opened(column: str) -> str | None:
        place = Place(TABLE, column, str(account_id))
        return None if row[column] is None else key.open_text(row[column], place)

    known = {kind: opened(kind) for kind in ContactKind if kind in row["confirmed"]}
    return Holder(
        username=opened("username"),
        contacts={kind: one for kind, one in known.items() if one is not None},
    )


async def change_condition(connection: Connection, account: AccountOutline) -> None:
    """Keep the account's condition as it is now."""
    condition = account.condition
    await _sql["change_condition"].run(
        connection,
        account_id=account.account_id,
        state=condition.state,
        suspended_for=condition.suspended_for,
        suspended_at=account.suspended_at,
        resumes=condition.resumes,
    )


async def grow_up(
    connection: Connection,
    account_id: AccountId,
    decision_id: UUID,
    band: AgeBand,
    *,
    own_word_due: bool,
) -> None:
    """Let an account rest on a newer decision about its holder's age."""
    await _sql["grow_up"].run(
        connection,
        account_id=account_id,
        age_decision_id=decision_id,
        age_band=band,
        own_word_due=own_word_due,
    )


async def move_to(connection: Connection, account_id: AccountId, country: str) -> None:
    """Note where an account's holder lives."""
    await _sql["move_to"].run(connection, account_id=account_id, country=country)


async def own_word_given(connection: Connection, account_id: AccountId) -> None:
    """Note that the holder has decided about what a guardian had consented to."""
    await _sql["own_word_given"].run(connection, account_id=account_id)


async def delete(connection: Connection, account_id: AccountId) -> None:
    """Delete an account, with its grants, acceptances and guardianships."""
    await _sql["delete_account"].run(connection, account_id=account_id)


async def find_grants(connection: Connection, account_id: AccountId) -> list[Grant]:
    """Return everything that was ever agreed to for an account, oldest first."""
    rows = await _sql["find_grants"].all(connection, account_id=account_id)
    return [
        Grant(
            grant_id=row["grant_id"],
            account_id=AccountId(row["account_id"]),
            purpose=row["purpose"],
            given_by=Giver(row["given_by"]),
            giver_id=row["giver_id"],
            method=row["method"],
            strength=row["strength"],
            policy_version=row["policy_version"],
            given_at=row["given_at"],
            ends_at=row["ends_at"],
            state=GrantState(row["state"]),
            evidence=row["evidence_sha256"],
        )
        for row in rows
    ]


async def move_grants(
    connection: Connection,
    grants: Sequence[Grant],
    state: GrantState,
    *,
    ended_at: datetime | None,
) -> None:
    """Put live grants into another state."""
    await _sql["move_grants"].run(
        connection,
        grant_ids=[one.grant_id for one in grants],
        state=state,
        ended_at=ended_at,
    )


async def find_given_by(connection: Connection, giver_id: UUID) -> list[AccountId]:
    """Return the accounts that live grants of one giver stand for."""
    rows = await _sql["find_accounts_given_by"].all(connection, giver_id=giver_id)
    return [AccountId(row["account_id"]) for row in rows]


async def watch_age(
    connection: Connection, account_id: AccountId, *, watch_from: datetime | None
) -> None:
    """Look at the holder's age from then on, or no more."""
    if watch_from is None:
        await _sql["unwatch_age"].run(connection, account_id=account_id)
    else:
        await write(connection, watching_age(account_id, watch_from))


async def find_watched(
    connection: Connection, *, now: datetime, after: UUID, batch: int
) -> list[Watched]:
    """Return accounts that are to be looked at now, in order of id."""
    rows = await _sql["find_watched"].all(connection, now=now, after=after, batch=batch)
    return [
        Watched(
            account_id=AccountId(row["account_id"]),
            app=AppName(row["app"]),
            decision_id=row["age_decision_id"],
            country=row["country"],
        )
        for row in rows
    ]


async def find_everything(
    connection: Connection, account_id: AccountId, *, key: SealingKey
) -> Mapping[str, object]:
    """Return what is kept of a person, opened with the account's *key*."""
    row = await _sql["find_everything"].one(connection, account_id=account_id)
    accepted = await _sql["find_acceptances"].all(connection, account_id=account_id)
    if row is None:
        return {}

    def opened(column: str) -> str | None:
        place = Place(TABLE, column, str(account_id))
        return None if row[column] is None else key.open_text(row[column], place)

    return {
        "account_id": str(account_id),
        "app": row["app"],
        "state": row["state"],
        "age_band": row["age_band"],
        "country": row["country"],
        "language": row["language"],
        "opened_at": row["opened_at"],
        "email": opened("email"),
        "phone": opened("phone"),
        "username": opened("username"),
        "profile": json.loads(opened("extras") or "{}"),
        "policies_accepted": [{**one} for one in accepted],
    }
