"""The second factor of somebody whose password was right."""

from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

from service.caller import APP, for_app
from service.domain.refusals import ChallengeUnknown, FactorWrong, MfaRequired, Refusal
from service.domain.sessions import CHALLENGE
from service.pages import cookies
from service.pages.account.carried import seal, unseal
from service.pages.account.entering import entered
from service.pages.account.guards import from_here
from service.pages.account.proofs import given_in, method_in
from service.pages.account.showing import show
from service.pages.drawing import go
from service.pages.typed import Typed
from service.sessions.handlers import SIGN_IN, device_of

COOKIE: Final = "__Host-agegate-second-factor"
SEAL: Final = "sign-in challenge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What waits for a second factor, and by which it can be proven."""

    challenge_id: str = field(repr=False)
    methods: tuple[str, ...]


ASKED: Final = web.RequestKey("asked", Asked)


def lead_to(request: web.Request, asked: MfaRequired) -> web.StreamResponse:
    """Lead to the second factor; what is asked goes along in a cookie."""
    app = request[APP].app
    facts = {
        "app": app,
        "challenge": asked.challenge_id,
        "methods": " ".join(asked.methods),
    }
    response = go(request, f"/sign-in/{app}/second-factor")
    sealed = seal(request, SEAL, facts, lifetime=CHALLENGE)
    cookies.keep(response, COOKIE, sealed, lifetime=CHALLENGE)
    return response


async def with_challenge(request: web.Request) -> None:
    """Let in whose password was right, within the last ten minutes, in this browser."""
    await for_app(request)
    facts = unseal(request, SEAL, request.cookies.get(COOKIE, ""))
    if facts is None or facts["app"] != request[APP].app:
        raise ChallengeUnknown
    methods = tuple(facts["methods"].split())
    request[ASKED] = Asked(challenge_id=facts["challenge"], methods=methods)


async def with_challenge_from_here(request: web.Request) -> None:
    """Let in what the page of a second factor has sent."""
    await with_challenge(request)
    await from_here(request)


async def ask(request: web.Request) -> web.StreamResponse:
    """GET /sign-in/{app}/second-factor."""
    return _page(request)


async def send(request: web.Request) -> web.StreamResponse:
    """POST /sign-in/{app}/second-factor: in, or the page again."""
    typed, asked = await Typed.of(request), request[ASKED]
    method = method_in(typed)
    if method is None or method not in asked.methods:
        return _page(request, refusal=FactorWrong())
    try:
        opened = await request.app[SIGN_IN].answer(
            asked.challenge_id, method, given_in(typed), device_of(request, None)
        )
    except FactorWrong as refusal:
        return _page(request, refusal=refusal, beside=method)
    response = await entered(request, opened)
    cookies.drop(response, COOKIE)
    return response


def _page(
    request: web.Request, *, refusal: Refusal | None = None, beside: str | None = None
) -> web.Response:
    path = f"/sign-in/{request[APP].app}/second-factor"
    return show(
        request,
        "second_factor",
        path=path,
        refusal=refusal,
        field=beside,
        methods=request[ASKED].methods,
        action=path,
        options=f"/v1/apps/{request[APP].app}/passkey-options",
    )
