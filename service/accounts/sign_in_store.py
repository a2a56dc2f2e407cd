"""By what somebody signs in, in PostgreSQL."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from service.accounts.store import TABLE
from service.domain.accounts import AccountId
from service.domain.forms import Identifier
from service.domain.profiles import AppName
from service.kit import queries
from service.kit.database import Connection
from service.kit.secrets import Place, SealingKey

_sql = queries.load("sign_in")

NO_EPOCH: Final = -1


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose an identifier is; without an account the epoch is that of none."""

    subject_id: UUID
    epoch: int


async def find_subject(
    connection: Connection,
    app: AppName,
    blind_index: bytes,
    kinds: Collection[Identifier],
) -> Subject | None:
    """Return whose identifier it is, if people sign in by its kind."""
    row = await _sql["find_subject"].one(
        connection, app=app, blind_index=blind_index, kinds=[*kinds]
    )
    if row is None:
        return None
    epoch = row["credentials_epoch"]
    return Subject(row["subject_id"], NO_EPOCH if epoch is None else epoch)


async def find_epoch(connection: Connection, account_id: AccountId) -> int | None:
    """Return the credentials epoch of an account, or None."""
    found = await _sql["find_epoch"].value(connection, account_id=account_id)
    return None if found is None else int(str(found))


async def strengthen_hash(
    connection: Connection,
    account_id: AccountId,
    password_hash: str,
    *,
    epoch: int,
    key: SealingKey,
) -> None:
    """Keep a stronger hash of the same password, sealed."""
    place = Place(TABLE, "password_hash", str(account_id))
    await _sql["strengthen_hash"].run(
        connection,
        account_id=account_id,
        epoch=epoch,
        password_hash=key.seal_text(password_hash, place),
    )
