"""Writing down who did what, in the transaction in which it was done."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from service.audit import store
from service.domain.audit import Done, Entry
from service.domain.profiles import AppName
from service.kit.database import Connection
from service.kit.queries import Write, write


async def record(connection: Connection, *entries: Entry, at: datetime) -> None:
    """Write *entries* down, in the caller's transaction."""
    await write(connection, *recording(*entries, at=at))


def recording(*entries: Entry, at: datetime) -> Sequence[Write]:
    """Return what writes *entries* down, to be run with what they tell of."""
    return [store.adding(entry, at=at) for entry in entries]


async def other_apps(connection: Connection, apps: Collection[str]) -> list[AppName]:
    """Return the apps that have entries in the log, but *apps*."""
    return await store.other_apps(connection, apps)


async def recent(connection: Connection, subject_id: UUID, *, most: int) -> list[Done]:
    """Return what was done about a subject, the newest first."""
    return await store.find_recent(connection, subject_id, most=most)


async def recent_among(
    connection: Connection,
    subject_id: UUID,
    actions: Collection[str],
    *,
    since: datetime,
    most: int,
) -> list[Done]:
    """Return which of these *actions* were done since then, the newest first."""
    return await store.find_recent_among(
        connection, subject_id, actions, since=since, most=most
    )


async def sweep(connection: Connection, app: AppName, *, before: datetime) -> int:
    """Delete the entries of *app* older than its log is kept (TS-6); how many."""
    return await store.delete_before(connection, app, before=before)
