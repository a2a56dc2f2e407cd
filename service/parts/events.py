"""What other services are told, and what they owe us."""

from dataclasses import dataclass

from service.deliveries.flows import DeliveryFlows
from service.obligations.flows import ObligationFlows
from service.outbox.feed import Feed
from service.parts.ground import Ground


@dataclass(frozen=True, slots=True, kw_only=True)
class EventParts:
    """Every way events are received, looked at and acknowledged."""

    feed: Feed
    deliveries: DeliveryFlows
    obligations: ObligationFlows


def join_events(ground: Ground) -> EventParts:
    """Join what is done with events."""
    obligations = ObligationFlows(
        pool=ground.pool,
        clock=ground.clock,
        keys=ground.keys,
        vault=ground.vault,
        profiles=ground.profiles,
        messages=ground.messages,
        outbox=ground.outbox,
        operator_email=ground.given.settings.operator_email,
    )
    return EventParts(
        feed=Feed(pool=ground.pool, subscribers=ground.given.subscribers),
        deliveries=DeliveryFlows(
            pool=ground.pool, clock=ground.clock, obligations=obligations
        ),
        obligations=obligations,
    )
