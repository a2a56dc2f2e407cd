"""A guardian says "this wasn't me": reading changes nothing, the button does."""

from aiohttp import web

from service.domain.refusals import SecurityLinkInvalid
from service.guardian_accounts.factor_handlers import RECOVERY
from service.pages.account.links import FIELD, token_in, without
from service.pages.account.showing import show
from service.pages.typed import Typed

HERE = "/guardian/not-me"


async def ask(request: web.Request) -> web.StreamResponse:
    """GET /guardian/not-me."""
    return show(request, "guardian_not_me", path=HERE)


async def send(request: web.Request) -> web.StreamResponse:
    """POST /guardian/not-me: what may be somebody else's is removed."""
    typed = await Typed.of(request)
    wrong = without(request, typed)
    if wrong:
        return show(request, "guardian_not_me", path=HERE, wrong=wrong)
    try:
        await request.app[RECOVERY].report(token_in(typed))
    except SecurityLinkInvalid as refusal:
        return show(request, "guardian_not_me", path=HERE, refusal=refusal, field=FIELD)
    return show(request, "guardian_secured", path=None)
