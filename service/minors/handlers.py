"""Reports of minors over HTTP: always the same answer."""

from http import HTTPStatus
from typing import Final

from aiohttp import web

from service.caller import APP
from service.minors.flows import MinorFlows
from service.minors.schemas import ReportForm, canonical

FLOWS: Final = web.AppKey("minors", MinorFlows)


async def report(request: web.Request) -> web.Response:
    """POST /v1/apps/{app}/minor-reports."""
    told = await ReportForm.read(request)
    await request.app[FLOWS].report(request[APP], canonical(told.identifier))
    return web.json_response({"state": "received"}, status=HTTPStatus.ACCEPTED)
