"""What guardians sign in with beside a link, over HTTP; the pages are in pages/."""

from http import HTTPStatus
from typing import Final

from aiohttp import web

from service.caller import APP, RESERVED_DOMAINS
from service.domain.authenticators import Factor
from service.domain.refusals import AuthenticatorUnknown
from service.guardian_accounts.apps import GuardianApps
from service.guardian_accounts.factor_schemas import (
    DenialForm,
    Entry,
    EntryForm,
    ProofForm,
    SecretForm,
    show_added,
    show_factors,
)
from service.guardian_accounts.factors import GuardianFactors
from service.guardian_accounts.guards import SESSION
from service.guardian_accounts.opened import SignedIn
from service.guardian_accounts.passkeys import GuardianPasskeys
from service.guardian_accounts.proving import GuardianProofs
from service.guardian_accounts.recovery import GuardianRecovery
from service.guardian_accounts.schemas import show_signed_in
from service.guardians.naming import named
from service.kit.times import instant
from service.mfa.named import authenticator_id
from service.mfa.passkeys.schemas import NewForm
from service.mfa.totp.schemas import CodeForm, NameForm, show_enrolment

APPS: Final = web.AppKey("guardian_apps", GuardianApps)
PASSKEYS: Final = web.AppKey("guardian_passkeys", GuardianPasskeys)
FACTORS: Final = web.AppKey("guardian_factors", GuardianFactors)
PROOFS: Final = web.AppKey("guardian_proofs", GuardianProofs)
RECOVERY: Final = web.AppKey("guardian_recovery", GuardianRecovery)

KINDS: Final = {"passkeys": Factor.PASSKEY, "totp": Factor.TOTP}


async def enter(request: web.Request) -> web.Response:
    """POST /v1/apps/{app}/guardian-sessions."""
    signed_in = await sign_in(request, await EntryForm.read(request))
    return web.json_response(show_signed_in(signed_in), status=HTTPStatus.CREATED)


async def sign_in(request: web.Request, entry: Entry) -> SignedIn:
    """Sign a guardian in by a passkey, or by address, password and code."""
    if entry.assertion is not None:
        return await request.app[PASSKEYS].sign_in(request[APP], entry.assertion)
    contact = named(entry.named, reserved=request.app[RESERVED_DOMAINS])
    return await request.app[PROOFS].sign_in_by_password(
        request[APP], contact, entry.password, entry.code
    )


async def options_to_sign_in(request: web.Request) -> web.Response:
    """POST /v1/apps/{app}/guardian-passkey-options."""
    asked = await request.app[PASSKEYS].options_to_sign_in(request[APP])
    return web.json_response(asked)


async def options_to_prove(request: web.Request) -> web.Response:
    """POST /v1/guardian/passkey-options."""
    asked = await request.app[PASSKEYS].options_to_prove(request[SESSION])
    return web.json_response(asked)


async def prove(request: web.Request) -> web.Response:
    """POST /v1/guardian/sessions/current/proofs."""
    proof = await ProofForm.read(request)
    raised = await request.app[PROOFS].prove(
        request[SESSION], proof.method, code=proof.code, assertion=proof.assertion
    )
    return web.json_response(show_signed_in(raised), status=HTTPStatus.CREATED)


async def every(request: web.Request) -> web.Response:
    """GET /v1/guardian/authenticators."""
    factors = await request.app[FACTORS].list(request[SESSION])
    return web.json_response(show_factors(factors))


async def options_to_add(request: web.Request) -> web.Response:
    """POST /v1/guardian/authenticators/passkeys/options."""
    asked = await request.app[PASSKEYS].options_to_add(request[SESSION])
    return web.json_response(asked)


async def add_passkey(request: web.Request) -> web.Response:
    """POST /v1/guardian/authenticators/passkeys."""
    new = await NewForm.read(request)
    added = await request.app[PASSKEYS].add(request[SESSION], new.name, new.credential)
    return web.json_response(show_added(added), status=HTTPStatus.CREATED)


async def enrol(request: web.Request) -> web.Response:
    """POST /v1/guardian/authenticators/totp."""
    called = await NameForm.read(request)
    shown = await request.app[APPS].enrol(request[SESSION], called.name)
    return web.json_response(show_enrolment(shown), status=HTTPStatus.CREATED)


async def confirm(request: web.Request) -> web.Response:
    """POST /v1/guardian/authenticators/totp/confirm."""
    typed = await CodeForm.read(request)
    added = await request.app[APPS].confirm(request[SESSION], typed.code)
    return web.json_response(show_added(added))


async def rename(request: web.Request) -> web.Response:
    """PATCH /v1/guardian/authenticators/{kind}/{authenticator_id}."""
    called, one = await NameForm.read(request), authenticator_id(request)
    await request.app[FACTORS].rename(
        request[SESSION], kind_of(request), one, called.name
    )
    return web.Response(status=HTTPStatus.NO_CONTENT)


async def remove(request: web.Request) -> web.Response:
    """DELETE /v1/guardian/authenticators/{kind}/{authenticator_id}."""
    one = authenticator_id(request)
    await request.app[FACTORS].remove(request[SESSION], kind_of(request), one)
    return web.Response(status=HTTPStatus.NO_CONTENT)


async def set_password(request: web.Request) -> web.Response:
    """PUT /v1/guardian/password."""
    secret = await SecretForm.read(request)
    await request.app[FACTORS].set_password(request[SESSION], secret.password)
    return web.Response(status=HTTPStatus.NO_CONTENT)


async def remove_password(request: web.Request) -> web.Response:
    """DELETE /v1/guardian/password."""
    await request.app[FACTORS].remove_password(request[SESSION])
    return web.Response(status=HTTPStatus.NO_CONTENT)


async def recover(request: web.Request) -> web.Response:
    """POST /v1/guardian/recovery."""
    removed_at = await request.app[RECOVERY].ask(request[SESSION])
    return web.json_response(
        {"removed_at": instant(removed_at)}, status=HTTPStatus.ACCEPTED
    )


async def call_off(request: web.Request) -> web.Response:
    """DELETE /v1/guardian/recovery."""
    await request.app[RECOVERY].call_off(request[SESSION])
    return web.Response(status=HTTPStatus.NO_CONTENT)


async def deny(request: web.Request) -> web.Response:
    """POST /v1/guardian-security-reports."""
    denial = await DenialForm.read(request)
    await request.app[RECOVERY].report(denial.token)
    return web.json_response({"state": "secured"})


def kind_of(request: web.Request) -> Factor:
    """Return whether a passkey or an app is meant."""
    kind = KINDS.get(request.match_info["kind"])
    if kind is None:
        raise AuthenticatorUnknown
    return kind
