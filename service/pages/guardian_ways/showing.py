"""Drawing these pages: in the guardian's language, as their operator has them."""

from collections.abc import Sequence
from typing import Final

from aiohttp import web

from service.caller import APP, CLOCK, PROFILES
from service.domain.guardian_factors import provable
from service.domain.refusals import Refusal, StepUpRequired
from service.guardian_accounts.factor_handlers import FACTORS
from service.guardian_accounts.factors import Factors
from service.guardian_accounts.guards import COOKIE, SESSION
from service.guardian_accounts.opened import SESSION_LASTS, SignedIn
from service.kit.web import Handler
from service.pages import cookies
from service.pages.account.showing import show
from service.pages.drawing import READS, Wrong, go
from service.pages.typed import Typed
from service.pages.words import language_of

HOME: Final = "/guardian/security"
CONFIRM: Final = "/guardian/confirm"

SEEN: Final = web.RequestKey("guardian_factors_seen", Factors)


async def look(request: web.Request) -> Factors:
    """Return what the guardian has, and read the page in their language."""
    if SEEN not in request:
        factors = request[SEEN] = await request.app[FACTORS].list(request[SESSION])
        profile = request[APP] = request.app[PROFILES][factors.app]
        request[READS] = language_of(request, profile, factors.language)
    return request[SEEN]


async def page(
    request: web.Request,
    template: str,
    *,
    path: str | None,
    wrong: Sequence[Wrong] = (),
    refusal: Refusal | None = None,
    field: str | None = None,
    typed: Typed | None = None,
    **content: object,
) -> web.Response:
    """Return a page of a guardian who is signed in."""
    await look(request)
    return show(
        request,
        template,
        path=path,
        wrong=wrong,
        refusal=refusal,
        field=field,
        typed=typed,
        base=HOME,
        **content,
    )


def freshly(handler: Handler) -> Handler:
    """Have the guardian prove who they are before *handler*, and lead back then."""

    async def first(request: web.Request) -> web.StreamResponse:
        session, now = request[SESSION], request.app[CLOCK].now()
        await look(request)
        try:
            session.check_fresh(session.enrolled, now=now)
            return await handler(request)
        except StepUpRequired:
            return go(request, CONFIRM, then=request.path)

    return first


def carry_on(response: web.Response, signed_in: SignedIn) -> web.Response:
    """Give the browser the token by which the session goes on."""
    cookies.keep(response, COOKIE, signed_in.token, lifetime=SESSION_LASTS)
    return response


def methods(request: web.Request) -> Sequence[str]:
    """Return by which second factors the guardian can prove who they are."""
    return provable(request[SESSION].enrolled)
