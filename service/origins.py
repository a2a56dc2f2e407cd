"""Which web pages may call the API (CORS), and which writes are refused (CSRF)."""

from collections.abc import Collection, Mapping
from http import HTTPStatus
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

from service.caller import PROFILES, own_origins
from service.domain.refusals import OriginNotAllowed
from service.kit.requests import REQUEST_ID
from service.problems import problem

READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
PREFLIGHT_SECONDS: Final = 600


@web.middleware
async def origins(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let pages of an app's allowed origins in, refuse writes from any other page.

    Programs send no Origin; a browser sends it with every write.
    """
    origin = request.headers.get("Origin")
    response: web.StreamResponse
    if origin is None or origin in own_origins(request):
        response = await handler(request)
        response.headers.add("Vary", "Origin")
        return response
    allowed = origin in _allowed(request)
    if not allowed and request.method not in READING:
        return problem(OriginNotAllowed(), request.get(REQUEST_ID, ""))
    if (
        request.method == "OPTIONS"
        and "Access-Control-Request-Method" in request.headers
    ):
        response = web.Response(status=HTTPStatus.NO_CONTENT)
        response.headers.update(_preflight() if allowed else {})
    else:
        response = await handler(request)
    if allowed:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Credentials"] = "true"
        response.headers["Access-Control-Expose-Headers"] = (
            "Retry-After, RateLimit, RateLimit-Policy, X-Request-Id"
        )
    response.headers.add("Vary", "Origin")
    return response


def _allowed(request: web.Request) -> Collection[str]:
    """Return the origins allowed at this address: the app's, or any app's."""
    profiles, path = request.app[PROFILES], request.path
    if not path.startswith("/v1/"):
        return ()
    app = request.match_info.get("app") or _app_in(path)
    chosen = [profiles[app]] if app in profiles else [*profiles.values()]
    return {origin for profile in chosen for origin in profile.allowed_origins}


def _app_in(path: str) -> str:
    parts = path.split("/")
    return parts[3] if parts[2:3] == ["apps"] and parts[3:] else ""


def _preflight() -> Mapping[str, str]:
    return {
        "Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE",
        "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key",
        "Access-Control-Max-Age": str(PREFLIGHT_SECONDS),
    }
