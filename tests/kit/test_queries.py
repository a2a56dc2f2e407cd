"""Several writes as one statement: all of them, or none."""

from uuid import UUID, uuid4

import pytest

from service.kit import queries
from service.kit.database import Pool, connection
from service.kit.queries import Write, write
from tests.support.clock import StoppedClock

_gate, _vault = queries.load("gate"), queries.load("vault")


class UsedError(Exception):
    pass


class OtherError(Exception):
    pass


def ticket(ticket_id: UUID, refusal: type[Exception] = UsedError) -> Write:
    now = StoppedClock().now()
    return _gate["use_ticket"].write(
        rows=1, refusal=refusal, ticket_id=ticket_id, until=now
    )


def key(subject_id: UUID) -> Write:
    return _vault["add_subject_key"].write(
        subject_id=subject_id,
        key_id="test",
        wrapped_key=b"sealed",
        created_at=StoppedClock().now(),
    )


async def kept(pool: Pool) -> tuple[int, int]:
    tickets = await pool.fetchval("SELECT count(*) FROM gate_ticket_use")
    return tickets, await pool.fetchval("SELECT count(*) FROM subject_key")


async def test_each_write_has_its_own_arguments(pool: Pool) -> None:
    used, subject_id = uuid4(), uuid4()
    async with connection(pool) as one:
        await write(one, key(subject_id), ticket(used), key(uuid4()))
    assert await kept(pool) == (1, 2)
    assert await pool.fetchval("SELECT ticket_id FROM gate_ticket_use") == used


async def test_one_that_is_refused_leaves_nothing_of_the_others(pool: Pool) -> None:
    used = uuid4()
    async with connection(pool) as one:
        await write(one, ticket(used))
        with pytest.raises(UsedError):
            await write(one, ticket(uuid4(), OtherError), key(uuid4()), ticket(used))
    assert await kept(pool) == (1, 0)


async def test_a_write_takes_exactly_its_arguments() -> None:
    with pytest.raises(TypeError):
        _vault["find_subject_key"].write(subject=uuid4())
    with pytest.raises(TypeError):
        _vault["find_subject_key"].write(subject_id=uuid4(), more=1)
