"""A guardian comes in without a link: by a passkey, or by a password and an app."""

from collections.abc import Sequence

from aiohttp import web

from service.caller import APP
from service.domain.refusals import (
    FactorWrong,
    FieldsWrong,
    GuardianCredentialsWrong,
    Refusal,
)
from service.guardian_accounts.factor_handlers import PROOFS, sign_in
from service.guardian_accounts.factor_schemas import PASSWORD_LENGTH, Entry
from service.pages.account.proofs import LONGEST_CODE, signed_in
from service.pages.account.showing import missing, show
from service.pages.drawing import Wrong, go, reads
from service.pages.guardian_entry import HOME
from service.pages.guardian_ways.showing import carry_on
from service.pages.naming import named_in
from service.pages.typed import Typed
from service.pages.words import say


async def ask(request: web.Request) -> web.StreamResponse:
    """GET /guardian/sign-in/{app}/password."""
    return _page(request, Typed())


async def by_password(request: web.Request) -> web.StreamResponse:
    """POST /guardian/sign-in/{app}/password: in, or the page again."""
    typed, language = await Typed.of(request), reads(request)
    wrong = missing(
        request,
        typed,
        password=say(language, "ways.password"),
        code=say(language, "second_factor.totp"),
    )
    if wrong:
        return _page(request, typed, wrong=wrong)
    code = "".join(typed.exact("code")[:LONGEST_CODE].split())
    try:
        contact = named_in(request, typed, request[APP])
        password = typed.exact("password")[:PASSWORD_LENGTH]
        entered = await request.app[PROOFS].sign_in_by_password(
            request[APP], contact, password, code
        )
    except (FieldsWrong, GuardianCredentialsWrong) as refusal:
        return _page(request, typed, refusal=refusal)
    return carry_on(go(request, HOME), entered)


async def by_passkey(request: web.Request) -> web.StreamResponse:
    """POST /guardian/sign-in/{app}/passkey: in, or the page of the link again."""
    typed = await Typed.of(request)
    try:
        entered = await sign_in(request, Entry(assertion=signed_in(typed) or {}))
    except FactorWrong as refusal:
        return _page(request, Typed(), refusal=refusal)
    return carry_on(go(request, HOME), entered)


def _page(
    request: web.Request,
    typed: Typed,
    *,
    wrong: Sequence[Wrong] = (),
    refusal: Refusal | None = None,
) -> web.Response:
    app = request[APP].app
    return show(
        request,
        "guardian_enter",
        path=f"/guardian/sign-in/{app}/password",
        wrong=wrong,
        refusal=refusal,
        typed=typed,
    )
