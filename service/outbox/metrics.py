"""What operators see of deliveries. Labels name subscribers and families, no person."""

from datetime import timedelta
from typing import Final

from prometheus_client import Counter, Gauge, Histogram

from service.domain.events import family_of
from service.kit.clock import Clock
from service.kit.database import Pool, connection
from service.kit.metrics import REGISTRY
from service.outbox import obligations, store
from service.outbox.subscribers import Subscribers
from service.outbox.transport import Outcome

LABELS: Final = ("subscriber", "family")
MINUTE: Final = 60.0
HOUR: Final = 3600.0

ATTEMPTS: Final = Counter(
    "agegate_event_attempts",
    "Attempts to deliver an event, by what came of them.",
    [*LABELS, "outcome"],
    registry=REGISTRY,
)
DELIVERED: Final = Counter(
    "agegate_events_delivered",
    "Events that a subscriber acknowledged.",
    LABELS,
    registry=REGISTRY,
)
DEAD: Final = Counter(
    "agegate_events_dead",
    "Events that became dead letters.",
    LABELS,
    registry=REGISTRY,
)
LATENCY: Final = Histogram(
    "agegate_event_delivery_seconds",
    "From the event to its acknowledgement.",
    LABELS,
    buckets=(
        0.1,
        0.5,
        1,
        2,
        5,
        10,
        30,
        MINUTE,
        5 * MINUTE,
        30 * MINUTE,
        2 * HOUR,
        12 * HOUR,
        24 * HOUR,
        72 * HOUR,
    ),
    registry=REGISTRY,
)
BACKLOG: Final = Gauge(
    "agegate_events_backlog",
    "Events not yet acknowledged; those parked behind a dead letter count.",
    LABELS,
    registry=REGISTRY,
)
LETTERS: Final = Gauge(
    "agegate_events_dead_letters",
    "Dead letters that wait to be replayed.",
    LABELS,
    registry=REGISTRY,
)
OLDEST: Final = Gauge(
    "agegate_events_oldest_seconds",
    "Age of the oldest event not yet acknowledged, dead letters included.",
    LABELS,
    registry=REGISTRY,
)
OPEN: Final = Gauge(
    "agegate_acknowledgements_open",
    "Erasures and withdrawals that a subscriber has not acknowledged yet.",
    ["subscriber"],
    registry=REGISTRY,
)
OVERDUE: Final = Gauge(
    "agegate_acknowledgements_overdue",
    "Those of them that have been open for 24 hours: raise an alarm above zero.",
    ["subscriber"],
    registry=REGISTRY,
)


def count_delivered(subscriber: str, event_type: str, *, after: timedelta) -> None:
    """Count a success, *after* the event."""
    labels = subscriber, family_of(event_type)
    ATTEMPTS.labels(*labels, Outcome.DELIVERED).inc()
    DELIVERED.labels(*labels).inc()
    LATENCY.labels(*labels).observe(max(after.total_seconds(), 0))


def count_failed(
    subscriber: str, event_type: str, *, outcome: Outcome, dead: bool
) -> None:
    """Count a failure, and whether it was the last."""
    labels = subscriber, family_of(event_type)
    ATTEMPTS.labels(*labels, outcome).inc()
    if dead:
        DEAD.labels(*labels).inc()


async def measure(pool: Pool, clock: Clock, subscribers: Subscribers) -> int:
    """Set the gauges from the database: a step of the worker, never in a hurry."""
    now = clock.now()
    async with connection(pool) as one:
        backlog = await store.measure(one)
        owed = await obligations.count_open(one, now=now)
    for gauge in (BACKLOG, LETTERS, OLDEST):
        gauge.clear()
        for subscriber in subscribers.every:
            for family in {family_of(one) for one in subscriber.types}:
                gauge.labels(subscriber.name, family).set(0)
    for gauge in (OPEN, OVERDUE):
        gauge.clear()
        for subscriber in subscribers.every:
            gauge.labels(subscriber.name).set(0)
    for debt in owed:
        OPEN.labels(debt.subscriber).set(debt.open)
        OVERDUE.labels(debt.subscriber).set(debt.overdue)
    for line in backlog:
        labels = line.subscriber, line.family
        BACKLOG.labels(*labels).set(line.pending)
        LETTERS.labels(*labels).set(line.dead)
        OLDEST.labels(*labels).set((now - line.oldest_at).total_seconds())
    return 0
