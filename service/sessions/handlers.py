"""Sessions over HTTP."""

import unicodedata
from http import HTTPStatus
from typing import Final
from uuid import UUID

from aiohttp import web
from marshmallow import ValidationError

from service.accounts.identifiers import canonical_identifier
from service.caller import APP, HOLDER, RESERVED_DOMAINS, SETTINGS
from service.domain.authenticators import Action
from service.domain.refusals import (
    FieldMistake,
    FieldsWrong,
    SessionUnknown,
)
from service.domain.sessions import DEVICE_LENGTH, Device
from service.gate.schemas import COUNTRY
from service.kit.clock import Clock
from service.kit.web import as_json
from service.sessions import recent
from service.sessions.account import AccountView
from service.sessions.flows import SessionFlows
from service.sessions.guards import COOKIE, DOOR, PRESENTED
from service.sessions.handing_out import TokenFlows
from service.sessions.opening import Opened
from service.sessions.recent import SecurityChanges
from service.sessions.refreshing import RefreshFlows
from service.sessions.schemas import (
    AnswerForm,
    RefreshForm,
    SignIn,
    SignInForm,
    StepUpForm,
    WantedForm,
    show_opened,
    show_token,
)
from service.sessions.shown import show
from service.sessions.signing_in import SignInFlows
from service.sessions.stepping_up import StepUpFlows

SIGN_IN: Final = web.AppKey("sign_in", SignInFlows)
STEP_UP: Final = web.AppKey("step_up", StepUpFlows)
REFRESH: Final = web.AppKey("refresh", RefreshFlows)
SESSIONS: Final = web.AppKey("sessions", SessionFlows)
TOKENS: Final = web.AppKey("tokens", TokenFlows)
ACCOUNT: Final = web.AppKey("account_view", AccountView)
CHANGES: Final = web.AppKey("security_changes", SecurityChanges)

UUID_TEXT: Final = 36


async def sign_in(request: web.Request) -> web.Response:
    """POST /v1/apps/{app}/sessions."""
    return answered(request, await let_in(request, await SignInForm.read(request)))


async def answer(request: web.Request) -> web.Response:
    """POST /v1/session-challenges/{challenge_id}."""
    typed, challenge_id = await AnswerForm.read(request), request.match_info
    opened = await request.app[SIGN_IN].answer(
        challenge_id["challenge_id"],
        typed.method,
        typed.given,
        device_of(request, typed.device),
    )
    return answered(request, opened)


async def refresh(request: web.Request) -> web.Response:
    """POST /v1/sessions/refresh."""
    held = await RefreshForm.read(request)
    return answered(request, await request.app[REFRESH].refresh(held.refresh_token))


async def step_up(request: web.Request) -> web.Response:
    """POST /v1/account/step-up."""
    typed = await StepUpForm.read(request)
    opened = await request.app[STEP_UP].step_up(
        request[HOLDER], typed.method, typed.password, typed.given
    )
    return answered(request, opened)


async def token(request: web.Request) -> web.Response:
    """POST /v1/account/tokens."""
    wanted = await WantedForm.read(request)
    await request.app[STEP_UP].check(request[HOLDER], Action.MAKE_TOKENS)
    made = await request.app[TOKENS].make_for(request[HOLDER], wanted.audience)
    return web.json_response(show_token(made))


async def account(request: web.Request) -> web.Response:
    """GET /v1/account."""
    by = request.get(PRESENTED) or request[HOLDER]
    shown = await request.app[ACCOUNT].look(by.app, by.session_id, by.epoch)
    return as_json(shown)


async def changes(request: web.Request) -> web.Response:
    """GET /v1/account/security-changes."""
    found = await request.app[CHANGES].list(request[HOLDER])
    return web.json_response({"changes": [recent.show(one) for one in found]})


async def sessions(request: web.Request) -> web.Response:
    """GET /v1/account/sessions."""
    found, current = await request.app[SESSIONS].list(request[HOLDER]), request[HOLDER]
    shown = [show(one, current=current.session_id) for one in found]
    return web.json_response({"sessions": shown})


async def end_one(request: web.Request) -> web.Response:
    """DELETE /v1/account/sessions/{session_id}."""
    session_id = _id(request.match_info["session_id"])
    await request.app[STEP_UP].check(request[HOLDER], Action.END_SESSIONS)
    await request.app[SESSIONS].end_one(request[HOLDER], session_id)
    return ended(request, current=session_id == request[HOLDER].session_id)


async def end_others(request: web.Request) -> web.Response:
    """DELETE /v1/account/sessions."""
    current_too = _current_too(request)
    await request.app[STEP_UP].check(request[HOLDER], Action.END_SESSIONS)
    await request.app[SESSIONS].end_others(request[HOLDER], current_too=current_too)
    return ended(request, current=current_too)


async def sign_out(request: web.Request) -> web.Response:
    """DELETE /v1/sessions/current."""
    await request.app[SESSIONS].sign_out(request[HOLDER])
    return ended(request, current=True)


async def let_in(request: web.Request, typed: SignIn) -> Opened:
    """Sign in whoever filled in a form, from the API or from a page."""
    flows, profile = request.app[SIGN_IN], request[APP]
    device = device_of(request, typed.device)
    if typed.assertion is not None:
        return await flows.sign_in_by_passkey(
            profile, typed.assertion, typed.kind, device
        )
    identifier = canonical_identifier(
        typed.identifier, profile, reserved=request.app[RESERVED_DOMAINS]
    )
    known_as = identifier or typed.identifier  # of nobody; counted all the same
    return await flows.sign_in(profile, known_as, typed.password, typed.kind, device)


def answered(request: web.Request, opened: Opened) -> web.Response:
    """Return a session, and put its cookie into a browser."""
    response = web.json_response(show_opened(opened))
    keep_cookie(response, opened, request.app[DOOR].clock)
    return response


def keep_cookie(response: web.StreamResponse, opened: Opened, clock: Clock) -> None:
    """Have a browser keep the cookie of its session, out of scripts' reach."""
    if opened.cookie is None:
        return
    left = opened.session.expires_at - clock.now()
    response.set_cookie(
        COOKIE,
        opened.cookie,
        max_age=max(0, int(left.total_seconds())),
        path="/",
        secure=True,
        httponly=True,
        samesite="Lax",
    )


def drop_cookie(response: web.StreamResponse) -> None:
    """Have a browser forget its session."""
    response.del_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="Lax")


def ended(request: web.Request, *, current: bool) -> web.Response:
    """Answer that it is done; a browser whose session it was forgets its cookie."""
    response = web.Response(status=HTTPStatus.NO_CONTENT)
    if current and COOKIE in request.cookies:
        drop_cookie(response)
    return response


def device_of(request: web.Request, named: str | None) -> Device:
    """Return what a device calls itself, and its country if a proxy names one."""
    name = _clean(named or request.headers.get("User-Agent") or "")
    header = request.app[SETTINGS].country_header
    country = request.headers.get(header, "") if header else ""
    try:
        COUNTRY(country)
    except ValidationError:
        return Device(name=name or None)
    return Device(name=name or None, country=country)


def _clean(text: str) -> str:
    shown = "".join(c for c in text if unicodedata.category(c)[0] != "C")
    return shown[:DEVICE_LENGTH].strip()


def _id(text: str) -> UUID:
    try:
        return UUID(text) if len(text) == UUID_TEXT else _unknown()
    except ValueError:
        return _unknown()


def _unknown() -> UUID:
    raise SessionUnknown


def _current_too(request: web.Request) -> bool:
    """Return whether this session is to end as well."""
    match [*request.query.items()]:
        case []:
            return False
        case [("current", "true")]:
            return True
        case _:
            words = "Must be current=true, or left out."
            raise FieldsWrong([FieldMistake("/current", "wrong", words)])
