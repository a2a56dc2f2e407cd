"""A guardian signs in at the pages: by the link we send, and the code on the screen."""

import json
from datetime import datetime
from http import HTTPStatus
from typing import Final

from aiohttp import web

from service.caller import APP, CLOCK, KEYS
from service.domain.refusals import FieldsWrong, GuardianSignInWrong
from service.guardian_accounts.guards import COOKIE as SESSION
from service.guardian_accounts.guards import SIGN_INS, TOKEN
from service.guardian_accounts.opened import SESSION_LASTS
from service.guardian_accounts.signing_in import LINK_LASTS
from service.kit.secrets import UnsealError
from service.kit.tokens import Token, is_code, is_token
from service.pages import cookies
from service.pages.drawing import WAY, Wrong, draw, go, reads
from service.pages.mistakes import wrongs
from service.pages.naming import asks_by, named_in
from service.pages.typed import Typed
from service.pages.words import locale_of, say
from service.problems import STATUS

COOKIE: Final = "__Host-agegate-guardian-enter"
SEAL: Final = "guardian entry"
LONGEST: Final = 500
HOME: Final = "/guardian/children"


async def ask(request: web.Request) -> web.StreamResponse:
    """GET /guardian/sign-in/{app}."""
    return _asking(request)


async def begin(request: web.Request) -> web.StreamResponse:
    """POST /guardian/sign-in/{app}: the code for this screen; a link by mail."""
    typed, profile = await Typed.of(request), request[APP]
    try:
        contact = named_in(request, typed, profile)
    except FieldsWrong as refusal:
        wrong = wrongs(refusal, profile, reads(request))
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return _asking(request, status, wrong=wrong, typed=typed)
    language = locale_of(profile, reads(request))
    begun = await request.app[SIGN_INS].begin(profile, contact, language)
    request[WAY] = contact.kind
    return draw(request, "guardian_sign_in_sent.html", path=None, code=begun.code)


async def follow(request: web.Request) -> web.StreamResponse:
    """GET /guardian/enter/{token}: on, without a look at the database."""
    token = request.match_info["token"]
    if not is_token(token):
        raise GuardianSignInWrong
    until = request.app[CLOCK].now() + LINK_LASTS
    body = json.dumps({"token": token, "until": until.isoformat()})
    response = go(request, "/guardian/enter")
    sealed = request.app[KEYS].carry(SEAL, body.encode())
    cookies.keep(response, COOKIE, sealed, lifetime=LINK_LASTS)
    return response


async def show(request: web.Request) -> web.StreamResponse:
    """GET /guardian/enter: where the code is typed."""
    _link(request)
    return _entering(request)


async def enter(request: web.Request) -> web.StreamResponse:
    """POST /guardian/enter: signed in, or the page says what is wrong."""
    typed, token = await Typed.of(request), _link(request)
    code = typed.digits("code")
    if not is_code(code):
        key = "code_form" if code else "code_missing"
        wrong = Wrong(say(reads(request), f"mistakes.{key}"), "code")
        return _entering(request, HTTPStatus.UNPROCESSABLE_ENTITY, wrong=wrong)
    try:
        signed_in = await request.app[SIGN_INS].complete(token, code)
    except GuardianSignInWrong as refusal:
        words = say(reads(request), f"refusals.{refusal.code}.words")
        status = STATUS[type(refusal)]
        return _entering(request, status, wrong=Wrong(words, "code"))
    response = go(request, HOME)
    cookies.drop(response, COOKIE)
    cookies.keep(response, SESSION, signed_in.token, lifetime=SESSION_LASTS)
    return response


async def sign_out(request: web.Request) -> web.StreamResponse:
    """POST /guardian/sign-out."""
    await request.app[SIGN_INS].sign_out(request[TOKEN])
    response = draw(request, "guardian_signed_out.html", path=None)
    cookies.drop(response, SESSION)
    return response


def _link(request: web.Request) -> Token:
    """Return the secret of the link that this browser came by."""
    held, now = request.cookies.get(COOKIE, ""), request.app[CLOCK].now()
    if len(held) > LONGEST:
        raise GuardianSignInWrong
    try:
        body = json.loads(request.app[KEYS].carried(SEAL, held))
    except UnsealError as error:
        raise GuardianSignInWrong from error
    if now >= datetime.fromisoformat(body["until"]):
        raise GuardianSignInWrong
    return Token(body["token"])


def _asking(
    request: web.Request,
    status: HTTPStatus = HTTPStatus.OK,
    *,
    wrong: list[Wrong] | None = None,
    typed: Typed | None = None,
) -> web.Response:
    request[WAY] = asks_by(request[APP])
    return draw(
        request,
        "guardian_sign_in.html",
        path=f"/guardian/sign-in/{request[APP].app}",
        status=status,
        wrong=wrong or [],
        typed=typed or Typed(),
    )


def _entering(
    request: web.Request,
    status: HTTPStatus = HTTPStatus.OK,
    *,
    wrong: Wrong | None = None,
) -> web.Response:
    return draw(
        request,
        "guardian_enter.html",
        path="/guardian/enter",
        status=status,
        wrong=[wrong] if wrong else [],
    )
