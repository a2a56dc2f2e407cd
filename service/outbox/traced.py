"""Deliveries under traces: to whom, of which type, how long, and what came of it."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from service.kit.traces import Kind, Traces
from service.outbox.subscribers import Subscriber
from service.outbox.transport import Delivered, Envelope, Failed, Outcome, Transport


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedTransport:
    """Puts a span around each attempt of another transport."""

    transport: Transport
    traces: Traces

    async def deliver(
        self, subscriber: Subscriber, envelope: Envelope
    ) -> Delivered | Failed:
        """Send *envelope* by the other transport."""
        named = {
            "agegate.subscriber": subscriber.name,
            "agegate.event_type": envelope.type,
            "messaging.system": urlsplit(subscriber.url).scheme,
            "messaging.message.id": str(envelope.event_id),
        }
        with self.traces.span(f"deliver {envelope.type}", Kind.CLIENT, named) as span:
            answer = await self.transport.deliver(subscriber, envelope)
            span.tell({"http.response.status_code": answer.status})
            if isinstance(answer, Failed):
                span.tell({"agegate.outcome": answer.outcome})
                span.fail(answer.outcome)
            else:
                span.tell({"agegate.outcome": Outcome.DELIVERED})
            return answer
