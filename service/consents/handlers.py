"""What the holder of an account decides about their data, over HTTP."""

from typing import Final

from aiohttp import web

from service.caller import HOLDER
from service.consents.own_word import OwnWord
from service.consents.schemas import WordForm, show

FLOWS: Final = web.AppKey("own_word", OwnWord)


async def every(request: web.Request) -> web.Response:
    """GET /v1/account/purposes."""
    choices = await request.app[FLOWS].every(request[HOLDER].account_id)
    return web.json_response({"purposes": [show(one) for one in choices]})


async def look(request: web.Request) -> web.Response:
    """GET /v1/account/purposes/{purpose}."""
    purpose, account_id = request.match_info["purpose"], request[HOLDER].account_id
    return web.json_response(show(await request.app[FLOWS].look(account_id, purpose)))


async def choose(request: web.Request) -> web.Response:
    """PUT /v1/account/purposes/{purpose}."""
    word = await WordForm.read(request)
    purpose, account_id = request.match_info["purpose"], request[HOLDER].account_id
    choice = await request.app[FLOWS].choose(account_id, purpose, granted=word.granted)
    return web.json_response(show(choice))
