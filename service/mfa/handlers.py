"""All the second factors of an account over HTTP."""

from typing import Final

from aiohttp import web

from service.caller import HOLDER
from service.mfa.flows import AuthenticatorFlows
from service.mfa.schemas import show

FLOWS: Final = web.AppKey("authenticators", AuthenticatorFlows)


async def list_all(request: web.Request) -> web.Response:
    """GET /v1/account/authenticators."""
    return web.json_response(show(await request.app[FLOWS].list(request[HOLDER])))
