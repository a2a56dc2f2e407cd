"""Keeping events for as long as each operator says, and dropping them by the week.

An app's events of a week, by the time in their ids, stand in partitions of their own:
when the last of them has been kept long enough, they go as a whole. What is still owed
to somebody is not held there, so it is neither lost nor holds anything back.
"""

import hashlib
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from service.domain.profiles import AppName
from service.kit import queries
from service.kit.database import Connection
from service.kit.ids import first_id

WEEK: Final = timedelta(days=7)
AHEAD: Final = 3
"""Weeks that have their partitions beforehand, this one included."""

_sql = queries.load("outbox_retention")


async def add_partitions(
    connection: Connection, apps: Iterable[str], *, now: datetime
) -> int:
    """Make what *apps* need for this week and the next ones; return how many weeks."""
    made = 0
    for app in apps:
        for number in range(AHEAD):
            begin = _week_of(now) + number * WEEK
            added = await _sql["add_partition"].value(
                connection,
                suffix=_suffix(app, begin),
                app=app,
                first_id=first_id(begin),
                end_id=first_id(begin + WEEK),
            )
            made += added is True
    return made


async def take_over_restored(connection: Connection, *, batch: int) -> int:
    """Let events that came with a restored dump be read by cursors; return how many."""
    return await _sql["take_over_restored"].run(connection, batch=batch)


async def sweep(
    connection: Connection,
    app: AppName,
    *,
    before: datetime,
    subscribers: Collection[str],
    final_types: Collection[str],
    batch: int,
) -> int:
    """Do a part of what is due of *app*'s events told *before* then; return how much.

    Whole weeks are dropped; what has no partition of its own goes row by row. What is
    owed to any but *subscribers* goes with it.
    """
    left = await _sql["delete_deliveries_of_others"].run(
        connection,
        app=app,
        before=before,
        subscribers=[*subscribers],
        batch=batch,
    )
    dropped = await _drop(connection, app, before, final_types, batch)
    deleted = await _sql["delete_events"].run(
        connection,
        app=app,
        before=before,
        before_id=first_id(before + timedelta(milliseconds=1)),
        subscribers=[*subscribers],
        final_types=[*final_types],
        batch=batch,
    )
    return left + dropped + deleted


async def _drop(
    connection: Connection,
    app: str,
    before: datetime,
    final_types: Collection[str],
    batch: int,
) -> int:
    """Drop the oldest week that is over, once its subjects' counters are gone."""
    found = await _sql["find_partitions"].all(connection, ending=_mark(app))
    for row in found:
        suffix: str = row["suffix"]
        begin = datetime.strptime(f"{suffix[:8]} +0000", "%Y%m%d %z")
        if begin + WEEK > before:
            break
        forgotten = await _sql["forget_subjects"].run(
            connection,
            app=app,
            first_id=first_id(begin),
            end_id=first_id(begin + WEEK),
            final_types=[*final_types],
            batch=batch,
        )
        if forgotten:
            return forgotten
        await _sql["drop_partition"].run(connection, suffix=suffix)
        return 1
    return 0


async def delete_dead_letters(
    connection: Connection, *, before: datetime, batch: int
) -> int:
    """Delete dead letters of events told *before* then; return how many."""
    return await _sql["delete_dead_letters"].run(connection, before=before, batch=batch)


async def other_apps(connection: Connection, apps: Collection[str]) -> list[AppName]:
    """Return the apps that have events here, and are none of *apps*."""
    rows = await _sql["find_other_apps"].all(connection, apps=[*apps])
    return [AppName(row["app"]) for row in rows]


def _week_of(now: datetime) -> datetime:
    """Return the beginning of the week: midnight before Monday, in UTC."""
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=day.weekday())


def _suffix(app: str, begin: datetime) -> str:
    return f"{begin:%Y%m%d}_{_mark(app)}"


def _mark(app: str) -> str:
    """Return what stands for *app* in a table's name; its comment says it in words."""
    return hashlib.sha256(app.encode()).hexdigest()[:8]
