"""Registrations over HTTP."""

from http import HTTPStatus
from typing import Final

from aiohttp import web

from service.allowances import GUARDIANS
from service.caller import APP, CLOCK, KEYS, REGISTRATION, RESERVED_DOMAINS
from service.domain.profiles import AgeMode
from service.gate.handlers import answered, remember, remembering
from service.kit.idempotency import Repeatable, repeatable
from service.kit.web import COUNT, read_json
from service.profiles.shown import show_policy
from service.registration.answers import (
    show,
    show_form,
    show_registered,
    show_request,
)
from service.registration.contacts import ContactFlows
from service.registration.flows import RegistrationFlows
from service.registration.schemas import (
    AcceptanceForm,
    ChannelForm,
    CodeForm,
    RegistrationForm,
    application,
    wish,
)
from service.registration.steps import StepFlows

FLOWS: Final = web.AppKey("registration", RegistrationFlows)
STEPS: Final = web.AppKey("registration_steps", StepFlows)
CONTACTS: Final = web.AppKey("registration_contacts", ContactFlows)

PUBLIC: Final = {"Cache-Control": "public, max-age=60"}


async def form(request: web.Request) -> web.Response:
    """GET /v1/apps/{app}/sign-up."""
    profile, today = request[APP], request.app[CLOCK].now().date()
    body = show_form(profile, profile.current_policy(today))
    return web.json_response(body, headers=PUBLIC)


async def register(request: web.Request) -> web.Response:
    """POST /v1/apps/{app}/registrations."""
    profile, filled = request[APP], await RegistrationForm.read(request)
    repeat = await repeat_of(request, scope=f"registrations {profile.app}")
    if filled.guardian_email is not None or filled.guardian_phone is not None:
        await request[COUNT](GUARDIANS)  # here too, somebody is written to
    with remembering(request) as memory:
        asked = application(
            filled, profile, memory, reserved=request.app[RESERVED_DOMAINS]
        )
        shown = await request.app[FLOWS].register(profile, asked, repeat)
    asked_age = profile.age.mode is not AgeMode.NONE
    if asked_age and shown.decision is not None:
        remember(request, answered(request, memory, shown.decision))
    body = show_registered(shown, request.app[KEYS])
    return web.json_response(body, status=HTTPStatus.ACCEPTED)


async def find(request: web.Request) -> web.Response:
    """GET /v1/registrations/{registration_id}."""
    return web.json_response(show(await request.app[STEPS].show(request[REGISTRATION])))


async def give_up(request: web.Request) -> web.Response:
    """DELETE /v1/registrations/{registration_id}."""
    await request.app[STEPS].give_up(request[REGISTRATION])
    return web.Response(status=HTTPStatus.NO_CONTENT)


async def confirm_contact(request: web.Request) -> web.Response:
    """POST /v1/registrations/{registration_id}/contact-confirmations."""
    typed, held = await CodeForm.read(request), request[REGISTRATION]
    await request.app[CONTACTS].confirm(held, typed.channel, typed.code)
    return web.json_response(show(await request.app[STEPS].show(held)))


async def send_code(request: web.Request) -> web.Response:
    """POST /v1/registrations/{registration_id}/contact-codes."""
    typed, held = await ChannelForm.read(request), request[REGISTRATION]
    await request.app[CONTACTS].send_another(held, typed.channel)
    return web.Response(status=HTTPStatus.NO_CONTENT)


async def ask_guardian(request: web.Request) -> web.Response:
    """POST /v1/registrations/{registration_id}/guardian-requests."""
    named = wish(await read_json(request), reserved=request.app[RESERVED_DOMAINS])
    held = request[REGISTRATION]
    repeat = await repeat_of(request, scope=f"guardian-requests {held}")
    shown = await request.app[STEPS].ask_guardian(held, named, repeat)
    return web.json_response(show_request(shown), status=HTTPStatus.ACCEPTED)


async def remind_guardian(request: web.Request) -> web.Response:
    """POST /v1/registrations/{registration_id}/guardian-reminders."""
    shown = await request.app[STEPS].remind_guardian(request[REGISTRATION])
    return web.json_response(show_request(shown), status=HTTPStatus.ACCEPTED)


async def accept_policy(request: web.Request) -> web.Response:
    """POST /v1/registrations/{registration_id}/policy-acceptances."""
    chosen, held = await AcceptanceForm.read(request), request[REGISTRATION]
    await request.app[STEPS].accept_policy(held, chosen)
    return web.json_response(show(await request.app[STEPS].show(held)))


async def policies(request: web.Request) -> web.Response:
    """GET /v1/apps/{app}/policies."""
    shown = [show_policy(one) for one in request[APP].policy_versions]
    return web.json_response({"policies": shown}, headers=PUBLIC)


async def policy(request: web.Request) -> web.Response:
    """GET /v1/apps/{app}/policies/{version}."""
    shown = show_policy(request[APP].policy(request.match_info["version"]))
    return web.json_response(shown, headers=PUBLIC)


async def repeat_of(request: web.Request, *, scope: str) -> Repeatable | None:
    """Return what makes this request known again, if it carries an Idempotency-Key."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    return repeatable(request.app[KEYS], key, scope=scope, body=await request.read())
