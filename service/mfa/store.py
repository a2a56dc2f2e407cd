"""Which second factors an account has, in PostgreSQL."""

from service.domain.accounts import AccountId
from service.domain.authenticators import SECOND_FACTORS, Factor
from service.kit import queries
from service.kit.database import Connection

_sql = queries.load("mfa")


async def find_enrolled(
    connection: Connection, account_id: AccountId
) -> frozenset[Factor]:
    """Return the second factors that an account could prove now."""
    row = await _sql["find_enrolled"].one(connection, account_id=account_id)
    if row is None:
        return frozenset()
    return frozenset(one for one in SECOND_FACTORS if row[one.value])
