"""The sign-up form: the operator's fields, purposes and policy, and what was typed."""

from collections.abc import Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Final

from aiohttp import web

from service.caller import (
    APP,
    CLOCK,
    COOKIE,
    KEYS,
    RESERVED_DOMAINS,
    registration_token,
)
from service.domain.forms import CORE_FIELDS
from service.domain.profiles import AgeMode, PolicyProfile, Purpose
from service.domain.refusals import (
    FieldsWrong,
    IdempotencyKeyMalformed,
    IdempotencyKeyReused,
    PolicyVersionOutdated,
    Refusal,
    TicketInvalid,
    TurnedAway,
)
from service.domain.registration import TO_ACCEPT
from service.domain.sign_ups import field_mistakes
from service.gate.handlers import memory_of
from service.kit.idempotency import repeatable
from service.kit.tokens import new_token
from service.pages import age, cookies, tickets
from service.pages.drawing import Wrong, draw, go, reads
from service.pages.inputs import Person, asked, inputs
from service.pages.mistakes import name_of, wrongs
from service.pages.registration_page import is_unfinished
from service.pages.typed import Typed
from service.pages.words import locale_of, say
from service.problems import STATUS, headers_of, refusing
from service.registration.exchange import Application, Shown
from service.registration.handlers import FLOWS
from service.registration.schemas import RegistrationForm, application

FINAL: Final = (TurnedAway, IdempotencyKeyMalformed, IdempotencyKeyReused)
"""Refusals after which the form is of no use."""


async def show(request: web.Request) -> web.StreamResponse:
    """GET /sign-up/{app}/form."""
    profile = request[APP]
    try:
        person = tickets.person_of(request)
    except TicketInvalid:
        return go(request, f"/sign-up/{profile.app}")
    first = profile.age.mode is AgeMode.NONE
    unfinished = first and await is_unfinished(request)
    return _page(request, person, Typed(), unfinished=unfinished)


async def send(request: web.Request) -> web.StreamResponse:
    """POST /sign-up/{app}/form: the next step, or the form again with what is wrong."""
    typed = await Typed.of(request)

    async def register(request: web.Request) -> web.StreamResponse:
        return _registered(request, await _register(request, typed))

    try:
        return await refusing(request, register)
    except FINAL:
        raise
    except TicketInvalid:
        return age.question(request, expired=True)
    except FieldsWrong as refusal:
        if any(one.code == "not_asked" for one in refusal.mistakes):
            return age.question(request, expired=True)  # it was another's form
        return _again(request, typed, refusal)
    except Refusal as refusal:
        return _again(request, typed, refusal)


async def _register(request: web.Request, typed: Typed) -> Shown:
    profile, person = request[APP], tickets.person_of(request)
    repeat = repeatable(
        request.app[KEYS],
        typed.one("key"),
        scope=f"page registrations {profile.app}",
        body=await request.read(),
    )
    filled = _application(request, person, typed)
    return await request.app[FLOWS].register(profile, filled, repeat)


def _application(request: web.Request, person: Person, typed: Typed) -> Application:
    """Return the sign-up as the API would read it, or name everything wrong at once."""
    profile = request[APP]
    given = {
        rule.name: value
        for rule in asked(profile, person)
        if (value := _value(typed, rule.name))
    }
    core = given.keys() & {*CORE_FIELDS}
    body = {
        "password": "",
        **{name: given[name] for name in core},
        "profile": {name: given[name] for name in given.keys() - core},
        "policy_version": typed.one("policy_version"),
        "purposes": [*typed.every("purposes")],
        "locale": locale_of(profile, reads(request)),
        **({} if person.country is None else {"country": person.country}),
        **({} if person.ticket is None else {"ticket": person.ticket}),
    }
    try:
        filled = RegistrationForm.made().take(body)
        reserved = request.app[RESERVED_DOMAINS]
        return application(filled, profile, memory_of(request), reserved=reserved)
    except FieldsWrong as refusal:
        named = {one.pointer for one in refusal.mistakes}
        others = field_mistakes(profile, person.band, person.kind, given)
        more = [one for one in others if one.pointer not in named]
        raise FieldsWrong([*refusal.mistakes, *more]) from None


def _registered(request: web.Request, shown: Shown) -> web.Response:
    profile = request[APP]
    response = go(request, "/registration")
    token = registration_token(request.app[KEYS], shown.registration_id)
    cookies.keep(response, COOKIE, token, lifetime=_longest(profile))
    tickets.take_back(response, profile)
    return response


def _longest(profile: PolicyProfile) -> timedelta:
    """Return how long a registration can last at most."""
    timers = profile.timers
    alone = timers.awaiting_guardian + TO_ACCEPT
    return max(timers.confirm_contact, alone, timers.awaiting_proof)


def _again(request: web.Request, typed: Typed, refusal: Refusal) -> web.Response:
    """Return the form with what is wrong, in the order of its fields."""
    profile, person, language = request[APP], tickets.person_of(request), reads(request)
    names = [name_of(rule.name) for rule in asked(profile, person)]
    wrong = wrongs(refusal, profile, language)
    wrong.sort(
        key=lambda one: names.index(one.field) if one.field in names else len(names)
    )
    notice = None
    if isinstance(refusal, PolicyVersionOutdated):
        wrong, notice = [], say(language, "form.outdated")
    response = _page(
        request, person, typed, STATUS[type(refusal)], wrong=wrong, notice=notice
    )
    response.headers.update(headers_of(refusal))
    return response


def _page(
    request: web.Request,
    person: Person,
    typed: Typed,
    status: HTTPStatus = HTTPStatus.OK,
    *,
    wrong: Sequence[Wrong] = (),
    notice: str | None = None,
    unfinished: bool = False,
) -> web.Response:
    profile, language = request[APP], reads(request)
    return draw(
        request,
        "form.html",
        path=f"/sign-up/{profile.app}/form",
        status=status,
        wrong=wrong,
        notice=notice,
        unfinished=unfinished,
        person=person,
        explanation=tickets.explanation(request),
        inputs=inputs(profile, person, language, typed),
        again=bool(typed.values),
        optional=_optional(request, person),
        chosen=typed.every("purposes"),
        policy=profile.current_policy(request.app[CLOCK].now().date()),
        key=new_token(),
    )


def _optional(request: web.Request, person: Person) -> list[Purpose]:
    """Return the purposes that the person may add: a child, those it adds as well."""
    profile = request[APP]
    own = profile.purposes
    if person.has_guardian:
        own = request.app[FLOWS].joint(profile, person.country)
    return [one for one in own if not one.essential]


def _value(typed: Typed, name: str) -> str:
    """Return what was typed into a field; a password exactly so."""
    return typed.exact(name) if name == "password" else typed.one(name_of(name))
