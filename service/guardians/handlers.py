"""Consent requests over HTTP, for clients of their own; the page is in pages/."""

from http import HTTPStatus
from typing import Final

from aiohttp import web

from service.caller import RESERVED_DOMAINS
from service.guardians.flows import GuardianFlows
from service.guardians.granted import GrantedFlows
from service.guardians.schemas import (
    LinkForm,
    OpeningForm,
    WithdrawalForm,
    invitation,
    reply,
    show,
    show_answered,
    show_granted,
    show_invitation,
)
from service.guardians.second import SecondGuardians
from service.kit.tokens import Token
from service.kit.web import read_json

FLOWS: Final = web.AppKey("guardians", GuardianFlows)
GRANTED: Final = web.AppKey("granted", GrantedFlows)
SECOND: Final = web.AppKey("second_guardians", SecondGuardians)


async def open_request(request: web.Request) -> web.Response:
    """POST /v1/consent-requests/open."""
    link = await OpeningForm.read(request)
    token = Token(link.link_token)
    asked = await request.app[FLOWS].open(token, browser=link.browser_token)
    return web.json_response(show(asked))


async def send_again(request: web.Request) -> web.Response:
    """POST /v1/consent-requests/resend."""
    link = await LinkForm.read(request)
    await request.app[FLOWS].send_again(Token(link.link_token))
    return web.json_response({"state": "sent"}, status=HTTPStatus.ACCEPTED)


async def invite(request: web.Request) -> web.Response:
    """POST /v1/consents/invite."""
    body = await read_json(request)
    token, wish = invitation(body, reserved=request.app[RESERVED_DOMAINS])
    asked = await request.app[SECOND].invite(token, wish)
    return web.json_response(show_invitation(asked), status=HTTPStatus.ACCEPTED)


async def dispute(request: web.Request) -> web.Response:
    """POST /v1/consents/dispute."""
    link = await LinkForm.read(request)
    await request.app[SECOND].dispute(Token(link.link_token))
    return web.json_response({"state": "disputed"}, status=HTTPStatus.ACCEPTED)


async def answer(request: web.Request) -> web.Response:
    """POST /v1/consent-requests/answer."""
    token, told = reply(await read_json(request))
    answered = await request.app[FLOWS].answer(token, told)
    status = HTTPStatus.OK if answered.href is None else HTTPStatus.ACCEPTED
    return web.json_response(show_answered(told.answer, answered.href), status=status)


async def open_granted(request: web.Request) -> web.Response:
    """POST /v1/consents/open."""
    link = await LinkForm.read(request)
    granted = await request.app[GRANTED].look(Token(link.link_token))
    return web.json_response(show_granted(granted))


async def withdraw(request: web.Request) -> web.Response:
    """POST /v1/consents/withdraw."""
    told = await WithdrawalForm.read(request)
    token = Token(told.link_token)
    granted = await request.app[GRANTED].withdraw(token, told.purposes)
    return web.json_response(show_granted(granted))


async def ask_anew(request: web.Request) -> web.Response:
    """POST /v1/consents/ask."""
    link = await LinkForm.read(request)
    await request.app[GRANTED].ask_anew(Token(link.link_token))
    return web.json_response({"state": "sent"}, status=HTTPStatus.ACCEPTED)
