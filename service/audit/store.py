"""The action log in PostgreSQL."""

import json
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from service.domain.actors import Actor, ActorKind
from service.domain.audit import Done, Entry
from service.domain.profiles import AppName
from service.kit import queries
from service.kit.database import Connection
from service.kit.ids import new_id
from service.kit.queries import Row, Write

_sql = queries.load("audit")


def adding(entry: Entry, *, at: datetime) -> Write:
    """Write *entry* down."""
    return _sql["add_audit_entry"].write(
        entry_id=new_id(at),
        app=entry.app,
        subject_id=entry.subject_id,
        actor=entry.actor.kind,
        actor_ref=entry.actor.ref,
        action=entry.action,
        detail=json.dumps(dict(entry.detail)),
        at=at,
    )


async def other_apps(connection: Connection, apps: Collection[str]) -> list[AppName]:
    """Return the apps that have entries here, and are none of *apps*."""
    rows = await _sql["find_other_apps"].all(connection, apps=[*apps])
    return [AppName(row["app"]) for row in rows]


async def find_recent(
    connection: Connection, subject_id: UUID, *, most: int
) -> list[Done]:
    """Return what was done about a subject, the newest first."""
    rows = await _sql["find_recent"].all(connection, subject_id=subject_id, most=most)
    return [_done(row) for row in rows]


async def find_recent_among(
    connection: Connection,
    subject_id: UUID,
    actions: Collection[str],
    *,
    since: datetime,
    most: int,
) -> list[Done]:
    """Return which of these *actions* were done since then, the newest first."""
    rows = await _sql["find_recent_among"].all(
        connection, subject_id=subject_id, actions=[*actions], since=since, most=most
    )
    return [_done(row) for row in rows]


def _done(row: Row) -> Done:
    return Done(
        actor=Actor(ActorKind(row["actor"]), row["actor_ref"]),
        action=row["action"],
        at=row["at"],
    )


async def delete_before(
    connection: Connection, app: AppName, *, before: datetime
) -> int:
    """Delete the entries of *app* older than its log is kept (TS-6)."""
    return await _sql["delete_audit_entries_before"].run(
        connection, app=app, before=before
    )
