"""Wrapped data keys in PostgreSQL."""

from datetime import datetime
from uuid import UUID

from service.kit import queries
from service.kit.database import Connection
from service.kit.queries import Write

_sql = queries.load("vault")


def adding(subject_id: UUID, key_id: str, wrapped: bytes, at: datetime) -> Write:
    """Keep the wrapped key of a new subject."""
    return _sql["add_subject_key"].write(
        subject_id=subject_id,
        key_id=key_id,
        wrapped_key=wrapped,
        created_at=at,
    )


async def find(connection: Connection, subject_id: UUID) -> tuple[str, bytes] | None:
    """Return the wrapping key's id and the wrapped key, or None."""
    row = await _sql["find_subject_key"].one(connection, subject_id=subject_id)
    return None if row is None else (row["key_id"], row["wrapped_key"])


async def delete(connection: Connection, subject_id: UUID) -> None:
    """Forget the key, and by the database's references all that hangs on it."""
    await _sql["delete_subject_key"].run(connection, subject_id=subject_id)


async def lock_wrapped_otherwise(
    connection: Connection, key_id: str, *, batch: int
) -> list[tuple[UUID, str, bytes]]:
    """Return up to *batch* keys that another key than *key_id* wraps, locked."""
    rows = await _sql["lock_keys_wrapped_otherwise"].all(
        connection, key_id=key_id, batch=batch
    )
    return [(row["subject_id"], row["key_id"], row["wrapped_key"]) for row in rows]


async def replace(
    connection: Connection, subject_id: UUID, key_id: str, wrapped: bytes
) -> None:
    """Keep the same data key under another wrapping key."""
    await _sql["replace_subject_key"].run(
        connection, subject_id=subject_id, key_id=key_id, wrapped_key=wrapped
    )
