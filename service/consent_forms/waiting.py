"""Telling the operator that signed forms wait: a letter, and two metrics."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from prometheus_client import Gauge

from service.consent_forms import store
from service.domain.consent_forms import TOLD_AGAIN
from service.domain.messages import FormsWait
from service.kit.clock import Clock
from service.kit.database import Pool, transaction
from service.kit.database import connection as reading
from service.kit.metrics import REGISTRY
from service.messages.operators import OperatorLetters

WAITING: Final = Gauge(
    "agegate_consent_forms_waiting",
    "Signed forms that wait for two people to look at them.",
    ["app"],
    registry=REGISTRY,
)
OLDEST: Final = Gauge(
    "agegate_consent_forms_oldest_seconds",
    "How long the oldest of them has waited.",
    ["app"],
    registry=REGISTRY,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormsWaiting:
    """Steps of the worker."""

    pool: Pool
    clock: Clock
    letters: OperatorLetters

    async def step(self) -> int:
        """Write to the operators of what waits, one letter for each app; how many.

        What comes within an hour is told together, and again each day.
        """
        now, told = self.clock.now(), 0
        async with transaction(self.pool) as connection:
            apps = await store.take_untold(
                connection, now=now, again_at=now + TOLD_AGAIN
            )
            depths = await store.measure(connection)
            for app in apps:
                if (depth := depths.get(app)) is None or not self.letters.reach(app):
                    continue
                content = FormsWait(
                    count=str(depth.waiting),
                    oldest_at=f"{depth.oldest_at:%Y-%m-%d %H:%M} UTC",
                )
                await self.letters.write(connection, app, content, now=now)
                told += 1
        return told

    async def measure(self, apps: Collection[str]) -> None:
        """Set the gauges of *apps* from the database."""
        now = self.clock.now()
        async with reading(self.pool) as connection:
            depths = await store.measure(connection)
        for gauge in (WAITING, OLDEST):
            gauge.clear()
            for app in apps:
                gauge.labels(app).set(0)
        for app, depth in depths.items():
            WAITING.labels(app).set(depth.waiting)
            OLDEST.labels(app).set(max((now - depth.oldest_at).total_seconds(), 0))
