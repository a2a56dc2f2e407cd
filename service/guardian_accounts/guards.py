"""Who is a guardian that is signed in: by a token, or by a cookie of their own."""

from typing import Final

from aiohttp import web

from service.domain.consent import GuardianId
from service.domain.guardian_factors import GuardianSession
from service.domain.refusals import GuardianTokenMissing
from service.guardian_accounts.signing_in import GuardianSignIns

SIGN_INS: Final = web.AppKey("guardian_sign_ins", GuardianSignIns)
GUARDIAN: Final = web.RequestKey("guardian", GuardianId)
SESSION: Final = web.RequestKey("guardian_session", GuardianSession)
TOKEN: Final = web.RequestKey("guardian_token", str)

COOKIE: Final = "__Host-agegate-guardian-session"
LONGEST: Final = 100


async def with_guardian(request: web.Request) -> None:
    """Let in who sends the token of a guardian."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise GuardianTokenMissing
    await _let_in(request, token)


async def with_guardian_cookie(request: web.Request) -> None:
    """Let in a browser in which a guardian has signed in."""
    await _let_in(request, request.cookies.get(COOKIE, ""))


async def with_proven_guardian(request: web.Request) -> None:
    """Let in the same, by a second factor where there is one (StepUpRequired)."""
    await with_guardian(request)
    request[SESSION].check_proven()


async def with_proven_guardian_cookie(request: web.Request) -> None:
    """Let in the same browser, by a second factor where there is one."""
    await with_guardian_cookie(request)
    request[SESSION].check_proven()


async def signed_in(request: web.Request) -> GuardianSession | None:
    """Return which guardian has signed in in this browser, if one has."""
    try:
        await with_guardian_cookie(request)
    except GuardianTokenMissing:
        return None
    return request[SESSION]


async def _let_in(request: web.Request, token: str) -> None:
    if len(token) > LONGEST:
        raise GuardianTokenMissing
    request[SESSION] = session = await request.app[SIGN_INS].who(token)
    request[GUARDIAN], request[TOKEN] = session.guardian_id, token
