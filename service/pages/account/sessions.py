"""Where the holder is signed in, and an end to it."""

from contextlib import suppress
from typing import Final
from uuid import UUID

from aiohttp import web

from service.caller import APP, HOLDER
from service.domain.refusals import SessionUnknown
from service.pages.account.devices import device_in
from service.pages.account.showing import show
from service.pages.countries import places
from service.pages.drawing import go, reads
from service.pages.typed import Typed
from service.sessions.handlers import SESSIONS, drop_cookie

HERE: Final = "/account/sessions"


async def page(request: web.Request) -> web.StreamResponse:
    """GET /account/sessions."""
    found = await request.app[SESSIONS].list(request[HOLDER])
    current = request[HOLDER].session_id
    return show(
        request,
        "sessions",
        path=HERE,
        sessions=sorted(found, key=lambda one: one.session_id != current),
        current=current,
        device_in=device_in,
        countries=dict(places(reads(request))),
    )


async def end(request: web.Request) -> web.StreamResponse:
    """POST /account/sessions: one, all others, or all."""
    typed, by = await Typed.of(request), request[HOLDER]
    which = typed.one("session")
    if which == "all":
        await request.app[SESSIONS].end_others(by, current_too=True)
        return _out(request)
    if which == "others":
        await request.app[SESSIONS].end_others(by, current_too=False)
        return go(request, HERE, done="sessions_ended")
    with suppress(SessionUnknown, ValueError):  # it ended meanwhile: as was wanted
        await request.app[SESSIONS].end_one(by, UUID(which))
    if which == str(by.session_id):
        return _out(request)
    return go(request, HERE, done="session_ended")


def _out(request: web.Request) -> web.StreamResponse:
    response = go(request, f"/sign-in/{request[APP].app}", done="signed_out")
    drop_cookie(response)
    return response
