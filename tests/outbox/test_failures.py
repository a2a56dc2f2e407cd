"""Deliveries that fail: tried again, buried, replayed, and nobody else held back."""

from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime
from uuid import uuid4

import pytest

from service.kit.metrics import REGISTRY
from service.outbox.transport import Delivered
from tests.outbox.support import Held, World, accept, event, failing, failing_for

TICK = timedelta(microseconds=1)


@pytest.fixture
async def failed(world: World) -> None:
    """An event was told, and the subscriber failed to take it once."""
    world.receiver.answer = failing(500)
    await world.tell(event())
    await world.step()


@pytest.mark.usefixtures("failed")
async def test_a_failed_event_is_tried_again_after_ever_longer_pauses(
    world: World,
) -> None:
    pauses = []
    for _ in range(6):
        pauses.append((await world.due_at() - world.clock.now()).total_seconds())
        world.clock.time = await world.due_at() - TICK
        assert await world.step() == 0
        world.clock.advance(TICK)
        assert await world.step() == 1

    assert pauses == [5, 10, 20, 40, 80, 160]
    assert len({one.id for one in world.receiver.taken}) == 1
    assert len({one.body for one in world.receiver.taken}) == 1
    assert await world.states() == [("pending", 7, 500)]


async def test_the_pause_is_drawn_between_nothing_and_the_longest(world: World) -> None:
    world.receiver.answer = failing(500)
    await world.tell(event())

    await world.working(jitter=lambda: 0.25).step()

    assert await world.due_at() - world.clock.now() == timedelta(seconds=1.25)


@pytest.mark.parametrize("status", [429, 503])
async def test_what_the_subscriber_asks_for_is_waited(
    world: World, status: int
) -> None:
    world.receiver.answer = failing(status, Retry_After="120")
    await world.tell(event())
    await world.step()
    assert await world.due_at() - world.clock.now() == timedelta(seconds=120)

    later = world.clock.now() + timedelta(minutes=10)
    world.receiver.answer = failing(
        status, Retry_After=format_datetime(later, usegmt=True)
    )
    world.clock.time = await world.due_at()
    await world.step()
    assert await world.due_at() == later


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 404, 410, 500])
async def test_only_2xx_is_a_success(world: World, status: int) -> None:
    world.receiver.answer = failing(status, Location="/elsewhere")
    await world.tell(event())

    await world.step()

    assert await world.states() == [("pending", 1, status)]
    assert len(world.receiver.taken) == 1


def timed_out() -> float:
    labels = {"subscriber": "rights", "family": "account", "outcome": "timed_out"}
    return REGISTRY.get_sample_value("agegate_event_attempts_total", labels) or 0


async def test_what_takes_too_long_has_failed(world: World) -> None:
    before = timed_out()
    world.receiver.answer = held = Held()
    await world.tell(event())

    await world.step(timeout_seconds=0.05)

    held.go.set()
    assert await world.states() == [("pending", 1, None)]
    assert timed_out() - before == 1


async def test_an_event_that_fails_holds_back_its_own_subject_alone(
    world: World,
) -> None:
    poison, other = uuid4(), uuid4()
    world.receiver.answer = failing_for(poison)
    for _ in range(3):
        await world.tell(event(poison), event(other))

    await world.drain()
    world.clock.advance(timedelta(hours=1))
    await world.drain()

    assert world.numbers == {str(poison): [1, 1], str(other): [1, 2, 3]}


@pytest.mark.usefixtures("failed")
async def test_after_72_hours_an_event_is_a_dead_letter(world: World) -> None:
    elapsed = await world.bury()

    assert timedelta(hours=72) <= elapsed <= timedelta(hours=78)
    assert await world.states() == [("dead", len(world.receiver.taken), 500)]
    world.clock.advance(timedelta(days=30))
    assert await world.step() == 0


@pytest.mark.usefixtures("failed")
async def test_nothing_is_kept_of_what_the_subscriber_answers(world: World) -> None:
    row = await world.pool.fetchrow(
        "SELECT * FROM outbox_delivery JOIN outbox_event USING (event_id)"
    )

    assert row is not None
    assert "a secret of theirs" not in str([*row.values()])


async def test_a_dead_letter_holds_back_its_subject_until_it_is_replayed(
    world: World,
) -> None:
    subject = uuid4()
    world.receiver.answer = failing(500)
    await world.tell(event(subject))
    await world.step()
    await world.bury()
    await world.tell(event(subject), event(subject))
    world.receiver.answer = accept
    world.receiver.taken.clear()

    for _ in range(3):
        world.clock.advance(timedelta(days=1))
        await world.drain()
    assert world.receiver.taken == []

    await world.replay()
    await world.drain()
    assert [*world.numbers.values()] == [[1, 2, 3]]


async def test_a_dead_letter_that_is_replayed_is_tried_for_72_hours_again(
    world: World,
) -> None:
    world.receiver.answer = failing(500)
    await world.tell(event())
    await world.step()
    await world.bury()

    await world.replay()
    await world.step()
    assert await world.states() == [("pending", 1, 500)]
    assert await world.bury() >= timedelta(hours=72)


@dataclass
class Broken:
    """A transport with a fault of its own."""

    async def deliver(self, *_: object) -> Delivered:
        raise LookupError


async def test_a_fault_of_ours_is_a_failure_like_any_other(world: World) -> None:
    await world.tell(event())

    assert await world.working(transport=Broken()).step() == 1

    assert await world.states() == [("pending", 1, None)]
