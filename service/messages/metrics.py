"""How the messages are doing, for Prometheus."""

from datetime import datetime
from typing import Final

from prometheus_client import Counter, Gauge

from service.domain.messages import Channel
from service.kit.database import Pool, connection
from service.kit.metrics import REGISTRY
from service.messages import store

LABELS: Final = ("channel", "template")

ATTEMPTS: Final = Counter(
    "agegate_message_attempts",
    "Tries to hand a message over",
    LABELS,
    registry=REGISTRY,
)
SENT: Final = Counter(
    "agegate_messages_sent",
    "Messages handed over",
    LABELS,
    registry=REGISTRY,
)
FAILED: Final = Counter(
    "agegate_messages_failed",
    "Messages given up",
    LABELS,
    registry=REGISTRY,
)
QUEUED: Final = Gauge(
    "agegate_messages_queued",
    "Messages that wait to be sent",
    ("channel",),
    registry=REGISTRY,
)
OLDEST: Final = Gauge(
    "agegate_messages_oldest_seconds",
    "How long the oldest waiting message has waited",
    ("channel",),
    registry=REGISTRY,
)


async def measure(pool: Pool, *, at: datetime) -> None:
    """Read the queue's depth and the age of its oldest message."""
    async with connection(pool) as one:
        depths = await store.measure(one)
    for channel in Channel:
        depth = depths.get(channel)
        age = 0.0 if depth is None else (at - depth.oldest_at).total_seconds()
        QUEUED.labels(channel).set(0 if depth is None else depth.count)
        OLDEST.labels(channel).set(max(age, 0.0))
