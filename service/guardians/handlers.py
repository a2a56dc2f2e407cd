"""Consent requests over HTTP, for clients of their own; the page is in pages/."""

from http import HTTPStatus
from typing import Final

from aiohttp import web

from service.guardians.flows import GuardianFlows
from service.guardians.granted import GrantedFlows
from service.guardians.schemas import (
    LinkForm,
    WithdrawalForm,
    reply,
    show,
    show_granted,
)
from service.kit.tokens import Token
from service.kit.web import read_json

FLOWS: Final = web.AppKey("guardians", GuardianFlows)
GRANTED: Final = web.AppKey("granted", GrantedFlows)


async def open_request(request: web.Request) -> web.Response:
    """POST /v1/consent-requests/open."""
    link = await LinkForm().read(request)
    asked = await request.app[FLOWS].open(Token(link.link_token))
    return web.json_response(show(asked))


async def answer(request: web.Request) -> web.Response:
    """POST /v1/consent-requests/answer."""
    token, told = reply(await read_json(request))
    await request.app[FLOWS].answer(token, told)
    return web.json_response({"answer": told.answer})


async def open_granted(request: web.Request) -> web.Response:
    """POST /v1/consents/open."""
    link = await LinkForm().read(request)
    granted = await request.app[GRANTED].look(Token(link.link_token))
    return web.json_response(show_granted(granted))


async def withdraw(request: web.Request) -> web.Response:
    """POST /v1/consents/withdraw."""
    told = await WithdrawalForm().read(request)
    token = Token(told.link_token)
    granted = await request.app[GRANTED].withdraw(token, told.purposes)
    return web.json_response(show_granted(granted))


async def ask_anew(request: web.Request) -> web.Response:
    """POST /v1/consents/ask."""
    link = await LinkForm().read(request)
    await request.app[GRANTED].ask_anew(Token(link.link_token))
    return web.json_response({"state": "sent"}, status=HTTPStatus.ACCEPTED)
