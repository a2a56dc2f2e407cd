"""Passkeys over HTTP."""

from http import HTTPStatus
from typing import Final

from aiohttp import web

from service.caller import APP, HOLDER
from service.mfa.named import authenticator_id
from service.mfa.passkeys.flows import PasskeyFlows
from service.mfa.passkeys.proofs import PasskeyProofs
from service.mfa.passkeys.schemas import NameForm

FLOWS: Final = web.AppKey("passkeys", PasskeyFlows)
PROOFS: Final = web.AppKey("passkey_proofs", PasskeyProofs)


async def options(request: web.Request) -> web.Response:
    """POST /v1/account/authenticators/passkeys/options."""
    return web.json_response(await request.app[FLOWS].options(request[HOLDER]))


async def rename(request: web.Request) -> web.Response:
    """PATCH /v1/account/authenticators/passkeys/{authenticator_id}."""
    called, chosen = await NameForm.read(request), authenticator_id(request)
    await request.app[FLOWS].rename(request[HOLDER], chosen, called.name)
    return web.Response(status=HTTPStatus.NO_CONTENT)


async def remove(request: web.Request) -> web.Response:
    """DELETE /v1/account/authenticators/passkeys/{authenticator_id}."""
    await request.app[FLOWS].remove(request[HOLDER], authenticator_id(request))
    return web.Response(status=HTTPStatus.NO_CONTENT)


async def options_to_sign_in(request: web.Request) -> web.Response:
    """POST /v1/apps/{app}/passkey-options."""
    asked = await request.app[PROOFS].options_to_sign_in(request[APP].app)
    return web.json_response(asked)


async def options_to_prove(request: web.Request) -> web.Response:
    """POST /v1/account/passkey-options."""
    return web.json_response(
        await request.app[PROOFS].options_to_prove(request[HOLDER])
    )
