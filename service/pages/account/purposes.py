"""What the holder's data may be used for, purpose by purpose, and their word on it."""

from collections.abc import Sequence
from datetime import timedelta
from math import ceil
from typing import Final

from aiohttp import web

from service.caller import APP, HOLDER
from service.consents.choices import Choice, Someone, decides_alone
from service.consents.handlers import FLOWS
from service.domain.grants import Giver
from service.domain.refusals import (
    ConsentDisputed,
    GuardianDecides,
    PurposesWrong,
    PurposeUnknown,
    Refusal,
)
from service.pages.account.showing import show
from service.pages.drawing import go, reads
from service.pages.typed import Typed
from service.pages.words import say
from service.sessions.handlers import drop_cookie

HERE: Final = "/account/purposes"
REFUSED: Final = (ConsentDisputed, GuardianDecides, PurposesWrong, PurposeUnknown)
AGREE: Final = "agree"
EVERYTHING: Final = "*"


async def page(request: web.Request) -> web.StreamResponse:
    """GET /account/purposes."""
    return _page(request, await _every(request))


async def choose(request: web.Request) -> web.StreamResponse:
    """POST /account/purposes: one purpose, or all, agreed to or withdrawn."""
    typed, by = await Typed.of(request), request[HOLDER]
    which, agreed = typed.one("purpose"), typed.one("word") == AGREE
    flows, before = request.app[FLOWS], await _every(request)
    try:
        if which == EVERYTHING and not agreed:
            await flows.withdraw(by.account_id, None)
        elif which != EVERYTHING or any(one.on for one in before):
            on = next((one.purpose.id for one in before if one.on), which)
            named = on if which == EVERYTHING else which
            await flows.choose(by.account_id, named, granted=agreed)
    except REFUSED as refusal:
        return _page(request, before, refusal)
    (first, *_) = await _every(request)
    if first.held.account.condition.suspended and not by.suspended:
        response = go(request, f"/sign-in/{request[APP].app}", done="suspended")
        drop_cookie(response)
        return response
    return go(request, HERE, done="purpose_changed")


async def _every(request: web.Request) -> Sequence[Choice]:
    return await request.app[FLOWS].every(request[HOLDER].account_id)


def _page(
    request: web.Request, choices: Sequence[Choice], refusal: Refusal | None = None
) -> web.Response:
    held, timers = choices[0].held, request[APP].timers
    since = held.account.suspended_at
    several = any(number > 1 for one in choices for number in _numbers(one))

    def who(one: Someone) -> str:
        return _called(request, one, several=several)

    return show(
        request,
        "purposes" if decides_alone(held) else "who_sees",
        path=HERE,
        refusal=refusal,
        choices=choices,
        own_word_due=held.account.own_word_due,
        several=several,
        any_on=any(one.on for one in choices),
        erased_at=since and since + timers.suspended,
        days=ceil(timers.suspended / timedelta(days=1)),
        everything=EVERYTHING,
        who=who,
    )


def _numbers(choice: Choice) -> list[int]:
    """Return which guardians a choice names."""
    named = [*(one.by for one in choice.words), *choice.waits_for]
    return [one.number for one in named if one.number is not None]


def _called(request: web.Request, one: Someone, *, several: bool) -> str:
    """Return a person in words: of two guardians, which one."""
    language = reads(request)
    if one.kind is Giver.HOLDER:
        return say(language, "who_sees.you")
    if one.number is None or one.relation is None:
        return say(language, "who_sees.guardian")
    relation = say(language, f"who_sees.relations.{one.relation}")
    if not several:
        return relation
    letter = chr(ord("A") + one.number - 1)
    within = relation[0].lower() + relation[1:]
    return say(language, "who_sees.one_of", letter=letter, relation=within)
