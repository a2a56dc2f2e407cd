"""The composition root of the web process: listeners, routes, start and drain."""

import asyncio
import gc
import signal
from collections.abc import AsyncGenerator, Collection
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from aiohttp import web

from service import operating, origins, routes
from service.domain.refusals import Refusal
from service.gate import handlers as gate
from service.kit import limits, migrations
from service.kit.clock import SystemClock
from service.kit.database import connection, make_pool, transaction
from service.kit.http_server import Runner
from service.kit.limits import Limit, address_behind, network_of
from service.kit.logs import log
from service.kit.requests import accounted, add_headers, traced
from service.kit.traces import Traces, open_traces
from service.kit.web import BODY_BYTES, COUNT, Handler, Route, read_body
from service.pages import refused
from service.parts import Given, Parts, join, make_passwords
from service.parts.handed import hand
from service.problems import problems, refusing, unhandled

# Within 10 seconds of SIGTERM together: first a load balancer sees that we are not
# ready, then what is under way is finished.
NOTICE_SECONDS: Final = 1.5
DRAIN_SECONDS: Final = 5.0

YOUNG_OBJECTS: Final = 50_000
"""After how many new ones cycles are looked for: a request makes hundreds, and none."""


def make_app(
    parts: Parts,
    table: Collection[Route],
    *,
    draining: asyncio.Event | None = None,
    traces: Traces | None = None,
) -> web.Application:
    """Return the application that serves *table*."""
    around = [] if traces is None else [traced(traces)]
    app = web.Application(
        middlewares=[*around, accounted, origins.origins, problems],
        client_max_size=BODY_BYTES,
    )
    app.on_response_prepare.append(add_headers)
    app.on_response_prepare.append(gate.keep_memory)
    hand(app, parts)
    app[operating.DRAINING] = draining or asyncio.Event()
    app.on_startup.append(partial(_note_signing_key, parts))
    for route in table:
        handler = _behind_guard(route, parts)
        app.router.add_route(route.method, route.path, handler)
        if route.method == "GET":
            app.router.add_route("HEAD", route.path, handler)
    return app


async def _note_signing_key(parts: Parts, _: web.Application) -> None:
    """Keep the public half of the key we sign by, before anything is signed."""
    async with transaction(parts.pool) as one:
        await parts.signing_keys.note(one, now=parts.clock.now())


def _behind_guard(route: Route, parts: Parts) -> Handler:
    """Return the handler of *route*, counted and guarded first."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        if not route.hashes:
            await _count(route, request, parts)
            return await answered(request)
        with parts.passwords.place():  # a crowd is told to wait before it is counted
            await _count(route, request, parts)
        await read_body(request)
        with parts.passwords.place():
            return await answered(request)

    async def answered(request: web.Request) -> web.StreamResponse:
        await route.guard(request)
        return await route.handler(request)

    async def as_page(request: web.Request) -> web.StreamResponse:
        try:
            return await refusing(request, guarded)
        except Refusal as refusal:
            return refused.show(request, refusal)

    return as_page if route.page else guarded


async def _count(route: Route, request: web.Request, parts: Parts) -> None:
    """Count the request for the client's network, before any other work."""
    settings = parts.given.settings

    async def count(limit: Limit) -> None:
        address = address_behind(
            request.remote or "",
            request.headers.getall("X-Forwarded-For", []),
            settings.trusted_proxies,
        )
        allowed, now = limit.times(settings.limits_factor), parts.clock.now()
        async with connection(parts.pool) as one:
            network = network_of(address)
            await limits.count(one, parts.given.keys, allowed, network, now=now)

    request[COUNT] = count
    for limit in route.limits:
        await count(limit)


async def serve(given: Given) -> None:
    """Serve both listeners until SIGTERM or SIGINT, then drain and return.

    A second signal ends the process at once.
    """
    settings, stopping = given.settings, stop_signal()
    pool = await make_pool(
        settings.database_url, max_size=settings.database_connections
    )
    async with pool, open_traces(settings.otel_endpoint) as traces:
        await migrations.check(pool)
        passwords = make_passwords(settings)
        parts = join(given, pool=pool, clock=SystemClock(), passwords=passwords)
        draining = asyncio.Event()
        admin = make_app(parts, routes.ADMIN, draining=draining)
        public = make_app(parts, routes.PUBLIC, draining=draining, traces=traces)
        async with (
            listening(admin, settings.admin_host, settings.admin_port),
            listening(public, settings.host, settings.port),
        ):
            gc.freeze()  # what is there now stays: it need not be looked through
            gc.enable()
            gc.set_threshold(YOUNG_OBJECTS)
            await stopping.wait()
            log().info("draining")
            draining.set()
            await asyncio.sleep(NOTICE_SECONDS)
        passwords.close()


@asynccontextmanager
async def watched(stopping: asyncio.Event, parts: Parts) -> AsyncGenerator[None]:
    """Answer how a worker is while it works, where a port is set for that."""
    settings = parts.given.settings
    if not settings.worker_port:
        yield
        return
    app = make_app(parts, routes.WATCHED, draining=stopping)
    async with listening(app, settings.admin_host, settings.worker_port):
        yield


@asynccontextmanager
async def listening(app: web.Application, host: str, port: int) -> AsyncGenerator[int]:
    """Serve *app* at an address, and yield the port; then finish what is under way."""
    runner = Runner(app, unhandled=unhandled, drain_seconds=DRAIN_SECONDS)
    await runner.setup()
    site = web.TCPSite(runner, host, port, backlog=512)
    try:
        await site.start()
        log().info("listening", port=site.port)
        yield site.port
    finally:
        await runner.cleanup()


def stop_signal() -> asyncio.Event:
    """Return an event that SIGTERM or SIGINT sets; a second one ends the process."""
    stopping, loop = asyncio.Event(), asyncio.get_running_loop()

    def stop(number: signal.Signals) -> None:
        log().info("stopping", signal=number.name)
        stopping.set()
        loop.remove_signal_handler(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop, number)
    return stopping
