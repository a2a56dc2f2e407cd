"""The age gate over HTTP."""

from math import ceil
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from service.caller import APP, KEYS, PROFILES
from service.gate.checks import Memory
from service.gate.flows import GateFlows
from service.gate.schemas import AgeForm, show

FLOWS: Final = web.AppKey("gate", GateFlows)

COOKIE: Final = "__Host-agegate-gate"


async def check(request: web.Request) -> web.Response:
    """POST /v1/apps/{app}/age-checks."""
    answer = await AgeForm().read(request)
    judged = await request.app[FLOWS].check(request[APP], answer, memory_of(request))
    response = web.json_response(show(judged, request))
    remember(response, request, judged.memory)
    return response


def memory_of(request: web.Request) -> Memory:
    """Return what the client's cookie remembers of its answers here."""
    return Memory.load(request.app[KEYS], request.cookies.get(COOKIE, ""))


def remember(
    response: web.StreamResponse, request: web.Request, memory: Memory
) -> None:
    """Have the client keep its answers while any lock lasts; no script reads them."""
    response.set_cookie(
        COOKIE,
        memory.dump(request.app[KEYS]),
        max_age=_longest_lock(request),
        path="/",
        secure=True,
        httponly=True,
        samesite="None" if _is_elsewhere(request) else "Lax",
    )


def _longest_lock(request: web.Request) -> int:
    """Return how many seconds the longest lock of any operator lasts."""
    locks = (one.timers.gate_lock for one in request.app[PROFILES].values())
    return ceil(max(locks).total_seconds())


def _is_elsewhere(request: web.Request) -> bool:
    """Tell whether a page of another site asks, which then needs the cookie sent."""
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc != request.host
