"""Receipts over HTTP: whoever knows the id may read one, and verify it offline."""

from typing import Final
from uuid import UUID

from aiohttp import web

from service.domain.refusals import ReceiptUnknown
from service.receipts.flows import Receipts

FLOWS: Final = web.AppKey("receipts", Receipts)


async def show(request: web.Request) -> web.Response:
    """GET /v1/receipts/{receipt_id}."""
    found = await request.app[FLOWS].show(id_of(request))
    return web.json_response({"receipt": found.jws, "content": dict(found.claims)})


def id_of(request: web.Request) -> UUID:
    """Return the receipt that the path names, or raise ReceiptUnknown."""
    try:
        return UUID(request.match_info["receipt_id"])
    except ValueError:
        raise ReceiptUnknown from None
