"""Events by HTTP POST: to public addresses, or to our own where a subscriber is."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from aiohttp import ClientError, ClientSession

from service.kit.outbound import open_session
from service.outbox.subscribers import Subscriber
from service.outbox.transport import Delivered, Envelope, Failed, Outcome

SUCCESS: Final = range(200, 300)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookTransport:
    """POSTs events. Only 2xx is a success; a redirect is not followed.

    *public* reaches public addresses alone, *private* our own networks as well.
    """

    public: ClientSession
    private: ClientSession

    async def deliver(
        self, subscriber: Subscriber, envelope: Envelope
    ) -> Delivered | Failed:
        """POST the event to the subscriber's address."""
        session = self.private if subscriber.allow_private else self.public
        try:
            async with session.post(
                subscriber.url,
                data=envelope.body,
                headers=envelope.headers,
                allow_redirects=False,
            ) as response:
                if response.status in SUCCESS:
                    return Delivered(status=response.status)
                return Failed(
                    outcome=Outcome.REFUSED,
                    status=response.status,
                    retry_after=response.headers.get("Retry-After"),
                )
        except TimeoutError:
            return Failed(outcome=Outcome.TIMED_OUT)
        except (ClientError, OSError):
            return Failed(outcome=Outcome.UNREACHABLE)


@asynccontextmanager
async def open_webhooks() -> AsyncGenerator[WebhookTransport]:
    """Yield the transport of webhooks, and close it afterwards."""
    async with open_session() as public, open_session(private=True) as private:
        yield WebhookTransport(public=public, private=private)
