"""The page of a registration: where it stands, and the step that is due."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Final

from aiohttp import web

from service.caller import (
    APP,
    CLOCK,
    COOKIE,
    KEYS,
    PROFILES,
    REGISTRATION,
    open_registration_token,
)
from service.domain.consent import Relation
from service.domain.profiles import PolicyProfile
from service.domain.refusals import Refusal, RegistrationUnknown
from service.domain.registration import State
from service.kit.tokens import new_token
from service.pages.drawing import WAY, Wrong, draw, reads, words
from service.pages.mistakes import wrongs
from service.pages.naming import asks_by
from service.pages.typed import Typed
from service.pages.words import NAMES, locale_of, offered, say
from service.problems import STATUS, headers_of
from service.registration.exchange import Shown
from service.registration.handlers import STEPS

DONE: Final[Mapping[str, str]] = {
    "sent": "confirm_contact.sent",
    "reminded": "awaiting_guardian.reminded",
}
MINUTE: Final = timedelta(minutes=1)
OVER: Final = frozenset({State.COMPLETED, State.ENDED})


async def page(
    request: web.Request,
    *,
    refusal: Refusal | None = None,
    field: str | None = None,
    missing: tuple[str, str] | None = None,
    typed: Typed | None = None,
    template: str | None = None,
) -> web.Response:
    """Return the page of the caller's registration, with what went wrong.

    *missing* is the mistake made in filling it in, and the field.
    """
    shown, status = await look(request), HTTPStatus.OK
    profile = request[APP]
    wrong: Sequence[Wrong] = ()
    if missing is not None:
        key, place = missing
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        wrong = [Wrong(say(reads(request), f"mistakes.{key}"), place)]
    if refusal is not None:
        status = STATUS[type(refusal)]
        wrong = wrongs(refusal, profile, reads(request), field=field)
    request[WAY] = asks_by(profile)
    if shown.request is not None:
        request[WAY] = shown.request.guardian_contact.kind
    name = shown.state if template is None or shown.state in OVER else template
    response = draw(
        request,
        f"steps/{name}.html",
        path="/registration",
        status=status,
        wrong=wrong,
        notice=_notice(request),
        shown=shown,
        typed=typed or Typed(),
        **_content(request, shown, profile),
    )
    if refusal is not None:
        response.headers.update(headers_of(refusal))
    return response


async def look(request: web.Request) -> Shown:
    """Return the caller's registration, and read the page as its operator has it."""
    shown = await request.app[STEPS].show(request[REGISTRATION])
    request[APP] = request.app[PROFILES][shown.app]
    return shown


async def is_unfinished(request: web.Request) -> bool:
    """Tell whether this browser has begun a registration that still waits."""
    held = open_registration_token(request.app[KEYS], request.cookies.get(COOKIE, ""))
    if held is None:
        return False
    try:
        shown = await request.app[STEPS].show(held)
    except RegistrationUnknown:
        return False
    return shown.state not in OVER


def _naming(request: web.Request, profile: PolicyProfile) -> Mapping[str, object]:
    """Return what the form that names a guardian shows."""
    return {
        "key": new_token(),
        "relations": [*Relation],
        "languages_of_message": {
            locale_of(profile, one): NAMES[one] for one in offered(profile)
        },
        "locale": locale_of(profile, reads(request)),
    }


def _notice(request: web.Request) -> str | None:
    key = DONE.get(request.query.get("done", ""))
    return None if key is None else words(request, key)


def _content(
    request: web.Request, shown: Shown, profile: PolicyProfile
) -> Mapping[str, object]:
    """Return what the step shows beside its words."""
    match shown.state:
        case State.CONFIRM_CONTACT:
            return {"minutes": round(profile.timers.contact_code / MINUTE)}
        case State.ASK_GUARDIAN:
            return _naming(request, profile)
        case State.AWAITING_GUARDIAN if shown.request is not None:
            waits = profile.timers.awaiting_guardian
            return {
                "ask": shown.request,
                "ends": shown.request.asked_at + waits,
                **_naming(request, profile),
            }
        case State.ASK_ACCEPTANCE:
            today = request.app[CLOCK].now().date()
            return {"policy": profile.current_policy(today)}
        case _:
            return {}
