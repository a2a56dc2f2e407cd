"""The page of an account under review: how to appeal, and how the appeal stands."""

from typing import Final

from aiohttp import web

from service.age_assurance.handlers import APPEALS
from service.age_assurance.standing import Standing
from service.caller import HOLDER
from service.domain.profiles import ProofMethod
from service.domain.refusals import Refusal
from service.pages.account.showing import show
from service.pages.drawing import Wrong, go, reads
from service.pages.leaving import leave
from service.pages.typed import Typed
from service.pages.words import say

HERE: Final = "/account/review"


async def page(request: web.Request) -> web.StreamResponse:
    """GET /account/review."""
    return _page(request, await _look(request))


async def send(request: web.Request) -> web.StreamResponse:
    """POST /account/review: an appeal, and on to the provider."""
    typed, standing = await Typed.of(request), await _look(request)
    method = typed.one("method")
    if standing.ways and method not in standing.ways:
        wrong = Wrong(say(reads(request), "mistakes.method_missing"), "method")
        return _page(request, standing, wrong=wrong)
    chosen = ProofMethod(method) if standing.ways else None
    try:
        appealed = await request.app[APPEALS].appeal(request[HOLDER].account_id, chosen)
    except Refusal as refusal:
        return _page(request, await _look(request), refusal=refusal)
    if appealed.href is None:
        return go(request, HERE)
    return leave(request, appealed.href, path=HERE)


async def _look(request: web.Request) -> Standing:
    return await request.app[APPEALS].look(request[HOLDER].account_id)


def _page(
    request: web.Request,
    standing: Standing,
    *,
    wrong: Wrong | None = None,
    refusal: Refusal | None = None,
) -> web.Response:
    return show(
        request,
        "age_review",
        path=HERE,
        wrong=[] if wrong is None else [wrong],
        refusal=refusal,
        standing=standing,
    )
