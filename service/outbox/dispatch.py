"""Delivering events: at least once, in order for each subject, whoever dies.

A claim commits before anything is sent: it counts the attempt and leases the event
until the send must be over. Nothing is held while sending. A worker that dies leaves
a lease that ends; whoever claims the event next sends it again, with the same id.

An event that keeps failing holds back its subject's later events for that subscriber,
and nobody else's. When the subscriber's time of retries is over it becomes a dead
letter, and still holds them back, until an operator replays it: order is promised, so
nothing is skipped. Workers may be as many as you like; their clocks must agree within
the lease's margin.
"""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from service.domain import retries
from service.domain.obligations import OBLIGING, Means
from service.kit.clock import Clock
from service.kit.database import Pool, transaction
from service.kit.logs import fault_of, log, place_of
from service.outbox import metrics, obligations, signing, store
from service.outbox.envelope import CONTENT_TYPE, seal
from service.outbox.store import Delivery
from service.outbox.subscribers import Subscriber
from service.outbox.transport import (
    Delivered,
    Envelope,
    Failed,
    Outcome,
    Transport,
    read_retry_after,
)

LEASE_MARGIN: Final = timedelta(seconds=30)
PARKED: Final = timedelta(hours=12)  # at most: the delivery of the one ahead wakes it


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatcher:
    """Sends the outbox's events to their subscribers.

    *jitter* draws a number from 0 to 1 for the pause after a failure.
    """

    pool: Pool
    clock: Clock
    transport: Transport
    base_url: str
    jitter: Callable[[], float] = field(default=secrets.SystemRandom().random)

    async def step(self, subscriber: Subscriber) -> int:
        """Send what is due to *subscriber*, and return how much there was to do.

        Waits for the slowest of them: a worker uses a Lane, which doesn't.
        """
        claimed, parked = await self.claim(subscriber, room=subscriber.parallelism)
        # One that fails must not cut the others short: each is marked by itself.
        ends = await asyncio.gather(
            *(self.deliver(subscriber, one) for one in claimed), return_exceptions=True
        )
        for end in ends:
            if end is not None:
                raise end
        return parked + len(claimed)

    async def claim(
        self, subscriber: Subscriber, *, room: int
    ) -> tuple[list[Delivery], int]:
        """Lease up to *room* events that are due, and return them.

        The number is of those that were set aside, as they wait behind another event.
        """
        now = self.clock.now()
        lease = timedelta(seconds=subscriber.timeout_seconds) + LEASE_MARGIN
        async with transaction(self.pool) as connection:
            parked = await store.park(
                connection, subscriber.name, now=now, until=now + PARKED
            )
            claimed = await store.claim(
                connection,
                subscriber.name,
                now=now,
                leased_until=now + lease,
                batch=room,
            )
        return claimed, parked

    async def deliver(self, subscriber: Subscriber, delivery: Delivery) -> None:
        """Send one that is leased, and write down what came of it."""
        answer = await self._send(subscriber, delivery)
        if isinstance(answer, Delivered):
            await self._mark_delivered(subscriber, delivery, answer)
        else:
            await self._mark_failed(subscriber, delivery, answer)

    async def _send(
        self, subscriber: Subscriber, delivery: Delivery
    ) -> Delivered | Failed:
        """Return what came of the attempt; whatever happens is an answer too."""
        try:
            envelope = self._envelope(subscriber, delivery)
            async with asyncio.timeout(subscriber.timeout_seconds):
                return await self.transport.deliver(subscriber, envelope)
        except TimeoutError:
            return Failed(outcome=Outcome.TIMED_OUT)
        except Exception as error:  # noqa: BLE001 -- a poison event must end as a letter
            log().error(
                "delivery_fault",
                subscriber=subscriber.name,
                event_type=delivery.type,
                fault=fault_of(error),
                where=place_of(error),
            )
            return Failed(outcome=Outcome.FAULT)

    def _envelope(self, subscriber: Subscriber, delivery: Delivery) -> Envelope:
        now = self.clock.now()
        body = seal(delivery, base_url=self.base_url)
        signed = signing.headers(
            delivery.event_id,
            body,
            secrets=subscriber.secrets_at(now),
            at=now,
        )
        return Envelope(
            event_id=delivery.event_id,
            subject_id=delivery.subject_id,
            app=delivery.app,
            type=delivery.type,
            body=body,
            headers={"Content-Type": CONTENT_TYPE, **signed},
        )

    async def _mark_delivered(
        self, subscriber: Subscriber, delivery: Delivery, answer: Delivered
    ) -> None:
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            await store.mark_delivered(
                connection, delivery, subscriber.name, status=answer.status, at=now
            )
            if subscriber.acknowledges_by_delivery and delivery.type in OBLIGING:
                await obligations.acknowledge(
                    connection,
                    delivery.event_id,
                    subscriber.name,
                    means=Means.DELIVERY,
                    at=now,
                )
        metrics.count_delivered(
            subscriber.name, delivery.type, after=now - delivery.occurred_at
        )

    async def _mark_failed(
        self, subscriber: Subscriber, delivery: Delivery, answer: Failed
    ) -> None:
        now = self.clock.now()
        dead = False
        over = retries.is_over(
            first_attempt_at=delivery.first_attempt_at,
            now=now,
            hours=subscriber.retry_hours,
        )
        pause = retries.pause_after(
            delivery.attempts,
            jitter=self.jitter(),
            asked=read_retry_after(answer.retry_after, now=now),
        )
        async with transaction(self.pool) as connection:
            if over:
                dead = await store.bury(
                    connection, delivery, subscriber.name, status=answer.status
                )
            else:
                await store.postpone(
                    connection,
                    delivery,
                    subscriber.name,
                    status=answer.status,
                    due_at=now + pause,
                )
        metrics.count_failed(
            subscriber.name, delivery.type, outcome=answer.outcome, dead=dead
        )
