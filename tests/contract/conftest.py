"""The service on a port of its own, as production serves it."""

from collections.abc import AsyncGenerator

import pytest

from service import routes
from service.app import listening, make_app
from tests.support.service import Service


@pytest.fixture
async def port(service: Service) -> AsyncGenerator[int]:
    """The port of the public listener."""
    app = make_app(service.parts, routes.PUBLIC)
    async with listening(app, "127.0.0.1", 0) as one:
        yield one
