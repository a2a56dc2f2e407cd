"""Age decisions and locks in PostgreSQL."""

import contextlib
import json
from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Final
from uuid import UUID

from service.domain.decisions import Reason
from service.domain.profiles import AppName
from service.domain.refusals import TicketInvalid
from service.gate.checks import AgeCheck, Known, passed
from service.kit import queries
from service.kit.database import Connection
from service.kit.queries import Write
from service.kit.secrets import KeyRing, Place, SealingKey, UnsealError

_sql = queries.load("gate")

TABLE: Final = "age_decision"
REASON: Final = tuple(one.name for one in fields(Reason))


def adding(
    check: AgeCheck, *, subject_id: UUID, key: SealingKey, at: datetime
) -> Write:
    """Keep the decision of a check; refused when it was used before."""
    crosses_on = check.decision.crosses_on
    place = Place(TABLE, "crosses_on", str(check.decision_id))
    return _sql["add_decision"].write(
        rows=1,
        refusal=TicketInvalid,
        decision_id=check.decision_id,
        subject_id=subject_id,
        app=check.app,
        decision=check.decision.kind,
        age_band=check.decision.band,
        method=check.known,
        reason=json.dumps({one: getattr(check.decision.reason, one) for one in REASON}),
        crosses_on=crosses_on and key.seal_text(crosses_on.isoformat(), place),
        decided_at=at,
    )


async def use_ticket(
    connection: Connection, ticket_id: UUID, *, until: datetime
) -> bool:
    """Use a ticket up; False when it was used before."""
    return (
        await _sql["use_ticket"].run(connection, ticket_id=ticket_id, until=until) == 1
    )


async def find(
    connection: Connection, decision_id: UUID, *, key: SealingKey
) -> AgeCheck | None:
    """Return a kept decision, opened with its subject's *key*; or None."""
    row = await _sql["find_decision"].one(connection, decision_id=decision_id)
    if row is None:
        return None
    place, sealed = Place(TABLE, "crosses_on", str(decision_id)), row["crosses_on"]
    crosses_on = sealed and date.fromisoformat(key.open_text(sealed, place))
    return AgeCheck(
        decision_id=decision_id,
        app=AppName(row["app"]),
        decision=passed(
            row["decision"], row["age_band"], json.loads(row["reason"]), crosses_on
        ),
        country=None,
        known=Known(row["method"]),
    )


async def find_decided_at(connection: Connection, decision_id: UUID) -> datetime | None:
    """Return when a decision was made, or None."""
    found = await _sql["find_decided_at"].value(connection, decision_id=decision_id)
    return found if isinstance(found, datetime) else None


async def delete(connection: Connection, *, subject_id: UUID) -> None:
    """Forget every decision about a subject."""
    await _sql["delete_decisions_of"].run(connection, subject_id=subject_id)


async def delete_earlier(
    connection: Connection, *, subject_id: UUID, than: UUID
) -> None:
    """Forget the decisions about a subject that a newer one replaced."""
    await _sql["delete_earlier_decisions"].run(
        connection, subject_id=subject_id, decision_id=than
    )


async def lock_out(
    connection: Connection, app: AppName, lock_index: bytes, *, until: datetime
) -> None:
    """Turn away who is behind *lock_index* until then."""
    await _sql["lock_out"].run(
        connection, app=app, lock_index=lock_index, locked_until=until
    )


async def is_locked_out(
    connection: Connection, app: AppName, indexes: Sequence[bytes], *, now: datetime
) -> bool:
    """Tell whether any of *indexes* was turned away, and the lock still lasts."""
    found = await _sql["is_locked_out"].value(
        connection, app=app, lock_indexes=indexes, now=now
    )
    return found is True


async def count_appeal(
    connection: Connection,
    app: AppName,
    lock_index: bytes,
    *,
    most: int,
    now: datetime,
) -> bool:
    """Count an appeal against a lock; False where there is none, or none is left."""
    counted = await _sql["count_appeal"].run(
        connection, app=app, lock_index=lock_index, most=most, now=now
    )
    return counted == 1


async def sweep(connection: Connection, *, now: datetime) -> int:
    """Delete the locks and used tickets that are over."""
    tickets = await _sql["delete_ticket_uses_over"].run(connection, now=now)
    return tickets + await _sql["delete_locks_over"].run(connection, now=now)


async def find_crossings(
    connection: Connection, decision_ids: Collection[UUID], *, keys: KeyRing
) -> dict[UUID, date]:
    """Return the next birthday that matters of many decisions, by decision.

    One whose key can't be opened now is left out: it is looked at again.
    """
    rows = await _sql["find_crossings"].all(connection, decision_ids=[*decision_ids])
    found: dict[UUID, date] = {}
    for row in rows:
        place = Place(TABLE, "crosses_on", str(row["decision_id"]))
        with contextlib.suppress(UnsealError):
            subject = row["subject_id"].bytes
            key = keys.unwrap(row["key_id"], row["wrapped_key"], subject)
            text = key.open_text(row["crosses_on"], place)
            found[row["decision_id"]] = date.fromisoformat(text)
    return found
