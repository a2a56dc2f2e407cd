"""A refusal as a page."""

from collections.abc import Sequence
from typing import Final

from aiohttp import web

from service.caller import APP, PROFILES
from service.domain import refusals
from service.domain.profiles import PolicyProfile
from service.domain.refusals import Refusal, TurnedAway
from service.kit.requests import REQUEST_ID
from service.pages.drawing import draw, reads
from service.pages.mistakes import told
from service.problems import STATUS, headers_of

SENT_BEFORE: Final = (refusals.IdempotencyKeyReused,)
SEND_AGAIN: Final = (
    refusals.BodyTooSlow,
    refusals.ServiceBusy,
    refusals.TooManyRequests,
)
SIGN_IN: Final = (
    refusals.ChallengeUnknown,
    refusals.SessionRequired,
)
PROVE_MORE: Final = (
    refusals.GuardianAccountInsufficient,
    refusals.StepUpRequired,
)
BEGIN_AGAIN: Final = (
    refusals.IdempotencyKeyMalformed,
    refusals.RegistrationEnded,
    refusals.RegistrationUnknown,
    refusals.TicketInvalid,
)


def show(request: web.Request, refusal: Refusal) -> web.StreamResponse:
    """Return the page that says why not, and where to go from there."""
    language, profile = reads(request), request.get(APP)
    href = label = None
    if isinstance(refusal, SENT_BEFORE):
        href, label = "/registration", "refused.to_registration"
    elif isinstance(refusal, BEGIN_AGAIN) and profile is not None:
        href, label = f"/sign-up/{profile.app}", "refused.to_sign_up"
    elif isinstance(refusal, refusals.ResetLinkInvalid):
        href, label = "/reset", "refused.to_reset"
    elif isinstance(refusal, SIGN_IN):
        href, label = "/sign-in", "refused.to_sign_in"
        href = href if profile is None else f"/sign-in/{profile.app}"
    elif isinstance(refusal, PROVE_MORE) and request.path.startswith("/guardian/"):
        href, label = "/guardian/confirm", "ways.confirm"
    elif request.path.startswith("/account/"):
        href, label = "/account/security", "refused.to_security"
    response = draw(
        request,
        "refused.html",
        path=_readable(request),
        status=STATUS[type(refusal)],
        title=told(refusal, language, "title"),
        words=told(refusal, language),
        appeal=refusal.appeal if isinstance(refusal, TurnedAway) else None,
        prove=isinstance(refusal, TurnedAway) and _takes_proof(profile),
        reload=request.method == "POST" and isinstance(refusal, SEND_AGAIN),
        signing_in=_where_to_sign_in(request, refusal),
        href=href,
        label=label,
        request_id=request.get(REQUEST_ID, ""),
    )
    response.headers.update(headers_of(refusal))
    return response


def _takes_proof(profile: PolicyProfile | None) -> bool:
    """Tell whether who was turned away can prove their age instead, without a place."""
    if profile is None or profile.age_proof_provider is None:
        return False
    return bool(profile.age.proof) and not profile.age.ask_country


def _where_to_sign_in(
    request: web.Request, refusal: Refusal
) -> Sequence[PolicyProfile]:
    """Return where a guardian, who was here before or not, can sign in."""
    if not isinstance(refusal, refusals.GuardianTokenMissing):
        return ()
    profiles = request.app.get(PROFILES)
    every = () if profiles is None else profiles.values()
    return sorted(every, key=lambda one: one.name)


def _readable(request: web.Request) -> str | None:
    """Return where this can be read again: a form was sent, a link is a secret."""
    if request.method not in {"GET", "HEAD"} or "token" in request.match_info:
        return None
    return request.rel_url.raw_path
