"""Doing what is due, one after the other, each in a transaction of its own.

Any number of workers may do so at once: each step takes what it acts on with a guarded
statement, and does nothing where somebody else was first.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar
from uuid import UUID

from service.kit.database import Connection, DatabaseUnavailable, Pool, transaction
from service.kit.database import connection as reading
from service.kit.logs import fault_of, log, place_of

T = TypeVar("T")

BATCH: Final = 50


async def do_due(
    pool: Pool,
    find: Callable[[Connection, T | None], Awaitable[Sequence[T]]],
    act: Callable[[Connection, T], Awaitable[bool]],
    *,
    subject_of: Callable[[T], UUID],
) -> int:
    """Act on each that *find* finds after the last one; return how many changed.

    One that fails is logged and left for the next time: it never keeps the others
    waiting, however many there are of its kind.
    """
    after, changed = None, 0
    while True:
        async with reading(pool) as connection:
            found = await find(connection, after)
        if not found:
            return changed
        for one in found:
            changed += await _one(pool, act, one, subject_of(one))
        after = found[-1]


async def _one(
    pool: Pool,
    act: Callable[[Connection, T], Awaitable[bool]],
    one: T,
    subject_id: UUID,
) -> bool:
    try:
        async with transaction(pool) as connection:
            return await act(connection, one)
    except DatabaseUnavailable:
        raise  # nothing would work now: the loop waits
    except Exception as error:  # noqa: BLE001 -- whatever it is, others go on
        log().error(
            "timer_failed",
            fault=fault_of(error),
            where=place_of(error),
            subject_id=subject_id,
        )
        return False
