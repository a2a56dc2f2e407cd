"""What falls due for consent: found by workers, and taken once."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from service.consents import timer_store
from service.consents.timer_store import Timer, TimerKind
from service.kit.database import Connection
from service.kit.due import BATCH

__all__ = ["Timer", "TimerKind", "await_message", "find", "put_off", "take"]

FIRST: Final = (datetime.min.replace(tzinfo=UTC), UUID(int=0))


async def find(
    connection: Connection, after: Timer | None, *, now: datetime
) -> Sequence[Timer]:
    """Return what is due, the earliest first, after one."""
    start = FIRST if after is None else (after.due_at, after.timer_id)
    return await timer_store.find_due(connection, now=now, after=start, batch=BATCH)


async def take(connection: Connection, timer: Timer) -> bool:
    """Take what is due, once; False when somebody else did."""
    return await timer_store.take(connection, timer)


async def put_off(connection: Connection, timer: Timer) -> None:
    """Let a timer that was taken fall due once more."""
    await timer_store.put_off(connection, timer)


async def await_message(
    connection: Connection, timer: Timer, message_id: UUID, *, until: datetime
) -> None:
    """Let the confirmation wait for the second contact, *until* then at least."""
    await timer_store.await_message(connection, timer, message_id, until=until)
