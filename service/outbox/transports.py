# ruff: noqa: PLC0415 -- brokers' packages are extras, loaded only where one is named
"""Every transport that the subscribers need, opened once for a worker."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from urllib.parse import urlsplit

from service.outbox.subscribers import Subscribers
from service.outbox.transport import ByScheme, Transport
from service.outbox.webhooks import open_webhooks


@asynccontextmanager
async def open_transports(subscribers: Subscribers) -> AsyncGenerator[Transport]:
    """Yield a transport that reaches each of *subscribers*, and close it afterwards."""
    schemes = {urlsplit(one.url).scheme for one in subscribers.every}
    async with AsyncExitStack() as stack:
        webhooks = await stack.enter_async_context(open_webhooks(subscribers.every))
        transports: dict[str, Transport] = {"https": webhooks, "http": webhooks}
        if "nats" in schemes:
            from service.outbox.nats_jetstream import open_nats

            transports["nats"] = await stack.enter_async_context(open_nats())
        if "kafka" in schemes:
            from service.outbox.kafka import open_kafka

            transports["kafka"] = await stack.enter_async_context(open_kafka())
        yield ByScheme(transports)
