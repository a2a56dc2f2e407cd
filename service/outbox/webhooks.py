"""Events by HTTP POST: to public addresses, or to our own where a subscriber is."""

from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from aiohttp import ClientError, ClientSession

from service.kit.outbound import Inside, Network, open_session
from service.outbox.subscribers import Subscriber
from service.outbox.transport import Delivered, Envelope, Failed, Outcome

SUCCESS: Final = range(200, 300)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookTransport:
    """POSTs events. Only 2xx is a success; a redirect is not followed.

    *public* reaches public addresses alone, *private* our own networks as well, and
    each of *some* those of our own that it is called by.
    """

    public: ClientSession
    private: ClientSession
    some: Mapping[tuple[Network, ...], ClientSession] = field(default_factory=dict)

    async def deliver(
        self, subscriber: Subscriber, envelope: Envelope
    ) -> Delivered | Failed:
        """POST the event to the subscriber's address."""
        try:
            async with self._session(subscriber).post(
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

    def _session(self, subscriber: Subscriber) -> ClientSession:
        inside = subscriber.inside
        if isinstance(inside, bool):
            return self.private if inside else self.public
        return self.some[inside] if inside else self.public


@asynccontextmanager
async def open_webhooks(
    subscribers: Iterable[Subscriber] = (),
) -> AsyncGenerator[WebhookTransport]:
    """Yield the transport of webhooks, and close it afterwards.

    *subscribers* tells which of our networks some of them may lie in.
    """
    async with AsyncExitStack() as stack:
        sessions: dict[Inside, ClientSession] = {
            inside: await stack.enter_async_context(open_session(private=inside))
            for inside in {False, True, *(one.inside for one in subscribers)}
        }
        some = {key: one for key, one in sessions.items() if not isinstance(key, bool)}
        yield WebhookTransport(
            public=sessions[False], private=sessions[True], some=some
        )
