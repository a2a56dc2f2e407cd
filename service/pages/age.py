"""The first page of a sign-up: the age question, neutral on every answer."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Final

from aiohttp import web

from service.caller import APP, CLOCK
from service.domain.decisions import DecisionKind
from service.domain.profiles import AgeMode, PolicyProfile, Question
from service.domain.refusals import (
    BirthDateImpossible,
    BirthDateInFuture,
    BirthDateMissing,
    CountryMissing,
    CountryUnknown,
    TicketInvalid,
    TurnedAway,
)
from service.gate.checks import AgeAnswer
from service.gate.handlers import FLOWS, memory_of, remember
from service.pages import refused, tickets
from service.pages.countries import places
from service.pages.drawing import Wrong, draw, go, reads
from service.pages.mistakes import told
from service.pages.registration_page import is_unfinished
from service.pages.typed import Typed
from service.pages.words import ZH, Language, say

LENGTHS: Final = {"day": 2, "month": 2, "year": 4}
ASKED: Final[Mapping[Question, tuple[str, ...]]] = {
    Question.DATE: ("day", "month", "year"),
    Question.MONTH: ("month", "year"),
    Question.YEAR: ("year",),
}
WORDS: Final = {
    BirthDateImpossible: "mistakes.date_impossible",
    BirthDateInFuture: "mistakes.date_in_future",
    BirthDateMissing: "mistakes.date_missing",
    CountryMissing: "mistakes.country_missing",
    CountryUnknown: "mistakes.country_missing",
}


async def ask(request: web.Request) -> web.StreamResponse:
    """GET /sign-up/{app}: the question, or the form where no age is asked."""
    profile, now = request[APP], request.app[CLOCK].now()
    if profile.age.mode is AgeMode.NONE:
        return go(request, f"/sign-up/{profile.app}/form")
    earlier = memory_of(request).earlier(profile.app, now=now)
    if earlier is DecisionKind.TURN_AWAY:
        return refused.show(request, TurnedAway(profile.contact.appeals))
    return question(request, unfinished=await is_unfinished(request))


async def answer(request: web.Request) -> web.StreamResponse:
    """POST /sign-up/{app}/age: the form, or an explanation of why not."""
    profile, form = request[APP], await Typed.of(request)
    if profile.age.mode is AgeMode.NONE:
        return go(request, f"/sign-up/{profile.app}/form")
    typed = {name: form.digits(name) for name in (*LENGTHS, "country")}
    wrong = _missing(profile, typed, reads(request))
    if wrong:
        return question(request, typed=typed, wrong=wrong)
    try:
        judged = await request.app[FLOWS].check(
            profile, _answer(profile, typed), memory_of(request)
        )
    except tuple(WORDS) as refusal:
        key, first = WORDS[type(refusal)], order(profile, reads(request))[0]
        place = "country" if key == "mistakes.country_missing" else first
        wrong = [Wrong(say(reads(request), key), place)]
        return question(request, typed=typed, wrong=wrong)
    if judged.ticket is None:
        response = refused.show(request, TurnedAway(profile.contact.appeals))
    else:
        response = go(request, f"/sign-up/{profile.app}/form")
        tickets.hand_out(response, profile, judged.ticket)
    remember(request, judged.memory)
    return response


async def appeal(request: web.Request) -> web.StreamResponse:
    """POST /sign-up/{app}/appeal: on to the form, and to a proof after it."""
    profile = request[APP]
    judged = await request.app[FLOWS].appeal(profile, None, memory_of(request))
    response = go(request, f"/sign-up/{profile.app}/form")
    if judged.ticket is not None:
        tickets.hand_out(response, profile, judged.ticket)
    return response


def question(
    request: web.Request,
    *,
    typed: Mapping[str, str] | None = None,
    wrong: Sequence[Wrong] = (),
    unfinished: bool = False,
    expired: bool = False,
) -> web.Response:
    """Return the page that asks, with what was typed before."""
    profile, language = request[APP], reads(request)
    fine = not wrong and not expired
    return draw(
        request,
        "age.html",
        path=f"/sign-up/{profile.app}",
        status=HTTPStatus.OK if fine else HTTPStatus.UNPROCESSABLE_ENTITY,
        wrong=wrong,
        notice=told(TicketInvalid(), language) if expired else None,
        unfinished=unfinished,
        parts_of_date=order(profile, language),
        lengths=LENGTHS,
        typed=typed or dict.fromkeys((*LENGTHS, "country"), ""),
        places=places(language) if profile.age.ask_country else (),
    )


def order(profile: PolicyProfile, language: Language) -> Sequence[str]:
    """Return the parts of a date that are asked, in the order *language* has them."""
    parts = ASKED[profile.age.question]
    return parts[::-1] if language == ZH else parts


def _missing(
    profile: PolicyProfile, typed: Mapping[str, str], language: Language
) -> list[Wrong]:
    wrong = []
    blank = [part for part in order(profile, language) if not typed[part]]
    if blank:
        key = f"mistakes.{profile.age.question}_missing"
        wrong.append(Wrong(say(language, key), blank[0]))
    if profile.age.ask_country and not typed["country"]:
        wrong.append(Wrong(say(language, "mistakes.country_missing"), "country"))
    return wrong


def _answer(profile: PolicyProfile, typed: Mapping[str, str]) -> AgeAnswer:
    """Return the answer as the gate reads it: YYYY-MM-DD, or only its beginning."""
    parts = reversed(ASKED[profile.age.question])
    born = "-".join(typed[part].zfill(LENGTHS[part]) for part in parts)
    country = typed["country"] if profile.age.ask_country else ""
    return AgeAnswer(date_of_birth=born, country=country or None)
