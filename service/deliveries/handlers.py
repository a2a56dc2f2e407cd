"""Deliveries over HTTP, for the operator's back office."""

from typing import Final

from aiohttp import web

from service.deliveries.flows import DeliveryFlows
from service.deliveries.schemas import show
from service.obligations.handlers import read_id

FLOWS: Final = web.AppKey("deliveries", DeliveryFlows)


async def find(request: web.Request) -> web.Response:
    """GET /v1/admin/events/{event_id}."""
    event_id = read_id(request.match_info["event_id"])
    shown = await request.app[FLOWS].show(event_id)
    return web.json_response({"event_id": str(event_id), **show(shown)})
