"""Anybody says that an account is a minor's; the answer tells nothing about it."""

from http import HTTPStatus

from aiohttp import web

from service.caller import APP
from service.domain.refusals import FieldsWrong
from service.minors.handlers import FLOWS
from service.minors.schemas import ReportForm, canonical
from service.pages.drawing import Wrong, draw, reads
from service.pages.typed import Typed
from service.pages.words import say


async def ask(request: web.Request) -> web.StreamResponse:
    """GET /report/{app}: whose account is meant."""
    return _page(request, Typed())


async def send(request: web.Request) -> web.StreamResponse:
    """POST /report/{app}: the same thanks, whether or not there is such an account."""
    typed = await Typed.of(request)
    named = typed.one("identifier").strip()
    try:
        ReportForm.made().checked({"identifier": named})
    except FieldsWrong:
        named = ""
    if not named:
        wrong = Wrong(say(reads(request), "mistakes.identifier_missing"), "identifier")
        return _page(request, typed, wrong, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    await request.app[FLOWS].report(request[APP], canonical(named))
    return draw(request, "minor_reported.html", path=None)


def _page(
    request: web.Request,
    typed: Typed,
    *wrong: Wrong,
    status: HTTPStatus = HTTPStatus.OK,
) -> web.Response:
    return draw(
        request,
        "minor_report.html",
        path=f"/report/{request[APP].app}",
        status=status,
        wrong=wrong,
        typed=typed,
    )
