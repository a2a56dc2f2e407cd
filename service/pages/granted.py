"""The page behind the link in a guardian's letters: see consent, and withdraw it."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

from aiohttp import web

from service.caller import APP, KEYS
from service.domain.consent import Relation
from service.domain.refusals import PurposesWrong, Refusal
from service.guardians.granted import Granted
from service.guardians.handlers import GRANTED, SECOND
from service.pages import second
from service.pages.drawing import READS, WAY, Wrong, draw, reads, words
from service.pages.links import LINK, number_of
from service.pages.mistakes import wrongs
from service.pages.naming import field_in
from service.pages.typed import Typed
from service.pages.words import language_of, say
from service.problems import STATUS

HERE: Final = "/guardian"
EVERYTHING: Final = "*"


async def page(request: web.Request) -> web.Response:
    """Return what the guardian behind the link has granted."""
    return _page(request, await _look(request))


async def withdraw(request: web.Request) -> web.StreamResponse:
    """POST /guardian/withdraw: it is off at once, or the page says what is missing."""
    typed, granted = await Typed.of(request), await _look(request)
    wrong, number = [], number_of(request.app[KEYS], request[LINK])
    chosen = typed.every("purposes")
    if not chosen:
        wrong.append(_wrong(request, "withdraw_missing", "purposes"))
    if typed.digits("code") != number:
        wrong.append(_wrong(request, "number_wrong", "code", number=number))
    if wrong:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return _page(request, granted, status, wrong=wrong, typed=typed)
    purposes = None if EVERYTHING in chosen else chosen
    try:
        granted = await request.app[GRANTED].withdraw(request[LINK], purposes)
    except PurposesWrong:
        granted = await _look(request)
    notice = say(reads(request), "granted.withdrawn")
    return _page(request, granted, notice=notice)


async def ask(request: web.Request) -> web.StreamResponse:
    """POST /guardian/ask: a fresh link and its code are on their way."""
    typed, seen = await Typed.of(request), await _look(request)
    number = number_of(request.app[KEYS], request[LINK])
    if typed.digits("code") != number:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        wrong = _wrong(request, "number_wrong", "ask-code", number=number)
        return _page(request, seen, status, wrong=[wrong])
    granted = await request.app[GRANTED].ask_anew(request[LINK])
    return _page(request, granted, notice=words(request, "granted.asked"))


async def invite(request: web.Request) -> web.StreamResponse:
    """POST /guardian/invite: another guardian is written to; here is their code."""
    typed, seen = await Typed.of(request), await _look(request)
    number = number_of(request.app[KEYS], request[LINK])
    if typed.digits("invite-code") != number:
        wrong, status = (
            _wrong(request, "again_wrong", "invite-code"),
            HTTPStatus.UNPROCESSABLE_ENTITY,
        )
        return _page(request, seen, status, wrong=[wrong], typed=typed)
    try:
        wish = second.wish_of(request, typed, seen.profile)
        asked = await request.app[SECOND].invite(request[LINK], wish)
    except Refusal as refusal:
        field = field_in(typed, seen.profile)
        wrongs_ = wrongs(refusal, seen.profile, reads(request), field=field)
        status = STATUS[type(refusal)]
        return _page(request, seen, status, wrong=wrongs_, typed=typed)
    return draw(request, "invited.html", path=None, ask=asked, back=HERE)


async def dispute(request: web.Request) -> web.StreamResponse:
    """POST /guardian/dispute: the operator is told that guardians disagree."""
    typed, seen = await Typed.of(request), await _look(request)
    number = number_of(request.app[KEYS], request[LINK])
    if typed.digits("dispute-code") != number:
        wrong = _wrong(request, "again_wrong", "dispute-code")
        return _page(request, seen, HTTPStatus.UNPROCESSABLE_ENTITY, wrong=[wrong])
    await request.app[SECOND].dispute(request[LINK])
    notice = say(reads(request), "second.disputed_now")
    return _page(request, await _look(request), notice=notice)


async def _look(request: web.Request) -> Granted:
    granted = await request.app[GRANTED].look(request[LINK])
    profile = request[APP] = granted.profile
    request[READS] = language_of(request, profile, granted.guardian.language)
    request[WAY] = granted.guardian.contact.kind
    return granted


def _wrong(request: web.Request, key: str, field: str, **facts: object) -> Wrong:
    return Wrong(say(reads(request), f"mistakes.{key}", **facts), field)


def _page(
    request: web.Request,
    granted: Granted,
    status: HTTPStatus = HTTPStatus.OK,
    *,
    wrong: Sequence[Wrong] = (),
    typed: Typed | None = None,
    notice: str | None = None,
) -> web.Response:
    profile, account = granted.profile, granted.held.account
    erased_at = account.suspended_at and (
        account.suspended_at + profile.timers.suspended
    )
    return draw(
        request,
        "granted.html",
        path=HERE,
        status=status,
        wrong=wrong,
        notice=notice,
        typed=typed or Typed(),
        child=granted.child,
        grants=[(one, profile.purpose(one.purpose)) for one in granted.grants],
        everything=EVERYTHING,
        erased_at=erased_at,
        quorum=granted.profile.age.quorum,
        several=granted.several,
        disputed=granted.disputed,
        relations=[*Relation],
        number=number_of(request.app[KEYS], request[LINK]),
    )
