"""Adding a passkey, an authenticator app, or a password to a guardian's own way in."""

from collections.abc import Sequence
from typing import Final

from aiohttp import web

from service.caller import APP
from service.domain.refusals import (
    AuthenticatorUnknown,
    CodeWrong,
    FieldsWrong,
    PasskeyWrong,
    Refusal,
    TooManyRequests,
)
from service.guardian_accounts import factor_handlers as ways
from service.guardian_accounts.guards import SESSION
from service.mfa.passkeys.schemas import NewForm
from service.mfa.totp.auth import qr_svg
from service.mfa.totp.flows import ENROLMENT
from service.mfa.totp.schemas import NameForm
from service.pages.account.apps import SECRET_GROUP, name_wrong
from service.pages.account.carried import Facts, seal, unseal
from service.pages.account.devices import device_in
from service.pages.account.proofs import signed_in
from service.pages.account.showing import missing
from service.pages.drawing import Wrong, go, reads
from service.pages.guardian_ways.showing import HOME, carry_on, look, page
from service.pages.mistakes import password_wrongs
from service.pages.typed import Typed
from service.pages.words import say

SEAL: Final = "guardian authenticator app"
NEW_PASSKEY: Final = f"{HOME}/passkeys/new"
NEW_APP: Final = f"{HOME}/apps/new"
PASSWORD: Final = f"{HOME}/password"


async def ask_passkey(request: web.Request) -> web.StreamResponse:
    """GET /guardian/security/passkeys/new."""
    return await _passkey(request, Typed())


async def add_passkey(request: web.Request) -> web.StreamResponse:
    """POST /guardian/security/passkeys/new: added, or why not."""
    typed = await Typed.of(request)
    await look(request)
    body = {"name": typed.one("name"), "credential": signed_in(typed) or {}}
    try:
        new = NewForm().take(body)
        _, raised = await request.app[ways.PASSKEYS].add(
            request[SESSION], new.name, new.credential
        )
    except FieldsWrong:
        return await _passkey(request, typed, wrong=[name_wrong(request)])
    except PasskeyWrong as refusal:
        return await _passkey(request, typed, refusal=refusal)
    return carry_on(go(request, HOME, done="passkey_added"), raised)


async def _passkey(
    request: web.Request,
    typed: Typed,
    *,
    wrong: Sequence[Wrong] = (),
    refusal: Refusal | None = None,
) -> web.Response:
    return await page(
        request,
        "new_passkey",
        path=NEW_PASSKEY,
        wrong=wrong,
        refusal=refusal,
        typed=typed,
        options=f"{HOME}/passkeys/options",
        device=device_in(request.headers.get("User-Agent")) or "",
    )


async def ask_app(request: web.Request) -> web.StreamResponse:
    """GET /guardian/security/apps/new: what to call it."""
    return await page(request, "new_app", path=NEW_APP)


async def enrol(request: web.Request) -> web.StreamResponse:
    """POST /guardian/security/apps/new: what the app has to be given, shown once."""
    typed = await Typed.of(request)
    await look(request)
    try:
        called = NameForm().take({"name": typed.one("name")})
    except FieldsWrong:
        wrong = [name_wrong(request)]
        return await page(request, "new_app", path=NEW_APP, wrong=wrong, typed=typed)
    shown = await request.app[ways.APPS].enrol(request[SESSION], called.name)
    facts = {"uri": shown.otpauth_uri, "secret": shown.enrolment.secret}
    return await _scan(request, facts)


async def confirm_app(request: web.Request) -> web.StreamResponse:
    """POST /guardian/security/apps/confirm: the first code."""
    typed = await Typed.of(request)
    await look(request)
    facts = unseal(request, SEAL, typed.exact("kept"))
    if facts is None:
        return go(request, NEW_APP)
    code = "".join(typed.exact("code").split())
    try:
        _, raised = await request.app[ways.APPS].confirm(request[SESSION], code)
    except CodeWrong:
        wrong = [Wrong(say(reads(request), "scan.wrong"), "code")]
        return await _scan(request, facts, wrong=wrong)
    except TooManyRequests as refusal:
        return await _scan(request, facts, refusal=refusal)
    except AuthenticatorUnknown:  # it took too long, or another one was begun
        return go(request, NEW_APP)
    return carry_on(go(request, HOME, done="app_added"), raised)


async def _scan(
    request: web.Request,
    facts: Facts,
    *,
    wrong: Sequence[Wrong] = (),
    refusal: Refusal | None = None,
) -> web.Response:
    secret = facts["secret"]
    kept = {"uri": facts["uri"], "secret": secret}
    groups = range(0, len(secret), SECRET_GROUP)
    return await page(
        request,
        "scan",
        path=None,
        wrong=wrong,
        refusal=refusal,
        field="code",
        qr=qr_svg(facts["uri"]),
        uri=facts["uri"],
        secret=" ".join(secret[at : at + SECRET_GROUP] for at in groups),
        kept=seal(request, SEAL, kept, lifetime=ENROLMENT),
    )


async def ask_password(request: web.Request) -> web.StreamResponse:
    """GET /guardian/security/password."""
    return await _password(request)


async def set_password(request: web.Request) -> web.StreamResponse:
    """POST /guardian/security/password: set, removed, or why not."""
    typed = await Typed.of(request)
    await look(request)
    flows = request.app[ways.FACTORS]
    if typed.one("do") == "remove":
        await flows.remove_password(request[SESSION])
        return go(request, HOME, done="removed")
    label = say(reads(request), "password.new")
    wrong = missing(request, typed, new_password=label)
    if wrong:
        return await _password(request, wrong=wrong)
    try:
        await flows.set_password(request[SESSION], typed.exact("new_password"))
    except FieldsWrong as refusal:
        rules = request[APP].password
        least = rules.shortest(second_factor=True)
        wrong = password_wrongs(refusal, reads(request), rules, least=least)
        return await _password(request, wrong=wrong)
    return go(request, HOME, done="password_changed")


async def _password(
    request: web.Request, *, wrong: Sequence[Wrong] = ()
) -> web.Response:
    factors = await look(request)
    return await page(
        request,
        "guardian_password",
        path=PASSWORD,
        wrong=wrong,
        factors=factors,
        least=request[APP].password.shortest(second_factor=True),
    )
