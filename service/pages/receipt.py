"""A receipt as a person reads it: what was agreed to, by whose word, signed."""

from datetime import datetime
from hashlib import sha256
from typing import Final

from aiohttp import web

from service.caller import APP, PROFILES
from service.pages.account.showing import moment
from service.pages.drawing import draw, reads
from service.receipts.handlers import FLOWS, id_of

JWKS: Final = "/.well-known/jwks.json"


async def show(request: web.Request) -> web.StreamResponse:
    """GET /receipts/{receipt_id}: its signature was verified before it is shown."""
    found = await request.app[FLOWS].show(id_of(request))
    profile = request.app[PROFILES].get(found.app)
    if profile is not None:
        request[APP] = profile

    def when(at: str) -> str:
        return moment(datetime.fromisoformat(at), reads(request))

    return draw(
        request,
        "receipt.html",
        path=request.rel_url.raw_path,
        receipt=found.claims,
        jws=found.jws,
        fingerprint=sha256(found.jws.encode()).hexdigest(),
        jwks=JWKS,
        moment=when,
    )
