"""The country of an account over HTTP."""

from typing import Final

from aiohttp import web

from service.caller import HOLDER
from service.guardian_accounts.guards import SESSION
from service.guardian_accounts.handlers import child_of
from service.moves.flows import Moves
from service.moves.schemas import CountryForm, show

FLOWS: Final = web.AppKey("moves", Moves)


async def look(request: web.Request) -> web.Response:
    """GET /v1/account/country."""
    place = await request.app[FLOWS].look(request[HOLDER].account_id)
    return web.json_response(show(place))


async def move(request: web.Request) -> web.Response:
    """PUT /v1/account/country."""
    wish = await CountryForm.read(request)
    place = await request.app[FLOWS].by_holder(request[HOLDER], wish.country)
    return web.json_response(show(place))


async def move_child(request: web.Request) -> web.Response:
    """PUT /v1/guardian/children/{account_id}/country."""
    wish, child = await CountryForm.read(request), child_of(request)
    place = await request.app[FLOWS].by_guardian(request[SESSION], child, wish.country)
    return web.json_response(show(place))
