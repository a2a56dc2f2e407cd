"""Coming in, whatever was proven."""

from contextlib import suppress

from aiohttp import web

from service.caller import CLOCK
from service.domain.refusals import SessionRequired, SessionUnknown
from service.pages.drawing import go
from service.sessions.guards import COOKIE, DOOR
from service.sessions.handlers import SESSIONS, keep_cookie
from service.sessions.opening import Opened


async def entered(request: web.Request, opened: Opened) -> web.StreamResponse:
    """Lead who has signed in to their account, out of any other in this browser."""
    with suppress(SessionRequired, SessionUnknown):
        earlier = await request.app[DOOR].by_cookie(request.cookies.get(COOKIE, ""))
        await request.app[SESSIONS].sign_out(earlier)
    response = go(request, "/account")
    keep_cookie(response, opened, request.app[CLOCK])
    return response
