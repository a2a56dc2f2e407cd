"""What happens to every request and answer: an id, one log line, safe headers."""

import secrets
import time
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from multidict import CIMultiDict
from prometheus_client import Histogram

from service.kit.logs import log
from service.kit.metrics import REQUEST_SECONDS
from service.kit.traces import Kind, Traces

REQUEST_ID: Final = web.RequestKey("request_id", str)

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

CONTENT_POLICY: Final = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self';"
    " frame-ancestors 'none'"
)

HEADERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Content-Security-Policy": CONTENT_POLICY,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Referrer-Policy": "no-referrer",
        "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
)

_SAFE: Final = CIMultiDict({**HEADERS, "Cache-Control": "no-store"})


@web.middleware
async def accounted(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give the request an id, and log one line of it: the route, not the path."""
    request_id = request[REQUEST_ID] = new_request_id()
    started = time.perf_counter()
    status = int(HTTPStatus.INTERNAL_SERVER_ERROR)
    try:
        response = await handler(request)
        status = response.status
    finally:
        seconds = time.perf_counter() - started
        route = route_of(request)
        method = _method(request)
        _seconds_of(route, method).observe(seconds)
        log().info(
            "request",
            method=method,
            route=route,
            status=status,
            milliseconds=round(seconds * 1000, 1),
            request_id=request_id,
        )
    return response


def traced(traces: Traces) -> Middleware:
    """Return what puts a span around each request: the route, not the path.

    The trace begins here, whatever the client says of one.
    """

    @web.middleware
    async def trace(request: web.Request, handler: Handler) -> web.StreamResponse:
        method, route = _method(request), route_of(request)
        named = {"http.request.method": method, "http.route": route}
        with traces.span(f"{method} {route}", Kind.SERVER, named) as span:
            try:
                response = await handler(request)
            finally:
                span.tell({"agegate.request_id": request.get(REQUEST_ID)})
            span.tell({"http.response.status_code": response.status})
            if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                span.fail(str(response.status))
            return response

    return trace


def new_request_id() -> str:
    """Return a fresh name for a request, to be found by in the logs."""
    return secrets.token_hex(12)


def route_of(request: web.Request) -> str:
    """Return the pattern of the route: it holds no id and no token."""
    resource = request.match_info.route.resource
    return "none" if resource is None else resource.canonical


@cache
def _seconds_of(route: str, method: str) -> Histogram:
    """Return what one route is measured by: there are as many as routes."""
    return REQUEST_SECONDS.labels(route=route, method=method)


def _method(request: web.Request) -> str:
    return request.method if request.method in METHODS else "other"


async def add_headers(request: web.BaseRequest, response: web.StreamResponse) -> None:
    """Put the safe headers on every answer, errors included, and name no software."""
    response.headers.merge(_SAFE)
    if isinstance(request, web.Request) and REQUEST_ID in request:
        response.headers["X-Request-Id"] = request[REQUEST_ID]
    response.headers.popall("Server", None)
