"""A registration under way: where it stands, and what its applicant does next."""

from collections.abc import Awaitable

from aiohttp import web

from service.age_assurance.handlers import FLOWS as PROOFS
from service.caller import KEYS, REGISTRATION, RESERVED_DOMAINS
from service.domain.forms import GUARDIAN_FIELDS, ContactKind
from service.domain.profiles import ProofMethod
from service.domain.refusals import Refusal, RegistrationUnknown
from service.kit.idempotency import repeatable
from service.kit.tokens import is_code
from service.pages.drawing import go
from service.pages.leaving import leave
from service.pages.mistakes import AT_FIELD
from service.pages.registration_page import look, page
from service.pages.typed import Typed
from service.registration.handlers import CONTACTS, STEPS
from service.registration.schemas import AcceptanceForm, wish

HERE = "/registration"


async def show(request: web.Request) -> web.StreamResponse:
    """GET /registration."""
    return await page(request)


async def confirm(request: web.Request) -> web.StreamResponse:
    """POST /registration/confirm: the code that was sent to a contact."""
    typed = await Typed.of(request)
    kind, code = _kind(typed), typed.digits("code")
    field = f"{kind or ContactKind.EMAIL}_code"
    if not is_code(code):
        key = "code_form" if code else "code_missing"
        return await page(request, missing=(key, field))
    work = request.app[CONTACTS].confirm(request[REGISTRATION], kind, code)
    return await _then(request, work, field=field)


async def send_code(request: web.Request) -> web.StreamResponse:
    """POST /registration/code: another code."""
    kind = _kind(await Typed.of(request))
    work = request.app[CONTACTS].send_another(request[REGISTRATION], kind)
    return await _then(request, work, done="sent")


async def ask_guardian(request: web.Request) -> web.StreamResponse:
    """POST /registration/guardian: whom to ask."""
    typed, held = await Typed.of(request), request[REGISTRATION]
    repeat = repeatable(
        request.app[KEYS],
        typed.one("key"),
        scope=f"page guardian-requests {held}",
        body=await request.read(),
    )
    names = (*GUARDIAN_FIELDS.values(), "relation", "locale")
    body = {name: typed.one(name) for name in names if typed.one(name)}
    if not body.keys() & {*GUARDIAN_FIELDS.values()}:
        sent = (one for one in GUARDIAN_FIELDS.values() if one in typed.values)
        body[next(sent, "guardian_email")] = ""
    try:
        named = wish(body, reserved=request.app[RESERVED_DOMAINS])
        await request.app[STEPS].ask_guardian(held, named, repeat)
    except Refusal as refusal:
        phone = "guardian_phone" if typed.one("guardian_phone") else None
        field = phone if type(refusal) in AT_FIELD else None
        return await page(request, refusal=refusal, typed=typed, field=field)
    return go(request, HERE)


async def remind(request: web.Request) -> web.StreamResponse:
    """POST /registration/remind: write to the guardian once more."""
    work = request.app[STEPS].remind_guardian(request[REGISTRATION])
    return await _then(request, work, done="reminded")


async def accept_policy(request: web.Request) -> web.StreamResponse:
    """POST /registration/policy: of somebody who has come to decide alone."""
    typed, held = await Typed.of(request), request[REGISTRATION]
    body = {
        "policy_version": typed.one("policy_version"),
        "purposes": [*typed.every("purposes")],
    }
    try:
        chosen = AcceptanceForm.made().take(body)
        await request.app[STEPS].accept_policy(held, chosen)
    except RegistrationUnknown:
        raise
    except Refusal as refusal:
        return await page(request, refusal=refusal, typed=typed)
    return go(request, HERE)


async def prove(request: web.Request) -> web.StreamResponse:
    """POST /registration/proof: on to the provider."""
    typed = await Typed.of(request)
    if typed.one("method") not in {*ProofMethod}:
        return await page(request, missing=("method_missing", "method"))
    method = ProofMethod(typed.one("method"))
    try:
        step = await request.app[PROOFS].start(request[REGISTRATION], method)
    except Refusal as refusal:
        return await page(request, refusal=refusal)
    await look(request)
    return leave(request, step.href, path=HERE)


async def show_give_up(request: web.Request) -> web.StreamResponse:
    """GET /registration/give-up: whether that is meant."""
    return await page(request, template="give_up")


async def give_up(request: web.Request) -> web.StreamResponse:
    """POST /registration/give-up: everything is deleted."""
    typed = await Typed.of(request)
    if typed.one("sure") != "yes":
        return await page(request, template="give_up")
    return await _then(request, request.app[STEPS].give_up(request[REGISTRATION]))


async def _then(
    request: web.Request,
    work: Awaitable[object],
    *,
    field: str | None = None,
    done: str | None = None,
) -> web.StreamResponse:
    """Do what was asked and show what is next, or say beside *field* why not."""
    try:
        await work
    except RegistrationUnknown:
        raise
    except Refusal as refusal:
        return await page(request, refusal=refusal, field=field)
    return go(request, HERE, **({} if done is None else {"done": done}))


def _kind(typed: Typed) -> ContactKind | None:
    """Return which contact is meant, where it was said."""
    name = typed.one("channel")
    return ContactKind(name) if name in {*ContactKind} else None
