"""Every transport that the subscribers need, opened once for a worker."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from service.outbox.subscribers import Subscribers
from service.outbox.transport import ByScheme, Transport
from service.outbox.webhooks import open_webhooks


@asynccontextmanager
async def open_transports(
    subscribers: Subscribers,  # noqa: ARG001 -- brokers are connected to only if named
) -> AsyncGenerator[Transport]:
    """Yield a transport that reaches each of *subscribers*, and close it afterwards."""
    async with open_webhooks() as webhooks:
        yield ByScheme({"https": webhooks, "http": webhooks})
