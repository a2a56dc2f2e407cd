"""The contacts of an account over HTTP."""

from http import HTTPStatus
from typing import Final

from aiohttp import web

from service.caller import HOLDER, PROFILES, RESERVED_DOMAINS
from service.contacts.flows import ContactFlows
from service.contacts.schemas import CodeForm, email_in, phone_in
from service.domain.forms import ContactKind
from service.kit.web import read_json

FLOWS: Final = web.AppKey("contacts", ContactFlows)


async def change_email(request: web.Request) -> web.Response:
    """PUT /v1/account/email."""
    typed = await read_json(request)
    email = email_in(typed, reserved=request.app[RESERVED_DOMAINS])
    await request.app[FLOWS].change(request[HOLDER], ContactKind.EMAIL, email)
    return _sent()


async def change_phone(request: web.Request) -> web.Response:
    """PUT /v1/account/phone."""
    typed, holder = await read_json(request), request[HOLDER]
    phone = phone_in(typed, request.app[PROFILES][holder.app])
    await request.app[FLOWS].change(holder, ContactKind.PHONE, phone)
    return _sent()


async def confirm_email(request: web.Request) -> web.Response:
    """POST /v1/account/email/confirmations."""
    return await _confirm(request, ContactKind.EMAIL)


async def confirm_phone(request: web.Request) -> web.Response:
    """POST /v1/account/phone/confirmations."""
    return await _confirm(request, ContactKind.PHONE)


async def remove_email(request: web.Request) -> web.Response:
    """DELETE /v1/account/email."""
    return await _remove(request, ContactKind.EMAIL)


async def remove_phone(request: web.Request) -> web.Response:
    """DELETE /v1/account/phone."""
    return await _remove(request, ContactKind.PHONE)


async def _confirm(request: web.Request, kind: ContactKind) -> web.Response:
    typed = await CodeForm.read(request)
    await request.app[FLOWS].confirm(request[HOLDER], kind, typed.code)
    return web.Response(status=HTTPStatus.NO_CONTENT)


async def _remove(request: web.Request, kind: ContactKind) -> web.Response:
    await request.app[FLOWS].remove(request[HOLDER], kind)
    return web.Response(status=HTTPStatus.NO_CONTENT)


def _sent() -> web.Response:
    return web.json_response({"state": "confirm_contact"}, status=HTTPStatus.ACCEPTED)
