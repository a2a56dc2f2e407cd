"""An outbox, a receiver on loopback, and a dispatcher between them."""

from collections.abc import AsyncGenerator

import pytest
from aiohttp.test_utils import TestServer

from service.kit.database import Pool
from service.outbox.dispatch import Dispatcher
from service.outbox.flows import Outbox
from service.outbox.webhooks import WebhookTransport, open_webhooks
from tests.outbox.support import BASE_URL, Receiver, World, subscriber, subscribers
from tests.support.clock import StoppedClock


@pytest.fixture
async def webhooks() -> AsyncGenerator[WebhookTransport]:
    async with open_webhooks() as transport:
        yield transport


@pytest.fixture
async def world(
    pool: Pool, clock: StoppedClock, webhooks: WebhookTransport
) -> AsyncGenerator[World]:
    """One subscriber that takes everything; a pause is always the longest."""
    receiver = Receiver()
    async with TestServer(receiver.app()) as server:
        rights = subscriber(url=str(server.make_url("/hook")))
        yield World(
            pool=pool,
            clock=clock,
            receiver=receiver,
            rights=rights,
            outbox=Outbox(subscribers(rights)),
            dispatcher=Dispatcher(
                pool=pool,
                clock=clock,
                transport=webhooks,
                base_url=BASE_URL,
                jitter=lambda: 1.0,
            ),
        )
