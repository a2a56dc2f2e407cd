"""What operators see of deliveries."""

from datetime import timedelta
from uuid import uuid4

import pytest
from prometheus_client import generate_latest

from service.domain.events import EventType
from service.kit.metrics import REGISTRY
from service.outbox.metrics import measure
from tests.outbox.support import World, event, failing, failing_for, subscribers

GAUGES = (
    "agegate_events_backlog",
    "agegate_events_dead_letters",
    "agegate_events_oldest_seconds",
)
LABELS = {"subscriber": "rights", "family": "account"}


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"agegate_{name}", {**LABELS, **labels}) or 0


@pytest.fixture
def before() -> dict[str, float]:
    """What earlier tests have counted."""
    names = ("events_delivered_total", "events_dead_total")
    sums = ("event_delivery_seconds_sum", "event_delivery_seconds_count")
    counted = {name: value(name) for name in (*names, *sums)}
    for outcome in ("delivered", "refused"):
        counted[outcome] = value("event_attempts_total", outcome=outcome)
    return counted


async def test_a_delivery_is_counted_and_timed(
    world: World, before: dict[str, float]
) -> None:
    await world.tell(event(), ago=timedelta(seconds=7))

    await world.drain()

    attempts = value("event_attempts_total", outcome="delivered")
    assert attempts - before["delivered"] == 1
    delivered = value("events_delivered_total")
    assert delivered - before["events_delivered_total"] == 1
    seconds = value("event_delivery_seconds_sum")
    assert seconds - before["event_delivery_seconds_sum"] == 7


async def test_failures_and_dead_letters_are_counted(
    world: World, before: dict[str, float]
) -> None:
    world.receiver.answer = failing(503)
    await world.tell(event())
    await world.step()
    await world.bury()

    attempts = value("event_attempts_total", outcome="refused")
    assert attempts - before["refused"] == len(world.receiver.taken)
    assert value("events_dead_total") - before["events_dead_total"] == 1


async def test_the_backlog_and_its_age_are_measured(world: World) -> None:
    poison = uuid4()
    world.receiver.answer = failing_for(poison)
    await world.tell(event(poison))
    await world.step()
    await world.bury()
    await world.tell(event(poison), event(poison), event())
    world.clock.advance(timedelta(seconds=30))
    told_at = await world.pool.fetchval("SELECT min(occurred_at) FROM outbox_event")

    told = subscribers(world.rights)
    assert await measure(world.pool, world.clock, told) == 0

    assert value("events_backlog") == 3
    assert value("events_dead_letters") == 1
    age = (world.clock.now() - told_at).total_seconds()
    assert value("events_oldest_seconds") == age

    world.receiver.answer = failing(200)
    await world.replay()
    await world.drain()
    await measure(world.pool, world.clock, told)
    assert {REGISTRY.get_sample_value(gauge, LABELS) for gauge in GAUGES} == {0}
    await measure(world.pool, world.clock, subscribers())
    assert {REGISTRY.get_sample_value(gauge, LABELS) for gauge in GAUGES} == {None}


async def test_no_label_names_a_person_or_an_event(world: World) -> None:
    told = event(kind=EventType.ACCOUNT_AGED_UP)
    await world.tell(told)
    await world.drain()
    await measure(world.pool, world.clock, subscribers(world.rights))

    page = generate_latest(REGISTRY).decode()

    assert str(told.subject_id) not in page
    assert "127.0.0.1" not in page
    assert 'family="account"' in page
