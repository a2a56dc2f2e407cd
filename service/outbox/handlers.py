"""The addresses at which events are read."""

from typing import Final

from aiohttp import web

from service.caller import SETTINGS
from service.outbox.catalogue import catalogue

CACHEABLE: Final = {"Cache-Control": "public, max-age=60"}


async def event_types(request: web.Request) -> web.Response:
    """GET /v1/event-types."""
    body = catalogue(request.app[SETTINGS].base_url)
    return web.json_response(text=body, headers=CACHEABLE)
