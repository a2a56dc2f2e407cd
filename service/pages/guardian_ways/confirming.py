"""A guardian proves one factor more, and goes on where they were."""

import re
from typing import Final

from aiohttp import web

from service.caller import APP
from service.domain.refusals import FactorWrong
from service.guardian_accounts.factor_handlers import PROOFS
from service.guardian_accounts.guards import SESSION
from service.pages.account.proofs import given_in, method_in
from service.pages.drawing import go
from service.pages.guardian_ways.showing import (
    CONFIRM,
    HOME,
    carry_on,
    look,
    methods,
    page,
)
from service.pages.typed import Typed

BACK: Final = re.compile(
    "/guardian/(children(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?"
    "|security(/password|/(apps|passkeys)"
    "/(new|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}))?)"
)
"""Where this page leads back to: nowhere else, whatever the address says (F11)."""


async def ask(request: web.Request) -> web.StreamResponse:
    """GET /guardian/confirm."""
    return await _page(request)


async def send(request: web.Request) -> web.StreamResponse:
    """POST /guardian/confirm: back to what was begun, with another cookie."""
    typed = await Typed.of(request)
    await look(request)
    method, given = method_in(typed), given_in(typed)
    if method is None or method not in methods(request):
        return await _page(request)
    try:
        raised = await request.app[PROOFS].prove(
            request[SESSION],
            method,
            code=given.code,
            assertion=given.assertion,
        )
    except FactorWrong as refusal:
        return await _page(request, refusal=refusal, field=method)
    return carry_on(go(request, _back(request)), raised)


def _back(request: web.Request) -> str:
    then = request.query.get("then", "")
    return then if BACK.fullmatch(then) else HOME


async def _page(
    request: web.Request,
    *,
    refusal: FactorWrong | None = None,
    field: str | None = None,
) -> web.Response:
    await look(request)
    return await page(
        request,
        "guardian_confirm",
        path=CONFIRM,
        refusal=refusal,
        field=field,
        methods=methods(request),
        then=_back(request),
        options=f"{CONFIRM}/options",
        entry=f"/guardian/sign-in/{request[APP].app}",
    )
