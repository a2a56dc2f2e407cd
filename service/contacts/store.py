"""New contacts that wait for their code, and what they replaced, in PostgreSQL."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from service.domain.accounts import AccountId
from service.domain.forms import ContactKind
from service.domain.recovery import CODE_TRIES
from service.kit import queries
from service.kit.database import Connection
from service.kit.secrets import Place, SealingKey
from service.kit.times import instant

_sql = queries.load("contacts")

NEW: Final = "new_contact"
CHANGE: Final = "contact_change"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A contact was changed; *before* is what was there, if anything."""

    change_id: UUID
    account_id: AccountId
    kind: ContactKind
    before: str | None = field(repr=False)
    changed_at: datetime
    undone: bool = False


async def put_new(
    connection: Connection,
    account_id: AccountId,
    kind: ContactKind,
    contact: str,
    *,
    code_hash: bytes,
    epoch: int,
    expires_at: datetime,
    key: SealingKey,
) -> None:
    """Keep a contact that waits for its code, in place of an earlier one."""
    await _sql["put_new_contact"].run(
        connection,
        account_id=account_id,
        kind=kind,
        contact=key.seal_text(contact, Place(NEW, kind, str(account_id))),
        code_hash=code_hash,
        tries_left=CODE_TRIES,
        epoch=epoch,
        expires_at=expires_at,
    )


async def try_code(
    connection: Connection,
    account_id: AccountId,
    kind: ContactKind,
    code_hash: bytes,
    *,
    epoch: int,
    now: datetime,
    key: SealingKey,
) -> str | None:
    """Count a try, and return the contact when the code is right."""
    row = await _sql["try_code"].one(
        connection,
        account_id=account_id,
        kind=kind,
        code_hash=code_hash,
        epoch=epoch,
        now=now,
    )
    if row is None or not row["matched"]:
        return None
    return key.open_text(row["contact"], Place(NEW, kind, str(account_id)))


async def drop_new(
    connection: Connection, account_id: AccountId, kind: ContactKind | None = None
) -> None:
    """Forget a contact that waits, or all of them."""
    if kind is None:
        await _sql["delete_new_contacts"].run(connection, account_id=account_id)
        return
    await _sql["delete_new_contact"].run(connection, account_id=account_id, kind=kind)


async def add_change(
    connection: Connection,
    change: Change,
    *,
    undo_hash: bytes | None,
    key: SealingKey,
) -> None:
    """Keep what a contact was before, sealed, and the secret that undoes the change."""
    before = change.before
    place = _place(change.change_id)
    await _sql["add_change"].run(
        connection,
        change_id=change.change_id,
        account_id=change.account_id,
        kind=change.kind,
        before=None if before is None else key.seal_text(before, place),
        undo_hash=undo_hash,
        changed_at=change.changed_at,
    )


async def find_account_behind(
    connection: Connection, undo_hash: bytes, *, since: datetime
) -> AccountId | None:
    """Return whose contact a secret puts back; None when it is unknown or too old."""
    row = await _sql["find_change"].one(connection, undo_hash=undo_hash, since=since)
    return None if row is None else AccountId(row["account_id"])


async def find_change(
    connection: Connection, undo_hash: bytes, *, since: datetime, key: SealingKey
) -> Change | None:
    """Return the change that a secret undoes; None when it is unknown or too old."""
    row = await _sql["find_change"].one(connection, undo_hash=undo_hash, since=since)
    return None if row is None else _change(row, key)


async def undo(connection: Connection, change_id: UUID, *, now: datetime) -> bool:
    """Note that a change is undone, once; False when it was before."""
    done = await _sql["undo_change"].run(connection, change_id=change_id, now=now)
    return done == 1


async def find_since(
    connection: Connection, account_id: AccountId, *, since: datetime, key: SealingKey
) -> list[Change]:
    """Return the changes since then that were not undone, the first one first."""
    rows = await _sql["find_changes_since"].all(
        connection, account_id=account_id, since=since
    )
    return [_change(row, key) for row in rows]


async def settle_since(
    connection: Connection,
    account_id: AccountId,
    kind: ContactKind,
    *,
    since: datetime,
    now: datetime,
) -> None:
    """Leave nothing to undo of what one kind of contact became since then."""
    await _sql["settle_changes_since"].run(
        connection, account_id=account_id, kind=kind, since=since, now=now
    )


async def export(
    connection: Connection, account_id: AccountId, *, key: SealingKey
) -> list[Mapping[str, str]]:
    """Return what the holder's contacts were before, and when they changed."""
    rows = await _sql["find_changes_of"].all(connection, account_id=account_id)
    changes = [_change(row, key) for row in rows]
    return [
        {
            "kind": one.kind,
            "changed_at": instant(one.changed_at),
            **({} if one.before is None else {"before": one.before}),
        }
        for one in changes
    ]


async def erase(connection: Connection, account_id: AccountId) -> None:
    """Forget every change of an account, and what waits."""
    await drop_new(connection, account_id)
    await _sql["delete_changes_of"].run(connection, account_id=account_id)


async def sweep(
    connection: Connection, *, now: datetime, changed_before: datetime
) -> int:
    """Forget what waited too long, and changes that nothing can put back; how many."""
    new = await _sql["delete_new_contacts_before"].run(connection, now=now)
    old = await _sql["delete_changes_before"].run(connection, before=changed_before)
    return new + old


def _change(row: asyncpg.Record, key: SealingKey) -> Change:
    change_id, before = row["change_id"], row["before"]
    return Change(
        change_id=change_id,
        account_id=AccountId(row["account_id"]),
        kind=ContactKind(row["kind"]),
        before=None if before is None else key.open_text(before, _place(change_id)),
        changed_at=row["changed_at"],
        undone=row["undone_at"] is not None,
    )


def _place(change_id: UUID) -> Place:
    return Place(CHANGE, "before", str(change_id))
