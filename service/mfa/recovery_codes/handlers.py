"""Recovery codes over HTTP."""

from http import HTTPStatus
from typing import Final

from aiohttp import web

from service.caller import HOLDER
from service.mfa.recovery_codes.flows import RecoveryCodeFlows
from service.mfa.recovery_codes.schemas import show_new

FLOWS: Final = web.AppKey("recovery_codes", RecoveryCodeFlows)


async def replace(request: web.Request) -> web.Response:
    """POST /v1/account/authenticators/recovery-codes."""
    codes = await request.app[FLOWS].replace(request[HOLDER])
    return web.json_response(show_new(codes), status=HTTPStatus.CREATED)
