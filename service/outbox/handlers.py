"""The addresses at which events are read."""

from typing import Final

from aiohttp import web

from service.caller import SERVICE, SETTINGS, subscriber_of
from service.outbox.catalogue import catalogue
from service.outbox.envelope import cloud_event
from service.outbox.feed import USUAL, Cursor, Feed, read_limit

FEED: Final = web.AppKey("feed", Feed)
CACHEABLE: Final = {"Cache-Control": "public, max-age=60"}


async def event_types(request: web.Request) -> web.Response:
    """GET /v1/event-types."""
    body = catalogue(request.app[SETTINGS].base_url)
    return web.json_response(text=body, headers=CACHEABLE)


async def events(request: web.Request) -> web.Response:
    """GET /v1/events."""
    feed, query = request.app[FEED], request.query
    after = Cursor.read(query["after"]) if "after" in query else Cursor()
    limit = read_limit(query.get("limit", str(USUAL)))
    page = await feed.read(subscriber_of(request[SERVICE]), after=after, limit=limit)
    told = [cloud_event(one, base_url=feed.base_url) for one in page.events]
    return web.json_response(
        {"events": told, "next": str(page.next), "more": page.more}
    )
