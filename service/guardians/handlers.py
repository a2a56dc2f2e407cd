"""Consent requests over HTTP, for clients of their own; the page is in pages/."""

from typing import Final

from aiohttp import web

from service.guardians.flows import GuardianFlows
from service.guardians.schemas import LinkForm, reply, show
from service.kit.tokens import Token
from service.kit.web import read_json

FLOWS: Final = web.AppKey("guardians", GuardianFlows)


async def open_request(request: web.Request) -> web.Response:
    """POST /v1/consent-requests/open."""
    link = await LinkForm.read(request)
    asked = await request.app[FLOWS].open(Token(link.link_token))
    return web.json_response(show(asked))


async def answer(request: web.Request) -> web.Response:
    """POST /v1/consent-requests/answer."""
    token, told = reply(await read_json(request))
    await request.app[FLOWS].answer(token, told)
    return web.json_response({"answer": told.answer})
