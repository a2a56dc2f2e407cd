"""Who sees the pages of an account, and which pages may send something."""

from aiohttp import web

from service.caller import APP, HOLDER, PROFILES, for_app, own_origins
from service.domain.refusals import OriginNotAllowed, SessionRequired
from service.sessions.guards import COOKIE, DOOR, check_in_use, signed_in_browser


async def holder(request: web.Request) -> None:
    """Let in a browser that is signed in to an account in use."""
    await holder_for_rights(request)
    check_in_use(request)


async def holder_for_rights(request: web.Request) -> None:
    """Let in a browser that is signed in, and read the page as its operator has it.

    Also to see and decide what becomes of the holder's data.
    """
    await signed_in_browser(request)
    request[APP] = request.app[PROFILES][request[HOLDER].app]


async def from_here(request: web.Request) -> None:
    """Let in what a page of ours has sent: every browser says where a write is from.

    Nobody signs somebody else in, into an account of their own (login CSRF).
    """
    if request.headers.get("Origin") not in own_origins(request):
        raise OriginNotAllowed


async def for_app_from_here(request: web.Request) -> None:
    """Let in what our page of an app has sent."""
    await for_app(request)
    await from_here(request)


async def is_signed_in(request: web.Request) -> bool:
    """Tell whether this browser is signed in at the app of the page."""
    try:
        by = await request.app[DOOR].by_cookie(request.cookies.get(COOKIE, ""))
    except SessionRequired:
        return False
    return by.app == request[APP].app
