"""Authenticator apps over HTTP."""

from http import HTTPStatus
from typing import Final

from aiohttp import web

from service.caller import HOLDER
from service.mfa.named import authenticator_id
from service.mfa.totp.flows import TotpFlows
from service.mfa.totp.schemas import NameForm, show_enrolment

FLOWS: Final = web.AppKey("totp", TotpFlows)


async def enrol(request: web.Request) -> web.Response:
    """POST /v1/account/authenticators/totp."""
    called = await NameForm.read(request)
    shown = await request.app[FLOWS].enrol(request[HOLDER], called.name)
    return web.json_response(show_enrolment(shown), status=HTTPStatus.CREATED)


async def rename(request: web.Request) -> web.Response:
    """PATCH /v1/account/authenticators/totp/{authenticator_id}."""
    called, chosen = await NameForm.read(request), authenticator_id(request)
    await request.app[FLOWS].rename(request[HOLDER], chosen, called.name)
    return web.Response(status=HTTPStatus.NO_CONTENT)


async def remove(request: web.Request) -> web.Response:
    """DELETE /v1/account/authenticators/totp/{authenticator_id}."""
    await request.app[FLOWS].remove(request[HOLDER], authenticator_id(request))
    return web.Response(status=HTTPStatus.NO_CONTENT)
