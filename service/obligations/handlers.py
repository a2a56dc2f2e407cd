"""Acknowledging over HTTP, for services that erase later than they take an event."""

from typing import Final
from uuid import UUID

from aiohttp import web

from service.caller import SERVICE, subscriber_of
from service.domain.refusals import EventUnknown
from service.kit.times import instant
from service.obligations.flows import ObligationFlows

FLOWS: Final = web.AppKey("obligations", ObligationFlows)


async def acknowledge(request: web.Request) -> web.Response:
    """POST /v1/events/{event_id}/acknowledgements."""
    subscriber = subscriber_of(request[SERVICE])
    event_id = read_id(request.match_info["event_id"])
    known = await request.app[FLOWS].acknowledge(event_id, subscriber)
    (own,) = (one for one in known.acknowledgements if one.subscriber == subscriber)
    at = None if own.at is None else instant(own.at)
    return web.json_response({"event_id": str(event_id), "acknowledged_at": at})


def read_id(text: str) -> UUID:
    """Return the id in a path, or raise EventUnknown."""
    try:
        return UUID(text)
    except ValueError as error:
        raise EventUnknown from error
