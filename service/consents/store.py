"""Guardians, whose they are, and their links, in PostgreSQL."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from service.consents.guardian import Guardian
from service.domain.accounts import AccountId
from service.domain.consent import GuardianId, Relation
from service.domain.forms import ContactKind
from service.domain.guardian_contacts import GuardianContact
from service.domain.profiles import AppName
from service.kit import queries
from service.kit.database import Connection
from service.kit.secrets import Place, SealingKey

_sql = queries.load("consents")

GUARDIAN: Final = "guardian"


@dataclass(frozen=True, slots=True)
class Bond:
    """Who has a say about an account, and what they are to its holder."""

    guardian_id: GuardianId
    relation: Relation


@dataclass(frozen=True, slots=True)
class Link:
    """What a guardian's link leads to."""

    account_id: AccountId
    guardian_id: GuardianId
    expires_at: datetime


async def lock_index(connection: Connection, blind_index: bytes) -> None:
    """Let nobody else add the guardian behind *blind_index* meanwhile."""
    number = int.from_bytes(blind_index[:8], signed=True)
    await _sql["lock_guardian_index"].value(connection, lock_number=number)


async def find_guardian(
    connection: Connection, app: AppName, blind_index: bytes
) -> tuple[GuardianId, bool] | None:
    """Return the guardian with this address and whether they are barred, or None."""
    row = await _sql["find_guardian"].one(connection, app=app, blind_index=blind_index)
    if row is None:
        return None
    return GuardianId(row["guardian_id"]), row["barred_at"] is not None


async def read_guardian(
    connection: Connection, guardian_id: GuardianId, *, key: SealingKey
) -> Guardian:
    """Return a guardian that there is, opened with their *key*."""
    row = await _sql["read_guardian"].one(connection, guardian_id=guardian_id)
    if row is None:
        raise LookupError("a guardian with a key and no row")
    kind = ContactKind.EMAIL if row["phone"] is None else ContactKind.PHONE
    place = Place(GUARDIAN, kind, str(guardian_id))
    return Guardian(
        guardian_id=guardian_id,
        app=AppName(row["app"]),
        contact=GuardianContact(kind, key.open_text(row[kind], place)),
        language=row["language"],
        key=key,
        barred=row["barred_at"] is not None,
    )


async def add_guardian(
    connection: Connection, guardian: Guardian, *, blind_index: bytes, at: datetime
) -> None:
    """Keep a guardian, sealed with their own key."""
    contact, row = guardian.contact, str(guardian.guardian_id)
    sealed = guardian.key.seal_text(contact.address, Place(GUARDIAN, contact.kind, row))
    await _sql["add_guardian"].run(
        connection,
        guardian_id=guardian.guardian_id,
        app=guardian.app,
        blind_index=blind_index,
        email=sealed if contact.kind is ContactKind.EMAIL else None,
        phone=sealed if contact.kind is ContactKind.PHONE else None,
        language=guardian.language,
        since=at,
    )


async def bar(connection: Connection, guardian_id: GuardianId, *, at: datetime) -> None:
    """Note that nothing this person consents to counts any more."""
    await _sql["bar_guardian"].run(connection, guardian_id=guardian_id, barred_at=at)


async def add_guardianship(
    connection: Connection,
    account_id: AccountId,
    guardian_id: GuardianId,
    relation: Relation,
    *,
    at: datetime,
) -> None:
    """Keep whose guardian somebody is, or is again."""
    await _sql["add_guardianship"].run(
        connection,
        account_id=account_id,
        guardian_id=guardian_id,
        relation=relation,
        since=at,
    )


async def find_bonds(connection: Connection, account_id: AccountId) -> list[Bond]:
    """Return who has a say about an account now, longest first."""
    rows = await _sql["find_bonds"].all(connection, account_id=account_id)
    return [
        Bond(GuardianId(row["guardian_id"]), Relation(row["relation"])) for row in rows
    ]


async def find_every_bond(
    connection: Connection, account_id: AccountId
) -> list[GuardianId]:
    """Return who has, or had, a say about an account."""
    rows = await _sql["find_every_bond"].all(connection, account_id=account_id)
    return [GuardianId(row["guardian_id"]) for row in rows]


async def find_children(
    connection: Connection, guardian_id: GuardianId
) -> list[AccountId]:
    """Return the accounts about which a guardian has a say now."""
    rows = await _sql["find_children"].all(connection, guardian_id=guardian_id)
    return [AccountId(row["account_id"]) for row in rows]


async def find_methods(
    connection: Connection, guardian_id: GuardianId
) -> list[tuple[str, int, bool]]:
    """Return by what a guardian's consent that is confirmed and holds was given.

    Each with its strength, and whether that was before factors were recovered.
    """
    rows = await _sql["find_methods"].all(connection, guardian_id=guardian_id)
    return [(row["method"], row["strength"], row["recovered"]) for row in rows]


async def end_bonds(
    connection: Connection,
    account_id: AccountId,
    guardian_id: GuardianId | None,
    *,
    at: datetime,
) -> None:
    """End the say of one guardian, or of every one; links and objections go too."""
    await _sql["end_bonds"].run(
        connection, account_id=account_id, guardian_id=guardian_id, ended_at=at
    )
    for what in ("delete_links_of", "delete_objections_of"):
        await _sql[what].run(connection, account_id=account_id, guardian_id=guardian_id)


async def delete_childless(
    connection: Connection, guardian_ids: Collection[GuardianId]
) -> list[GuardianId]:
    """Delete those of the guardians who have no child here, and return which."""
    rows = await _sql["delete_childless"].all(connection, guardian_ids=[*guardian_ids])
    return [GuardianId(row["guardian_id"]) for row in rows]


async def add_link(connection: Connection, link_hash: bytes, link: Link) -> None:
    """Keep where a link leads to, by the hash of its secret."""
    await _sql["add_link"].run(
        connection,
        link_hash=link_hash,
        account_id=link.account_id,
        guardian_id=link.guardian_id,
        expires_at=link.expires_at,
    )


async def find_link(connection: Connection, link_hash: bytes) -> Link | None:
    """Return where a link leads to, or None."""
    row = await _sql["find_link"].one(connection, link_hash=link_hash)
    if row is None:
        return None
    return Link(
        AccountId(row["account_id"]), GuardianId(row["guardian_id"]), row["expires_at"]
    )


async def delete_bonds_ended(
    connection: Connection, *, before: datetime
) -> list[GuardianId]:
    """Delete the bonds that ended before, and return whose they were."""
    rows = await _sql["delete_bonds_ended"].all(connection, before=before)
    return [GuardianId(row["guardian_id"]) for row in rows]


async def sweep(connection: Connection, *, now: datetime) -> int:
    """Delete the links that lead nowhere any more; how many."""
    return await _sql["delete_links_over"].run(connection, now=now)
