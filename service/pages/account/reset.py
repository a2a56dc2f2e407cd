"""Choosing another password through a link: never is anybody signed in by it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from aiohttp import web

from service.caller import APP, PROFILES
from service.domain.authenticators import Factor
from service.domain.refusals import (
    FactorWrong,
    FieldsWrong,
    Refusal,
    ResetLinkInvalid,
    SecondFactorRequired,
)
from service.kit.tokens import Token, is_code
from service.pages import cookies
from service.pages.account.carried import seal, unseal
from service.pages.account.guards import from_here
from service.pages.account.links import FIELD, token_in, without
from service.pages.account.proofs import given_in
from service.pages.account.showing import explained, missing, show
from service.pages.drawing import Wrong, go, reads
from service.pages.mistakes import password_wrongs
from service.pages.typed import Typed
from service.pages.words import say
from service.passwords.exchange import Recovery
from service.passwords.handlers import RESETS
from service.passwords.schemas import recovery

HERE: Final = "/reset"
NEXT: Final = "/reset/password"
COOKIE: Final = "__Host-agegate-reset"
SEAL: Final = "reset link"
LIFETIME: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link that is good, and the second factors of which one is due beside it."""

    token: Token = field(repr=False)
    asked: Collection[Factor]


LINK: Final = web.RequestKey("reset_link", Link)


async def open_link(request: web.Request) -> web.StreamResponse:
    """GET /reset: where the link leads; nothing is known of it yet."""
    return show(request, "reset_link", path=HERE)


async def take_link(request: web.Request) -> web.StreamResponse:
    """POST /reset: on to the new password, with the secret in a cookie from here."""
    typed = await Typed.of(request)
    wrong = without(request, typed)
    if wrong:
        return show(request, "reset_link", path=HERE, wrong=wrong)
    token = token_in(typed)
    try:
        await request.app[RESETS].look(token)
    except ResetLinkInvalid as refusal:
        return show(request, "reset_link", path=HERE, refusal=refusal, field=FIELD)
    response = go(request, NEXT)
    sealed = seal(request, SEAL, {"token": token}, lifetime=LIFETIME)
    cookies.keep(response, COOKIE, sealed, lifetime=LIFETIME)
    return response


async def with_link(request: web.Request) -> None:
    """Let in who came through a good link, in this browser, within half an hour."""
    facts = unseal(request, SEAL, request.cookies.get(COOKIE, ""))
    if facts is None:
        raise ResetLinkInvalid
    token = Token(facts["token"])
    app, asked = await request.app[RESETS].look(token)
    request[APP] = request.app[PROFILES][app]
    request[LINK] = Link(token=token, asked=asked)


async def with_link_from_here(request: web.Request) -> None:
    """Let in what the page of a good link has sent."""
    await from_here(request)
    await with_link(request)


async def ask(request: web.Request) -> web.StreamResponse:
    """GET /reset/password."""
    return _page(request, Typed())


async def complete(request: web.Request) -> web.StreamResponse:
    """POST /reset/password: set, and on to sign in by it; or why not."""
    typed = await Typed.of(request)
    label = say(reads(request), "password.new")
    wrong = missing(request, typed, new_password=label)
    if wrong:
        return _page(request, typed, wrong=wrong)
    try:
        await request.app[RESETS].complete(_recovery(request, typed))
    except FieldsWrong as refusal:
        wrong = password_wrongs(
            refusal, reads(request), request[APP].password, least=_least(request)
        )
        return _page(request, typed, wrong=wrong)
    except (FactorWrong, SecondFactorRequired) as refusal:
        return _page(request, typed, refusal=refusal)
    response = show(request, "reset_done", path=None)
    cookies.drop(response, COOKIE)
    return response


def _recovery(request: web.Request, typed: Typed) -> Recovery:
    body: dict[str, object] = {
        "token": request[LINK].token,
        "new_password": typed.exact("new_password"),
        "end_sessions": typed.one("end_sessions") == "yes",
    }
    proof = _proof(typed)
    if proof is not None:
        body["second_factor"] = proof
    return recovery(body)


def _proof(typed: Typed) -> dict[str, object] | None:
    """Return what was given beside the link: six digits are a code of an app."""
    given = given_in(typed)
    if given.assertion is not None:
        return {"method": Factor.PASSKEY, "assertion": given.assertion}
    if not given.code:
        return None
    kind = Factor.TOTP if is_code(given.code) else Factor.RECOVERY_CODE
    return {"method": kind, "code": given.code}


def _least(request: web.Request) -> int:
    asked = bool(request[LINK].asked)
    return request[APP].password.shortest(second_factor=asked)


def _page(
    request: web.Request,
    typed: Typed,
    *,
    wrong: Sequence[Wrong] = (),
    refusal: Refusal | None = None,
) -> web.Response:
    typeable = {Factor.TOTP, Factor.RECOVERY_CODE} & {*request[LINK].asked}
    if refusal is not None:
        wrong = explained(request, refusal, "code" if typeable else None)
    return show(
        request,
        "reset",
        path=NEXT,
        wrong=wrong,
        refusal=refusal,
        typed=typed,
        asked=request[LINK].asked,
        typeable=typeable,
        least=_least(request),
        options=f"/v1/apps/{request[APP].app}/passkey-options",
    )
