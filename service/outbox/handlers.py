"""The addresses at which events are read."""

from typing import Final

from aiohttp import web

from service.caller import SERVICE, SETTINGS, subscriber_of
from service.outbox.catalogue import catalogue
from service.outbox.envelope import cloud_event
from service.outbox.feed import USUAL, Cursor, Feed, Page, read_limit

FEED: Final = web.AppKey("feed", Feed)
CACHEABLE: Final = {"Cache-Control": "public, max-age=60"}


async def event_types(request: web.Request) -> web.Response:
    """GET /v1/event-types."""
    body = catalogue(request.app[SETTINGS].base_url)
    return web.json_response(text=body, headers=CACHEABLE)


async def events(request: web.Request) -> web.Response:
    """GET /v1/events."""
    subscriber, query = subscriber_of(request[SERVICE]), request.query
    after = Cursor.read(query["after"]) if "after" in query else Cursor()
    limit = read_limit(query.get("limit", str(USUAL)))
    page = await request.app[FEED].read(subscriber, after=after, limit=limit)
    return web.json_response(show(page, request.app[SETTINGS].base_url))


def show(page: Page, base_url: str) -> dict[str, object]:
    """Return the JSON of a page."""
    told = [cloud_event(one, base_url=base_url) for one in page.events]
    return {"events": told, "next": str(page.next), "more": page.more}
