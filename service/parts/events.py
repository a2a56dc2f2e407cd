"""What other services are told, and what they owe us."""

from dataclasses import dataclass

from service.deliveries.flows import DeliveryFlows
from service.messages.operators import OperatorLetters
from service.obligations.flows import ObligationFlows
from service.outbox.feed import Feed
from service.parts.ground import Ground


@dataclass(frozen=True, slots=True, kw_only=True)
class EventParts:
    """Every way events are received, looked at and acknowledged."""

    feed: Feed
    deliveries: DeliveryFlows
    obligations: ObligationFlows


def join_events(ground: Ground, *, letters: OperatorLetters) -> EventParts:
    """Join what is done with events; operators are told by *letters*."""
    obligations = ObligationFlows(
        pool=ground.pool,
        clock=ground.clock,
        keys=ground.keys,
        letters=letters,
        outbox=ground.outbox,
    )
    return EventParts(
        feed=Feed(pool=ground.pool, subscribers=ground.given.subscribers),
        deliveries=DeliveryFlows(
            pool=ground.pool, clock=ground.clock, obligations=obligations
        ),
        obligations=obligations,
    )
