"""Saying "this wasn't me": reading the page changes nothing, its button does."""

from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from service.compromise.handlers import FLOWS
from service.domain.refusals import SecurityLinkInvalid, UndoLinkInvalid
from service.kit.tokens import Token
from service.pages.account.links import FIELD, token_in, without
from service.pages.account.showing import show
from service.pages.typed import Typed

SECURITY: Final = "/security"
UNDO: Final = "/undo"


async def show_report(request: web.Request) -> web.StreamResponse:
    """GET /security."""
    return show(request, "report", path=SECURITY)


async def report(request: web.Request) -> web.StreamResponse:
    """POST /security: the account is locked, and its holder written to."""
    return await _take(request, "report", request.app[FLOWS].report)


async def show_undo(request: web.Request) -> web.StreamResponse:
    """GET /undo."""
    return show(request, "undo", path=UNDO)


async def undo(request: web.Request) -> web.StreamResponse:
    """POST /undo: the contact is put back, and the account locked."""
    return await _take(request, "undo", request.app[FLOWS].undo_contact_change)


async def _take(
    request: web.Request, page: str, act: Callable[[Token], Awaitable[None]]
) -> web.Response:
    typed, path = await Typed.of(request), {"report": SECURITY, "undo": UNDO}[page]
    wrong = without(request, typed)
    if wrong:
        return show(request, page, path=path, wrong=wrong)
    try:
        await act(token_in(typed))
    except (SecurityLinkInvalid, UndoLinkInvalid) as refusal:
        return show(request, page, path=path, refusal=refusal, field=FIELD)
    return show(request, "locked", path=None, put_back=page == "undo")
