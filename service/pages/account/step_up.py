"""Proving once more who one is, before something that matters, and back to it."""

import re
from collections.abc import Collection
from typing import Final

from aiohttp import web

from service.caller import CLOCK, HOLDER
from service.domain.authenticators import Factor, is_fresh, satisfying
from service.domain.refusals import (
    CredentialsWrong,
    FactorWrong,
    Refusal,
    StepUpRequired,
)
from service.kit.web import Handler
from service.mfa.handlers import FLOWS as AUTHENTICATORS
from service.mfa.overview import Overview
from service.pages.account.overview import known_as
from service.pages.account.overview import look as known
from service.pages.account.proofs import given_in, method_in
from service.pages.account.showing import show
from service.pages.drawing import go
from service.pages.typed import Typed
from service.sessions.handlers import STEP_UP, keep_cookie

HERE: Final = "/account/confirm"
SECURITY: Final = "/account/security"
BACK: Final = re.compile(
    "/account/(password|email|phone|recovery-codes"
    "|(apps|passkeys)/(new|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}))"
)
"""Where this page leads back to: nowhere else, whatever the address says (F11)."""


def freshly(handler: Handler) -> Handler:
    """Have the holder prove who they are before *handler*, and lead back then."""

    async def first(request: web.Request) -> web.StreamResponse:
        enrolled = enrolled_in(await look(request))
        now, assurance = request.app[CLOCK].now(), request[HOLDER].assurance
        if is_fresh(assurance, enrolled=enrolled, now=now):
            try:
                return await handler(request)
            except StepUpRequired:  # since a moment ago
                pass
        return go(request, HERE, then=request.path)

    return first


async def look(request: web.Request) -> Overview:
    """Return the second factors of the holder."""
    return await request.app[AUTHENTICATORS].list(request[HOLDER])


def enrolled_in(overview: Overview) -> frozenset[Factor]:
    """Return by which second factors the holder can prove who they are."""
    codes = overview.codes
    has = {
        Factor.TOTP: bool(overview.apps),
        Factor.PASSKEY: bool(overview.passkeys),
        Factor.RECOVERY_CODE: codes is not None and codes.unused > 0,
    }
    return frozenset(factor for factor, there in has.items() if there)


async def ask(request: web.Request) -> web.StreamResponse:
    """GET /account/confirm."""
    return await _page(request)


async def send(request: web.Request) -> web.StreamResponse:
    """POST /account/confirm: back to what was begun, with another cookie."""
    typed = await Typed.of(request)
    method = method_in(typed) or Factor.PASSWORD
    password, given = typed.exact("password"), given_in(typed)
    try:
        opened = await request.app[STEP_UP].step_up(
            request[HOLDER], method, password, given
        )
    except StepUpRequired:  # by another method, from now on
        return await _page(request)
    except (CredentialsWrong, FactorWrong) as refusal:
        return await _page(request, refusal=refusal, field=method)
    response = go(request, _back(request))
    keep_cookie(response, opened, request.app[CLOCK])
    return response


def _back(request: web.Request) -> str:
    then = request.query.get("then", "")
    return then if BACK.fullmatch(then) else SECURITY


async def _page(
    request: web.Request, *, refusal: Refusal | None = None, field: str | None = None
) -> web.Response:
    methods: Collection[Factor] = satisfying(enrolled_in(await look(request)))
    return show(
        request,
        "confirm",
        path=HERE,
        refusal=refusal,
        field=field if field in methods else None,
        methods=methods,
        then=_back(request),
        known_as=known_as(await known(request)),
        options="/v1/account/passkey-options",
    )
