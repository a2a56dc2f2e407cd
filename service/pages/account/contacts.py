"""Changing an e-mail address or a phone number: the new one, its code, or none."""

from collections.abc import Sequence
from typing import Final

from aiohttp import web

from service.caller import APP, HOLDER, RESERVED_DOMAINS
from service.contacts.handlers import FLOWS
from service.contacts.schemas import email_in, phone_in
from service.domain.forms import ContactKind
from service.domain.recovery import CODE
from service.domain.refusals import (
    CodeWrong,
    ContactLocked,
    FieldsWrong,
    IdentifierTaken,
    LastContact,
    Refusal,
    TooManyRequests,
)
from service.kit.tokens import is_code
from service.pages.account.overview import HERE as ACCOUNT
from service.pages.account.overview import contacts, look
from service.pages.account.showing import explained, missing, show
from service.pages.drawing import Wrong, go, reads
from service.pages.typed import Typed
from service.pages.words import say

MINUTE: Final = 60


async def ask(request: web.Request) -> web.StreamResponse:
    """GET /account/email and /account/phone."""
    return await _page(request, Typed())


async def change(request: web.Request) -> web.StreamResponse:
    """POST to the same: a code to the new one, or none at all any more."""
    typed, kind = await Typed.of(request), _kind(request)
    flows, by = request.app[FLOWS], request[HOLDER]
    if typed.one("do") == "remove":
        try:
            await flows.remove(by, kind)
        except LastContact as refusal:
            return await _page(request, typed, refusal=refusal)
        return go(request, ACCOUNT, done="contact_removed")
    wrong = missing(request, typed, **{kind: say(reads(request), f"contact.{kind}")})
    if wrong:
        return await _page(request, typed, wrong=wrong)
    try:
        await flows.change(by, kind, _contact(request, typed))
    except (FieldsWrong, ContactLocked, TooManyRequests) as refusal:
        return await _page(request, typed, refusal=refusal)
    return go(request, f"/account/{kind}/code")


async def ask_code(request: web.Request) -> web.StreamResponse:
    """GET /account/email/code and /account/phone/code."""
    return _code_page(request)


async def confirm(request: web.Request) -> web.StreamResponse:
    """POST to the same: from now on the new one counts."""
    typed, kind = await Typed.of(request), _kind(request)
    code = typed.digits("code")
    if not is_code(code):
        words = say(reads(request), f"mistakes.code_{'form' if code else 'missing'}")
        return _code_page(request, wrong=[Wrong(words, "code")])
    try:
        await request.app[FLOWS].confirm(request[HOLDER], kind, code)
    except CodeWrong as refusal:
        return _code_page(request, refusal=refusal)
    except IdentifierTaken:
        wrong = [Wrong(say(reads(request), "contact.taken"), kind)]
        return await _page(request, Typed(), wrong=wrong)
    return go(request, ACCOUNT, done="contact_changed")


def _kind(request: web.Request) -> ContactKind:
    return ContactKind(request.match_info["kind"])


def _contact(request: web.Request, typed: Typed) -> str:
    kind = _kind(request)
    body = {str(kind): typed.one(kind)}
    if kind is ContactKind.PHONE:
        return phone_in(body, request[APP])
    return email_in(body, reserved=request.app[RESERVED_DOMAINS])


async def _page(
    request: web.Request,
    typed: Typed,
    *,
    wrong: Sequence[Wrong] = (),
    refusal: Refusal | None = None,
) -> web.Response:
    kind, known = _kind(request), await look(request)
    current = next(
        (one for one in contacts(known, request[APP]) if one.kind is kind), None
    )
    if current is None or not current.changeable:
        raise ContactLocked
    if refusal is not None:
        field = None if isinstance(refusal, LastContact) else kind
        wrong = explained(request, refusal, field)
    return show(
        request,
        "contact",
        path=f"/account/{kind}",
        wrong=wrong,
        refusal=refusal,
        typed=typed,
        contact=current,
    )


def _code_page(
    request: web.Request,
    *,
    wrong: Sequence[Wrong] = (),
    refusal: Refusal | None = None,
) -> web.Response:
    kind = _kind(request)
    return show(
        request,
        "contact_code",
        path=f"/account/{kind}/code",
        wrong=wrong,
        refusal=refusal,
        field="code",
        kind=kind,
        minutes=round(CODE.total_seconds() / MINUTE),
    )
