"""From the guardian's link to a cookie: the secret leaves the address bar at once."""

import json
from datetime import datetime, timedelta
from typing import Final

from aiohttp import web

from service.caller import CLOCK, KEYS
from service.domain.refusals import ConsentLinkUnknown
from service.kit.secrets import KeyRing, UnsealError
from service.kit.tokens import Token, is_token, new_token
from service.pages import cookies
from service.pages.drawing import go

COOKIE: Final = "__Host-agegate-guardian"
LIFETIME: Final = timedelta(minutes=30)
BROWSER: Final = "__Host-agegate-guardian-browser"
BROWSER_LIFETIME: Final = timedelta(days=30)
BROWSER_SEAL: Final = "guardian browser"
SEAL: Final = "guardian link"
LONGEST: Final = 500

LINK: Final = web.RequestKey("guardian_link", Token)


async def follow(request: web.Request) -> web.StreamResponse:
    """GET /guardian/{token}: on to the page, without a look at the database.

    Whoever fetches this learns nothing, not even whether the link is one of ours.
    """
    token = request.match_info["token"]
    if not is_token(token):
        raise ConsentLinkUnknown
    until = request.app[CLOCK].now() + LIFETIME
    body = json.dumps({"token": token, "until": until.isoformat()})
    keys = request.app[KEYS]
    sealed = keys.carry(SEAL, body.encode())
    response = go(request, "/guardian")
    cookies.keep(response, COOKIE, sealed, lifetime=LIFETIME)
    if browser_of(request) is None:
        browser = keys.carry(BROWSER_SEAL, new_token().encode())
        cookies.keep(response, BROWSER, browser, lifetime=BROWSER_LIFETIME)
    return response


def browser_of(request: web.Request) -> str | None:
    """Return the secret that this browser was given, or None."""
    held = request.cookies.get(BROWSER, "")
    if len(held) > LONGEST:
        return None
    try:
        return request.app[KEYS].carried(BROWSER_SEAL, held).decode()
    except UnsealError:
        return None


async def with_link(request: web.Request) -> None:
    """Let in whoever came through a guardian's link within the last half hour."""
    held, now = request.cookies.get(COOKIE, ""), request.app[CLOCK].now()
    if len(held) > LONGEST:
        raise ConsentLinkUnknown
    try:
        body = json.loads(request.app[KEYS].carried(SEAL, held))
    except UnsealError as error:
        raise ConsentLinkUnknown from error
    if now >= datetime.fromisoformat(body["until"]):
        raise ConsentLinkUnknown
    request[LINK] = Token(body["token"])


def number_of(keys: KeyRing, token: Token) -> str:
    """Return the number that the page of this link shows, for a person to type.

    A program that presses every button does not know where it belongs.
    """
    mac = keys.sign("guardian page number", token.encode())
    return f"{int.from_bytes(mac[:4]) % 10_000:04d}"
