"""Idempotency keys: the same write asked for twice happens once.

What is kept is a keyed hash of key and body and an answer without secrets, written in
the transaction of the change. A repeat is itself a durable write, so that its answer
is as certain as the first.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, cast
from uuid import UUID

from service.domain.refusals import IdempotencyKeyMalformed, IdempotencyKeyReused
from service.kit import queries
from service.kit.database import Connection
from service.kit.secrets import KeyRing

KEPT: Final = timedelta(hours=24)
SHAPE: Final = re.compile(r"[\x21-\x7e]{1,255}")

_sql = queries.load("idempotency")

Answer = Mapping[str, str]


class AlreadyDone(Exception):  # noqa: N818 -- control flow inside a flow, never shown
    """Another request with the same key has just done this."""


@dataclass(frozen=True, slots=True)
class Repeatable:
    """A write that may be asked for again: keyed hashes of its key and its body."""

    key_hash: bytes
    body_hash: bytes


def repeatable(keys: KeyRing, key: str, *, scope: str, body: bytes) -> Repeatable:
    """Return the hashes of an Idempotency-Key within *scope*, and of the body."""
    if SHAPE.fullmatch(key) is None:
        raise IdempotencyKeyMalformed
    return Repeatable(
        keys.blind_index("idempotency key", scope, key),
        keys.blind_index("idempotency body", body.hex()),
    )


async def earlier(
    connection: Connection, repeat: Repeatable, *, now: datetime
) -> Answer | None:
    """Return the answer given before, counting the repeat; None the first time."""
    row = await _sql["count_repeat"].one(connection, key_hash=repeat.key_hash, now=now)
    if row is None:
        return None
    if row["body_hash"] != repeat.body_hash:
        raise IdempotencyKeyReused
    return cast("Answer", json.loads(row["answer"]))


async def claim(
    connection: Connection,
    repeat: Repeatable | None,
    *,
    subject_id: UUID,
    now: datetime,
) -> None:
    """Take the key in the caller's transaction, as its first statement.

    Waits for another transaction with the same key, and raises AlreadyDone when that
    one committed: the caller gives up its own and answers with ``earlier``.
    """
    if repeat is None:
        return
    claimed = await _sql["claim_key"].run(
        connection,
        key_hash=repeat.key_hash,
        body_hash=repeat.body_hash,
        subject_id=subject_id,
        now=now,
        expires_at=now + KEPT,
    )
    if not claimed:
        raise AlreadyDone


async def settle(
    connection: Connection, repeat: Repeatable | None, answer: Answer
) -> None:
    """Keep the *answer* for repeats, in the transaction that claimed the key."""
    if repeat is not None:
        await _sql["keep_answer"].run(
            connection, key_hash=repeat.key_hash, answer=json.dumps(dict(answer))
        )


async def sweep(connection: Connection, *, now: datetime) -> int:
    """Delete what is older than a day."""
    return await _sql["delete_expired_answers"].run(connection, now=now)


async def forget(connection: Connection, *, subject_id: UUID) -> None:
    """Delete the answers about a subject that is gone."""
    await _sql["delete_answers_of"].run(connection, subject_id=subject_id)
