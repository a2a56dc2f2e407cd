"""What operators and their load balancers ask: alive, ready, metrics."""

import asyncio
from http import HTTPStatus
from typing import Final

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from service.kit import migrations
from service.kit.database import DatabaseUnavailable, Pool, connection
from service.kit.metrics import REGISTRY

POOL: Final = web.AppKey("pool", Pool)
DRAINING: Final = web.AppKey("draining", asyncio.Event)

RETRY_SECONDS: Final = 2


async def alive(_: web.Request) -> web.Response:
    """GET /healthz: the process answers; nothing else is touched."""
    return web.json_response({"status": "alive"})


async def ready(request: web.Request) -> web.Response:
    """GET /readyz: not draining, the database answers, every migration is applied."""
    status = await _status(request)
    if status == "ready":
        return web.json_response({"status": status})
    return web.json_response(
        {"status": status},
        status=HTTPStatus.SERVICE_UNAVAILABLE,
        headers={"Retry-After": str(RETRY_SECONDS)},
    )


async def _status(request: web.Request) -> str:
    if request.app[DRAINING].is_set():
        return "draining"
    try:
        async with connection(request.app[POOL]) as one:
            waiting = await migrations.pending(one)
    except DatabaseUnavailable:
        return "database_unavailable"
    return "migrations_pending" if waiting else "ready"


async def metrics(_: web.Request) -> web.Response:
    """GET /metrics, for Prometheus; on the admin listener alone."""
    return web.Response(
        body=generate_latest(REGISTRY), headers={"Content-Type": CONTENT_TYPE_LATEST}
    )
