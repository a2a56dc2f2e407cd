"""A forgotten password: the same answer for everybody."""

from collections.abc import Sequence
from typing import Final

from aiohttp import web

from service.accounts.identifiers import canonical_identifier
from service.caller import APP, RESERVED_DOMAINS
from service.pages.account.showing import missing, show
from service.pages.account.sign_in import named
from service.pages.drawing import Wrong, go, reads
from service.pages.typed import Typed
from service.passwords.handlers import RESETS

PATH: Final = "/forgot-password/"


async def ask(request: web.Request) -> web.StreamResponse:
    """GET /forgot-password/{app}."""
    return _page(request, Typed())


async def send(request: web.Request) -> web.StreamResponse:
    """POST /forgot-password/{app}: to the same page, whoever it is."""
    typed, profile = await Typed.of(request), request[APP]
    label = named(profile, reads(request))
    wrong = missing(request, typed, identifier=label)
    if wrong:
        return _page(request, typed, wrong=wrong)
    identifier = canonical_identifier(
        typed.one("identifier"), profile, reserved=request.app[RESERVED_DOMAINS]
    )
    await request.app[RESETS].ask(profile, identifier)
    return go(request, f"{PATH}{profile.app}/sent")


async def sent(request: web.Request) -> web.StreamResponse:
    """GET /forgot-password/{app}/sent."""
    return show(request, "forgot_sent", path=f"{PATH}{request[APP].app}/sent")


def _page(
    request: web.Request, typed: Typed, *, wrong: Sequence[Wrong] = ()
) -> web.Response:
    profile = request[APP]
    return show(
        request,
        "forgot",
        path=f"{PATH}{profile.app}",
        wrong=wrong,
        typed=typed,
        identifier=named(profile, reads(request)),
    )
