"""Signing in by name and password, or by a passkey alone; and signing out."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from aiohttp import web

from service.caller import APP, HOLDER, PROFILES
from service.domain.profiles import PolicyProfile
from service.domain.refusals import (
    AccountWaiting,
    CredentialsWrong,
    FactorWrong,
    FieldsWrong,
    MfaRequired,
    Refusal,
    SessionUnknown,
)
from service.pages.account import second_factor
from service.pages.account.entering import entered
from service.pages.account.guards import is_signed_in
from service.pages.account.proofs import signed_in
from service.pages.account.showing import missing, show
from service.pages.drawing import Wrong, go, reads
from service.pages.typed import Typed
from service.pages.words import Language, say
from service.sessions.handlers import SESSIONS, drop_cookie, let_in
from service.sessions.schemas import SignInForm

EXPLAINED: Final = (CredentialsWrong, AccountWaiting)


async def choose(request: web.Request) -> web.StreamResponse:
    """GET /sign-in: at which product; where there is one alone, there."""
    profiles = [*request.app[PROFILES].values()]
    if len(profiles) == 1:
        return go(request, f"/sign-in/{profiles[0].app}")
    return show(request, "choose", path="/sign-in", profiles=profiles)


async def ask(request: web.Request) -> web.StreamResponse:
    """GET /sign-in/{app}: the form, or on to the account of who is in."""
    if await is_signed_in(request):
        return go(request, "/account")
    return _page(request, Typed())


async def send(request: web.Request) -> web.StreamResponse:
    """POST /sign-in/{app}: in, on to the second factor, or the form again."""
    typed = await Typed.of(request)
    language = reads(request)
    wrong = missing(
        request,
        typed,
        identifier=named(request[APP], language),
        password=say(language, "sign_in.password"),
    )
    if wrong:
        return _page(request, typed, wrong=wrong)
    body = {
        "identifier": typed.one("identifier"),
        "password": typed.exact("password"),
        "kind": "browser",
    }
    try:
        opened = await let_in(request, SignInForm().take(body))
    except MfaRequired as refusal:
        return second_factor.lead_to(request, refusal)
    except FieldsWrong:  # too long for anybody's
        return _page(request, typed, refusal=CredentialsWrong())
    except EXPLAINED as refusal:
        return _page(request, typed, refusal=refusal)
    return await entered(request, opened)


async def send_passkey(request: web.Request) -> web.StreamResponse:
    """POST /sign-in/{app}/passkey: in, by what a passkey signed."""
    typed = await Typed.of(request)
    body = {"assertion": signed_in(typed) or {}, "kind": "browser"}
    try:
        opened = await let_in(request, SignInForm().take(body))
    except FactorWrong as refusal:
        return _page(request, typed, refusal=refusal)
    return await entered(request, opened)


async def sign_out(request: web.Request) -> web.StreamResponse:
    """POST /account/sign-out."""
    with suppress(SessionUnknown):  # it ended meanwhile
        await request.app[SESSIONS].sign_out(request[HOLDER])
    response = go(request, f"/sign-in/{request[APP].app}", done="signed_out")
    drop_cookie(response)
    return response


def named(profile: PolicyProfile, language: Language) -> str:
    """Return what somebody can be found by here, as the label of one field."""
    names = [say(language, f"identifiers.{one}") for one in profile.identifiers]
    facts = dict(zip(("first", "second", "third"), names, strict=False))
    keys = {2: "identifiers.two", 3: "identifiers.three"}
    text = say(language, keys[len(names)], **facts) if len(names) > 1 else names[0]
    return text[0].upper() + text[1:]


def _page(
    request: web.Request,
    typed: Typed,
    *,
    wrong: Sequence[Wrong] = (),
    refusal: Refusal | None = None,
) -> web.Response:
    profile = request[APP]
    return show(
        request,
        "sign_in",
        path=f"/sign-in/{profile.app}",
        wrong=wrong,
        refusal=refusal,
        typed=typed,
        identifier=named(profile, reads(request)),
        waiting=isinstance(refusal, AccountWaiting),
    )
