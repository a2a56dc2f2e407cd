"""The guardians of an account in PostgreSQL, opened from their seal."""

from service.accounts.guarding import Guarding
from service.domain.accounts import AccountId
from service.domain.consent import GuardianId
from service.guardians.store import GUARDIAN
from service.kit import queries
from service.kit.database import Connection
from service.kit.secrets import KeyRing, Place

_sql = queries.load("guarding")


async def find_guarding(
    connection: Connection, account_id: AccountId, *, keys: KeyRing
) -> list[Guarding]:
    """Return the guardians of an account, each with their data key."""
    found = []
    for row in await _sql["find_guarding"].all(connection, account_id=account_id):
        guardian_id = GuardianId(row["guardian_id"])
        key = keys.unwrap(row["key_id"], row["wrapped_key"], guardian_id.bytes)
        place = Place(GUARDIAN, "email", str(guardian_id))
        found.append(
            Guarding(
                guardian_id=guardian_id,
                email=key.open_text(row["email"], place),
                language=row["language"],
                key=key,
            )
        )
    return found
