"""The published keys over HTTP (RFC 7517)."""

from typing import Final

from aiohttp import web

from service.kit.database import Pool, connection
from service.vault.signing_keys import SigningKeys

SIGNING_KEYS: Final = web.AppKey("signing_keys", SigningKeys)
KEYS_POOL: Final = web.AppKey("signing_keys_pool", Pool)

CACHED: Final = {"Cache-Control": "public, max-age=60"}
"""A key that waits is published long before it signs: rotation needs no haste."""


async def published(request: web.Request) -> web.Response:
    """GET /.well-known/jwks.json."""
    keys = request.app[SIGNING_KEYS].signatures.published
    return web.json_response({"keys": keys}, headers=CACHED)


async def retired(request: web.Request) -> web.Response:
    """GET /.well-known/retired-jwks.json."""
    async with connection(request.app[KEYS_POOL]) as one:
        keys = await request.app[SIGNING_KEYS].retired(one)
    return web.json_response({"keys": keys}, headers=CACHED)
