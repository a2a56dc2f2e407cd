"""The guardian's page: reading it changes nothing, and answering takes a person."""

from collections.abc import Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Final

from aiohttp import web

from service.caller import APP, CLOCK, KEYS, open_registration_token
from service.caller import COOKIE as REGISTRATION_COOKIE
from service.consent_forms.papers import signs
from service.domain.consent import Answer, Reply
from service.domain.consent_methods import Method
from service.domain.guardian_factors import answered_by
from service.domain.refusals import (
    ConsentAlreadyAnswered,
    ConsentDisputed,
    ConsentLinkExpired,
    ConsentLinkInUse,
    ConsentLinkUnknown,
    GuardianMustBeAdult,
    MatchCodeWrong,
    ProofsUsedUp,
    ProofUnavailable,
    PurposesWrong,
    Refusal,
)
from service.domain.registration import State
from service.guardian_accounts.guards import signed_in
from service.guardians.asked import Asked
from service.guardians.handlers import FLOWS
from service.kit.tokens import is_code
from service.pages import cookies, granted
from service.pages.drawing import READS, WAY, Wrong, draw, reads
from service.pages.leaving import leave
from service.pages.links import COOKIE, LINK, browser_of, number_of
from service.pages.mistakes import wrongs
from service.pages.typed import Typed
from service.pages.words import language_of, say
from service.problems import STATUS
from service.registration.handlers import STEPS

HERE: Final = "/guardian"

EXPLAINED: Final = (
    ConsentDisputed,
    GuardianMustBeAdult,
    MatchCodeWrong,
    ProofsUsedUp,
    ProofUnavailable,
    PurposesWrong,
)
"""What the page itself says; anything else has a page of its own."""

OUTCOMES: Final = {
    State.COMPLETED: "give",
    State.AWAITING_GUARDIAN: "pending",
}


async def show(request: web.Request) -> web.StreamResponse:
    """GET /guardian: who asks, for what, and what follows from each answer."""
    try:
        asked = await _look(request)
    except ConsentLinkUnknown:
        return await granted.page(request)
    except ConsentLinkInUse as refusal:
        return await _in_use(request, refusal)
    return _page(request, asked)


async def send_again(request: web.Request) -> web.StreamResponse:
    """POST /guardian/resend: a fresh link to the stored address, which is not shown."""
    typed = await Typed.of(request)
    number = number_of(request.app[KEYS], request[LINK])
    if typed.digits("again") != number:
        wrong = Wrong(say(reads(request), "mistakes.again_wrong"), "again")
        return await _in_use(request, ConsentLinkInUse(), wrong)
    await _find_way(request)
    await request.app[FLOWS].send_again(request[LINK])
    response = draw(request, "sent_again.html", path=None)
    cookies.drop(response, COOKIE)
    return response


async def answer(request: web.Request) -> web.StreamResponse:
    """POST /guardian/answer: the answer counts, or the page says what is missing."""
    typed, asked = await Typed.of(request), await _look(request, seen=False)
    wrong = _missing(request, typed)
    if wrong:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return _page(request, asked, status, wrong=wrong, typed=typed)
    session = await signed_in(request)
    reply = replace(
        _reply(typed),
        same_browser=_is_childs_browser(request, asked),
        browser=browser_of(request),
    )
    reply = answered_by(reply, session)
    ways = await request.app[FLOWS].ways(asked, reply.purposes, session)
    if reply.answer is Answer.GIVE and len(ways) > 1 and reply.method not in ways:
        return _choose_way(request, ways, typed)
    if reply.method not in ways:
        reply = replace(reply, method=(*ways, asked.request.guardian_contact.plus)[0])
    try:
        answered = await request.app[FLOWS].answer(request[LINK], reply)
    except ConsentLinkInUse as refusal:
        return await _in_use(request, refusal)
    except EXPLAINED as refusal:
        wrong = wrongs(refusal, request[APP], reads(request))
        again, status = await _look(request), STATUS[type(refusal)]
        return _page(request, again, status, wrong=wrong, typed=typed)
    if answered.href is not None:
        return leave(request, answered.href, words="leaving.guardian_words")
    return await _answered(request, asked, reply.answer)


def _choose_way(
    request: web.Request, ways: Sequence[Method], typed: Typed
) -> web.Response:
    """Return the page that asks how to say yes; what was typed goes with it."""
    method, wrong = typed.one("method"), list[Wrong]()
    if typed.one("choosing"):
        wrong.append(Wrong(say(reads(request), "mistakes.method_missing"), "method"))
    return draw(
        request,
        "consent_ways.html",
        path=None,
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        wrong=wrong,
        ways=ways,
        method=method,
        purposes=typed.every("purposes"),
        code=typed.digits("code"),
    )


async def verified(request: web.Request) -> web.StreamResponse:
    """GET /guardian/verified: where a guardian comes back from a provider."""
    try:
        asked = await _look(request)
    except ConsentAlreadyAnswered:
        return draw(request, "guardian_verified.html", path=None, outcome="given")
    except ConsentLinkExpired:
        return draw(request, "guardian_verified.html", path=None, outcome="ended")
    except ConsentLinkInUse as refusal:
        return await _in_use(request, refusal)
    if asked.request.is_verifying:
        return draw(
            request, "guardian_verified.html", path=request.path, outcome="waiting"
        )
    return _page(request, asked, notice=say(reads(request), "verified.again"))


async def _look(request: web.Request, *, seen: bool = True) -> Asked:
    """Return what is asked, and read the page in the guardian's language."""
    browser = (browser_of(request) or "") if seen else None
    asked = await request.app[FLOWS].look(request[LINK], browser=browser)
    profile = request[APP] = asked.profile
    request[READS] = language_of(request, profile, asked.request.language)
    request[WAY] = asked.request.guardian_contact.kind
    return asked


async def _find_way(request: web.Request) -> None:
    """Read the page for how the guardian is written to, and tell no more of them."""
    asked = await request.app[FLOWS].look(request[LINK])
    request[WAY] = asked.request.guardian_contact.kind


async def _in_use(
    request: web.Request, refusal: Refusal, wrong: Wrong | None = None
) -> web.Response:
    """Return the page that says no, and offers a fresh link."""
    await _find_way(request)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else STATUS[type(refusal)]
    return draw(
        request,
        "in_use.html",
        path=None,
        status=status,
        wrong=[wrong] if wrong else [],
        number=number_of(request.app[KEYS], request[LINK]),
    )


def _missing(request: web.Request, typed: Typed) -> list[Wrong]:
    """Return what the form lacks; only a whole one is worth a try."""
    answer, code = typed.one("answer"), typed.digits("code")
    missing: list[tuple[str, str]] = []
    number = number_of(request.app[KEYS], request[LINK])
    if answer not in {*Answer}:
        missing.append(("answer_missing", "answer"))
    elif answer != Answer.GIVE:
        if code != number:
            missing.append(("number_wrong", "code"))
    else:
        if not typed.one("adult"):
            missing.append(("adult_missing", "adult"))
        if not is_code(code):
            missing.append(("code_form" if code else "code_missing", "code"))
    return [
        Wrong(say(reads(request), f"mistakes.{key}", number=number), field)
        for key, field in missing
    ]


def _reply(typed: Typed) -> Reply:
    answer, method = Answer(typed.one("answer")), typed.one("method")
    if answer is not Answer.GIVE:
        return Reply(answer=answer, match_code=None, purposes=(), adult=False)
    return Reply(
        answer=answer,
        match_code=typed.digits("code"),
        purposes=tuple(typed.every("purposes")),
        adult=typed.one("adult") == "yes",
        method=Method(method) if method in {*Method} else Method.GUARDIAN_ACCOUNT,
    )


def _is_childs_browser(request: web.Request, asked: Asked) -> bool:
    held = open_registration_token(
        request.app[KEYS], request.cookies.get(REGISTRATION_COOKIE, "")
    )
    return held == asked.request.registration_id


async def _answered(request: web.Request, asked: Asked, told: Answer) -> web.Response:
    """Return what followed from the answer; the link is of no use any more."""
    outcome: str = told
    if told is Answer.GIVE and asked.standing is not None:
        held = asked.standing.registration.registration_id
        shown = await request.app[STEPS].show(held)
        outcome = OUTCOMES.get(shown.state, "too_late")
    elif asked.held is not None:
        outcome = f"account_{told}"
    response = draw(request, "answered.html", path=None, outcome=outcome)
    cookies.drop(response, COOKIE)
    return response


def _page(
    request: web.Request,
    asked: Asked,
    status: HTTPStatus = HTTPStatus.OK,
    *,
    wrong: Sequence[Wrong] = (),
    typed: Typed | None = None,
    notice: str | None = None,
) -> web.Response:
    timers = asked.profile.timers
    offered, every = asked.purposes, asked.profile.purposes
    return draw(
        request,
        "guardian.html",
        path=HERE,
        status=status,
        wrong=wrong,
        notice=notice,
        typed=typed or Typed(),
        verifying=asked.request.is_verifying,
        signs=signs(asked),
        child=asked.child,
        of_account=asked.held is not None,
        invited=asked.request.invited_by is not None,
        relation=asked.request.relation,
        policy=asked.policy,
        needed=[one for one in every if one.essential],
        chosen=[one for one in offered if not one.essential],
        off=[one for one in every if not one.essential and one not in offered],
        consent_ends=request.app[CLOCK].now() + timers.consent_validity,
        ends=asked.request.asked_at + timers.awaiting_guardian,
        answers=[*Answer],
        number=number_of(request.app[KEYS], request[LINK]),
        tries_over=asked.request.tries_left <= 0,
        too_old=request.app[CLOCK].now() >= asked.request.link_expires_at,
    )
