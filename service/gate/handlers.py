"""The age gate over HTTP."""

from collections.abc import Generator
from contextlib import contextmanager
from math import ceil
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from service.caller import APP, CLOCK, KEYS, PROFILES
from service.domain.decisions import DecisionKind
from service.domain.refusals import TurnedAway
from service.gate.checks import Memory
from service.gate.flows import GateFlows
from service.gate.schemas import AgeForm, AppealForm, show

FLOWS: Final = web.AppKey("gate", GateFlows)

COOKIE: Final = "__Host-agegate-gate"
MEMORY: Final = web.RequestKey("gate_memory", Memory)


async def check(request: web.Request) -> web.Response:
    """POST /v1/apps/{app}/age-checks."""
    answer = await AgeForm.read(request)
    judged = await request.app[FLOWS].check(request[APP], answer, memory_of(request))
    remember(request, judged.memory)
    return web.json_response(show(judged, request))


async def appeal(request: web.Request) -> web.Response:
    """POST /v1/apps/{app}/age-appeals."""
    wanted, memory = await AppealForm.read(request), memory_of(request)
    judged = await request.app[FLOWS].appeal(request[APP], wanted.country, memory)
    return web.json_response(show(judged, request))


def memory_of(request: web.Request) -> Memory:
    """Return what the client's cookie remembers of its answers here."""
    return Memory.load(request.app[KEYS], request.cookies.get(COOKIE, ""))


def remember(request: web.Request, memory: Memory) -> None:
    """Have the client keep *memory*, whatever the answer will be."""
    request[MEMORY] = memory


@contextmanager
def remembering(request: web.Request) -> Generator[Memory]:
    """Yield the client's memory, and have it keep that it was turned away, if it is."""
    memory = memory_of(request)
    try:
        yield memory
    except TurnedAway:
        remember(request, answered(request, memory, DecisionKind.TURN_AWAY))
        raise


def answered(request: web.Request, memory: Memory, kind: DecisionKind) -> Memory:
    """Return *memory* with one more answer at the app that is asked."""
    profile, now = request[APP], request.app[CLOCK].now()
    counts = profile.timers.gate_lock
    return memory.with_answer(profile.app, kind, now=now, counts=counts)


async def keep_memory(request: web.BaseRequest, response: web.StreamResponse) -> None:
    """Put the memory on the answer, also where that is a refusal.

    It lasts while any lock does; no script reads it. Called before every answer.
    """
    if not isinstance(request, web.Request) or MEMORY not in request:
        return
    value = request[MEMORY].dump(request.app[KEYS])  # letters that need no quoting
    lasts = _longest_lock(request)
    site = "None" if _is_elsewhere(request) else "Lax"
    response.headers.add(
        "Set-Cookie",
        f"{COOKIE}={value}; HttpOnly; Max-Age={lasts}; Path=/; SameSite={site}; Secure",
    )


def _longest_lock(request: web.Request) -> int:
    """Return how many seconds the longest lock of any operator lasts."""
    locks = (one.timers.gate_lock for one in request.app[PROFILES].values())
    return ceil(max(locks).total_seconds())


def _is_elsewhere(request: web.Request) -> bool:
    """Tell whether a page of another site asks, which then needs the cookie sent."""
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc != request.host
