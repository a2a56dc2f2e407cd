"""A subscriber that takes every event, and keeps what it was sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from service.kit.traces import Traces
from service.outbox.dispatch import Dispatcher
from service.outbox.subscribers import Subscriber
from service.outbox.traced import TracedTransport
from service.outbox.transport import Delivered, Envelope
from tests.support.service import BASE_URL, Service


@dataclass
class Taken:
    """What was sent, as it would have gone over the wire."""

    bodies: list[bytes] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)

    async def deliver(self, _: Subscriber, envelope: Envelope) -> Delivered:
        self.bodies.append(envelope.body)
        self.headers.append(envelope.headers)
        return Delivered(status=204)


async def deliver_events(service: Service, traces: Traces | None = None) -> Taken:
    """Deliver all events that are due, to each subscriber that they are owed to."""
    taken = Taken()
    traced = None if traces is None else TracedTransport(transport=taken, traces=traces)
    dispatcher = Dispatcher(
        pool=service.pool,
        clock=service.clock,
        transport=traced or taken,
        base_url=BASE_URL,
    )
    for subscriber in service.parts.given.subscribers.every:
        while await dispatcher.step(subscriber):
            pass
    return taken
