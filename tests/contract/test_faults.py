"""What fails inside is told and logged, and tells nothing of the inside."""

import asyncio
import json

import pytest
from aiohttp import web
from aiohttp.typedefs import Handler
from structlog.testing import capture_logs

from service import routes
from service.app import listening, make_app
from service.kit.database import DatabaseUnavailable
from service.kit.http_server import Runner
from service.kit.passwords import HashingBusy
from service.kit.requests import HEADERS
from service.kit.secrets import KeyRing, UnsealError
from service.kit.web import Route, anyone
from service.problems import unhandled
from tests.contract.raw_http import INTERNALS, exchange, hold
from tests.support.contract import check
from tests.support.service import Service

GET = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (ZeroDivisionError("SELECT secret FROM account"), 500, "internal_fault"),
        (DatabaseUnavailable("asyncpg: no route to 10.0.0.7"), 503, "service_busy"),
        (HashingBusy(), 503, "service_busy"),
        (TimeoutError(), 503, "service_busy"),
        (UnsealError("no key '2026-11-22'"), 503, "service_busy"),
        (web.HTTPForbidden(text="Traceback"), 400, "request_malformed"),
    ],
)
async def test_what_fails_inside_tells_nothing_of_the_inside(
    service: Service, error: Exception, status: int, code: str
) -> None:
    async def fail(_: web.Request) -> web.Response:
        raise error

    app = make_app(service.parts, [Route("GET", "/v1/nothing", anyone, fail)])
    async with listening(app, "127.0.0.1", 0) as port:
        answer = await exchange(port, b"GET /v1/nothing HTTP/1.1\r\nHost: a\r\n\r\n")
    assert answer.status == status
    assert json.loads(answer.body)["code"] == code
    assert INTERNALS.search(answer.body.decode()) is None
    assert ("Retry-After" in answer.headers) == (status == 503)
    for name, value in HEADERS.items():
        assert answer.headers[name] == value


async def test_a_key_that_is_not_known_yet_is_logged_as_a_fault(
    service: Service,
) -> None:
    """In a rolling restart another process may know it, when asked again."""
    carried = KeyRing.fresh("tomorrows").carry("ticket", b"value")

    async def read(request: web.Request) -> web.Response:
        service.parts.given.keys.carried("ticket", carried)
        return web.Response()

    app = make_app(service.parts, [Route("GET", "/v1/nothing", anyone, read)])
    with capture_logs() as told:
        async with listening(app, "127.0.0.1", 0) as port:
            answer = await exchange(
                port, b"GET /v1/nothing HTTP/1.1\r\nHost: a\r\n\r\n"
            )
    assert answer.status == 503
    (fault,) = [entry for entry in told if entry["event"] == "fault"]
    assert fault["log_level"] == "error"
    assert fault["fault"] == "service.kit.secrets.UnsealError"
    assert "tomorrows" not in str(fault)


async def test_a_fault_outside_every_handler_is_told_and_logged() -> None:
    @web.middleware
    async def fail(request: web.Request, handler: Handler) -> web.StreamResponse:
        raise ZeroDivisionError("SELECT secret FROM account")

    runner = Runner(
        web.Application(middlewares=[fail]), unhandled=unhandled, drain_seconds=0
    )
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        with capture_logs() as told:
            answer = await exchange(site.port, GET)
    finally:
        await runner.cleanup()
    assert answer.status == 500
    hold(answer)
    assert [entry["event"] for entry in told] == ["fault"]
    assert told[0]["request_id"] == answer.headers["X-Request-Id"]
    assert "secret" not in str(told)


async def test_who_is_about_to_stop_says_when_to_come_back(service: Service) -> None:
    draining = asyncio.Event()
    draining.set()
    app = make_app(service.parts, routes.PUBLIC, draining=draining)
    async with listening(app, "127.0.0.1", 0) as port:
        answer = await exchange(port, b"GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n")
    assert answer.status == 503
    assert json.loads(answer.body) == {"status": "draining"}
    check(answer)
