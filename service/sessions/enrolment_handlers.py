"""Adding second factors over HTTP: what raises the session that adds them."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from aiohttp import web

from service.caller import HOLDER
from service.mfa.passkeys.schemas import NewForm, show_added
from service.mfa.totp.schemas import CodeForm, show_confirmed
from service.sessions.enrolling import EnrolmentFlows
from service.sessions.guards import DOOR
from service.sessions.handlers import keep_cookie
from service.sessions.opening import Opened
from service.sessions.schemas import show_opened

ENROLMENTS: Final = web.AppKey("enrolments", EnrolmentFlows)


async def confirm_app(request: web.Request) -> web.Response:
    """POST /v1/account/authenticators/totp/confirm."""
    typed, flows = await CodeForm.read(request), request.app[ENROLMENTS]
    confirmed, opened = await flows.confirm_app(request[HOLDER], typed.code)
    return _answered(request, show_confirmed(confirmed), opened, HTTPStatus.OK)


async def add_passkey(request: web.Request) -> web.Response:
    """POST /v1/account/authenticators/passkeys."""
    new, flows = await NewForm.read(request), request.app[ENROLMENTS]
    added, opened = await flows.add_passkey(request[HOLDER], new.name, new.credential)
    return _answered(request, show_added(added), opened, HTTPStatus.CREATED)


def _answered(
    request: web.Request, added: Mapping[str, object], opened: Opened, status: int
) -> web.Response:
    body = {**added, "session": show_opened(opened)}
    response = web.json_response(body, status=status)
    keep_cookie(response, opened, request.app[DOOR].clock)
    return response
