"""By what an account is found, and what replaced it, in PostgreSQL."""

from datetime import datetime
from uuid import UUID

from service.accounts.store import TABLE
from service.domain.accounts import Account, AccountId
from service.domain.forms import ContactKind
from service.domain.profiles import AppName
from service.kit import queries
from service.kit.database import Connection
from service.kit.secrets import Place, SealingKey

_sql = queries.load("identifiers")


async def find_holder(
    connection: Connection, app: AppName, blind_index: bytes
) -> AccountId | None:
    """Return the account that is found by an identifier, or None."""
    found = await _sql["find_holder"].value(
        connection, app=app, blind_index=blind_index
    )
    return AccountId(found) if isinstance(found, UUID) else None


async def hold(
    connection: Connection, account: Account, blind_index: bytes, *, until: datetime
) -> None:
    """Keep an identifier from others, and let nobody be found by it."""
    await _sql["hold_identifier"].run(
        connection,
        app=account.app,
        blind_index=blind_index,
        account_id=account.account_id,
        until=until,
    )


async def release(connection: Connection, account: Account, blind_index: bytes) -> None:
    """Let an identifier go: anybody may have it."""
    await _sql["release_identifier"].run(
        connection,
        app=account.app,
        blind_index=blind_index,
        account_id=account.account_id,
    )


async def set_contact(
    connection: Connection,
    account: Account,
    kind: ContactKind,
    contact: str | None,
    *,
    key: SealingKey,
) -> None:
    """Keep another contact of the account, sealed; or none."""
    place = Place(TABLE, kind, str(account.account_id))
    name = "set_email" if kind is ContactKind.EMAIL else "set_phone"
    await _sql[name].run(
        connection,
        account_id=account.account_id,
        contact=None if contact is None else key.seal_text(contact, place),
    )


async def sweep(connection: Connection, *, now: datetime) -> int:
    """Let go what was held long enough; how many."""
    return await _sql["delete_held_before"].run(connection, now=now)
