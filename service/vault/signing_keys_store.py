"""The public halves of signing keys in PostgreSQL."""

import json
from collections.abc import Collection
from datetime import datetime
from typing import cast

from service.kit import queries
from service.kit.database import Connection
from service.kit.signing import PublicKey

_sql = queries.load("signing_keys")


async def add(connection: Connection, key: PublicKey, *, now: datetime) -> None:
    """Keep the public half of a key that signs from now on."""
    await _sql["add_signing_key"].run(
        connection, kid=key["kid"], public_jwk=json.dumps(dict(key)), now=now
    )


async def retire(
    connection: Connection, kids: Collection[str], *, now: datetime
) -> None:
    """Note that every key but *kids* signs no more."""
    await _sql["retire_signing_keys"].run(connection, kids=[*kids], now=now)


async def find_retired(
    connection: Connection, kids: Collection[str]
) -> list[PublicKey]:
    """Return every key that has signed, but *kids*; oldest first."""
    rows = await _sql["find_retired_keys"].all(connection, kids=[*kids])
    return [cast("PublicKey", json.loads(row["public_jwk"])) for row in rows]
