"""Adding an authenticator app: a name, a QR code, and its first code."""

from collections.abc import Sequence
from typing import Final

from aiohttp import web

from service.caller import CLOCK, HOLDER
from service.domain.refusals import (
    AuthenticatorUnknown,
    CodeWrong,
    FieldsWrong,
    Refusal,
    TooManyRequests,
)
from service.mfa.totp.auth import qr_svg
from service.mfa.totp.flows import ENROLMENT
from service.mfa.totp.handlers import FLOWS
from service.mfa.totp.schemas import NameForm
from service.pages.account.carried import Facts, seal, unseal
from service.pages.account.showing import show
from service.pages.account.step_up import SECURITY
from service.pages.drawing import Wrong, go, reads
from service.pages.typed import Typed
from service.pages.words import say
from service.sessions.enrolment_handlers import ENROLMENTS
from service.sessions.handlers import keep_cookie
from service.sessions.opening import Opened

HERE: Final = "/account/apps/new"
SEAL: Final = "authenticator app"
SECRET_GROUP: Final = 4


async def ask(request: web.Request) -> web.StreamResponse:
    """GET /account/apps/new: what to call it."""
    return _name_page(request, Typed())


async def enrol(request: web.Request) -> web.StreamResponse:
    """POST /account/apps/new: what the app has to be given, shown once."""
    typed = await Typed.of(request)
    try:
        called = NameForm().take({"name": typed.one("name")})
    except FieldsWrong:
        return _name_page(request, typed, wrong=[name_wrong(request)])
    shown = await request.app[FLOWS].enrol(request[HOLDER], called.name)
    facts = {"uri": shown.otpauth_uri, "secret": shown.enrolment.secret}
    return _code_page(request, facts)


async def confirm(request: web.Request) -> web.StreamResponse:
    """POST /account/apps/confirm: the first code, and recovery codes perhaps."""
    typed = await Typed.of(request)
    facts = unseal(request, SEAL, typed.exact("kept"))
    if facts is None:
        return go(request, HERE)
    code = "".join(typed.exact("code").split())
    try:
        confirmed, opened = await request.app[ENROLMENTS].confirm_app(
            request[HOLDER], code
        )
    except CodeWrong:
        wrong = [Wrong(say(reads(request), "scan.wrong"), "code")]
        return _code_page(request, facts, wrong=wrong)
    except TooManyRequests as refusal:
        return _code_page(request, facts, refusal=refusal)
    except AuthenticatorUnknown:  # it took too long, or another one was begun
        return go(request, HERE)
    return added_page(request, confirmed.recovery_codes, opened, "app_added")


def added_page(
    request: web.Request, codes: Sequence[str], opened: Opened, done: str
) -> web.Response:
    """Return what follows a factor that was added: recovery codes, if it is the first.

    The session goes on by another cookie.
    """
    response: web.Response = (
        codes_page(request, codes, done) if codes else go(request, SECURITY, done=done)
    )
    keep_cookie(response, opened, request.app[CLOCK])
    return response


def codes_page(
    request: web.Request, codes: Sequence[str], done: str | None = None
) -> web.Response:
    """Return the page that shows recovery codes, this once."""
    return show(request, "codes", path=None, codes=codes, after=done)


def name_wrong(request: web.Request) -> Wrong:
    """Return what is wrong with a name."""
    return Wrong(say(reads(request), "mistakes.name"), "name")


def _name_page(
    request: web.Request, typed: Typed, *, wrong: Sequence[Wrong] = ()
) -> web.Response:
    return show(request, "new_app", path=HERE, wrong=wrong, typed=typed)


def _code_page(
    request: web.Request,
    facts: Facts,
    *,
    wrong: Sequence[Wrong] = (),
    refusal: Refusal | None = None,
) -> web.Response:
    secret = facts["secret"]
    groups = range(0, len(secret), SECRET_GROUP)
    return show(
        request,
        "scan",
        path=None,
        wrong=wrong,
        refusal=refusal,
        field="code",
        qr=qr_svg(facts["uri"]),
        uri=facts["uri"],
        secret=" ".join(secret[at : at + SECRET_GROUP] for at in groups),
        kept=seal(
            request,
            SEAL,
            {"uri": facts["uri"], "secret": secret},
            lifetime=ENROLMENT,
        ),
    )
