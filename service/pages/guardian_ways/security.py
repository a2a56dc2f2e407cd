"""What a guardian signs in with: shown, named, removed, or said to be lost."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from aiohttp import web

from service.domain.authenticators import Factor
from service.domain.refusals import AuthenticatorUnknown, FieldsWrong, StepUpRequired
from service.guardian_accounts.factor_handlers import FACTORS, RECOVERY
from service.guardian_accounts.guards import SESSION
from service.guardian_accounts.passkeys import PASSKEYS
from service.mfa.named import authenticator_id
from service.mfa.totp.flows import APPS
from service.mfa.totp.schemas import NameForm
from service.pages.account.apps import name_wrong
from service.pages.account.authenticator import Named
from service.pages.drawing import Wrong, go
from service.pages.guardian_ways.showing import HOME, look, page
from service.pages.typed import Typed

KINDS: Final = {"apps": Factor.TOTP, "passkeys": Factor.PASSKEY}


async def overview(request: web.Request) -> web.StreamResponse:
    """GET /guardian/security."""
    factors, session = await look(request), request[SESSION]
    return await page(
        request,
        "guardian_security",
        path=HOME,
        factors=factors,
        more_apps=len(factors.apps) < APPS,
        more_passkeys=len(factors.passkeys) < PASSKEYS,
        unproven=bool(session.enrolled) and not session.carries_second_factor,
        by_mail=Factor.EMAIL_LINK in session.methods,
    )


async def recover(request: web.Request) -> web.StreamResponse:
    """POST /guardian/security/recovery: asked for, or called off."""
    typed, recovery = await Typed.of(request), request.app[RECOVERY]
    await look(request)
    if typed.one("do") == "call_off":
        await recovery.call_off(request[SESSION])
        return go(request, HOME)
    with suppress(AuthenticatorUnknown, StepUpRequired):  # nothing is left to be lost
        await recovery.ask(request[SESSION])
    return go(request, HOME)


async def one(request: web.Request) -> web.StreamResponse:
    """GET /guardian/security/{kind}/{authenticator_id}."""
    return await _page(request)


async def change(request: web.Request) -> web.StreamResponse:
    """POST to the same: another name, or removed."""
    typed, chosen = await Typed.of(request), authenticator_id(request)
    kind, flows = KINDS[request.match_info["kind"]], request.app[FACTORS]
    if typed.one("do") == "remove":
        await flows.remove(request[SESSION], kind, chosen)
        return go(request, HOME, done="removed")
    try:
        called = NameForm().take({"name": typed.one("name")})
    except FieldsWrong:
        return await _page(request, wrong=[name_wrong(request)])
    await flows.rename(request[SESSION], kind, chosen, called.name)
    return go(request, HOME, done="renamed")


async def _page(request: web.Request, *, wrong: Sequence[Wrong] = ()) -> web.Response:
    factors, kind = await look(request), request.match_info["kind"]
    every = (
        [
            Named(
                authenticator_id=one.totp_id, name=one.name, created_at=one.created_at
            )
            for one in factors.apps
        ]
        if kind == "apps"
        else [
            Named(
                authenticator_id=one.passkey_id,
                name=one.name,
                created_at=one.created_at,
            )
            for one in factors.passkeys
        ]
    )
    wanted = authenticator_id(request)
    found = next((one for one in every if one.authenticator_id == wanted), None)
    if found is None:
        raise AuthenticatorUnknown
    return await page(
        request,
        "authenticator",
        path=request.path,
        wrong=wrong,
        kind=kind,
        one=found,
        last=False,
    )
