"""Passwords over HTTP."""

from http import HTTPStatus
from typing import Final

from aiohttp import web

from service.accounts.identifiers import canonical_identifier
from service.caller import APP, HOLDER, RESERVED_DOMAINS
from service.kit.web import read_json
from service.passwords.flows import PasswordFlows
from service.passwords.resets import ResetFlows
from service.passwords.schemas import ChangeForm, ResetForm, recovery
from service.sessions.handlers import answered

FLOWS: Final = web.AppKey("passwords", PasswordFlows)
RESETS: Final = web.AppKey("password_resets", ResetFlows)


async def change(request: web.Request) -> web.Response:
    """PUT /v1/account/password."""
    typed = await ChangeForm.read(request)
    return answered(request, await request.app[FLOWS].change(request[HOLDER], typed))


async def ask(request: web.Request) -> web.Response:
    """POST /v1/apps/{app}/password-resets."""
    named, profile = await ResetForm.read(request), request[APP]
    identifier = canonical_identifier(
        named.identifier, profile, reserved=request.app[RESERVED_DOMAINS]
    )
    await request.app[RESETS].ask(profile, identifier)
    return web.json_response({"state": "accepted"}, status=HTTPStatus.ACCEPTED)


async def complete(request: web.Request) -> web.Response:
    """POST /v1/password-resets/complete."""
    await request.app[RESETS].complete(recovery(await read_json(request)))
    return web.Response(status=HTTPStatus.NO_CONTENT)
