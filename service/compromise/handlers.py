"""Reports of a compromise over HTTP; the pages are in pages/."""

from typing import Final

from aiohttp import web

from service.compromise.flows import CompromiseFlows
from service.compromise.schemas import LinkForm

FLOWS: Final = web.AppKey("compromise", CompromiseFlows)


async def report(request: web.Request) -> web.Response:
    """POST /v1/security-reports."""
    link = await LinkForm.read(request)
    await request.app[FLOWS].report(link.token)
    return web.json_response({"state": "locked"})


async def undo(request: web.Request) -> web.Response:
    """POST /v1/contact-changes/undo."""
    link = await LinkForm.read(request)
    await request.app[FLOWS].undo_contact_change(link.token)
    return web.json_response({"state": "locked"})
