"""Signed forms over HTTP, for clients of their own; the page is in pages/."""

from http import HTTPStatus
from typing import Final

from aiohttp import web

from service.consent_forms.papers import FormFlows
from service.consent_forms.schemas import show_paper, show_sent
from service.domain.consent_forms import LARGEST
from service.guardians.schemas import OpeningForm
from service.kit.tokens import Token
from service.kit.uploads import Upload

FLOWS: Final = web.AppKey("consent_forms", FormFlows)

FILE: Final = "file"
SECRETS: Final = ("link_token", "browser_token")


async def show(request: web.Request) -> web.Response:
    """POST /v1/consent-requests/form."""
    link = await OpeningForm.read(request)
    token, browser = Token(link.link_token), link.browser_token
    paper = await request.app[FLOWS].look(token, browser=browser)
    return web.json_response(show_paper(paper))


async def send(request: web.Request) -> web.Response:
    """POST /v1/consent-requests/form/upload."""
    flows, upload = request.app[FLOWS], Upload(request, LARGEST)
    await upload.read_fields(SECRETS, FILE)
    link = OpeningForm.made().take(upload.fields)
    token = Token(link.link_token)
    paper = await flows.expect(token, browser=link.browser_token)
    with flows.places.take():
        form = await flows.send(token, paper, await upload.read_file())
    return web.json_response(show_sent(form), status=HTTPStatus.ACCEPTED)
