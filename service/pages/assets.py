"""The files that pages are drawn with, each named after its content."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiohttp import web

from service.domain.refusals import NotFound

DIRECTORY: Final = Path(__file__).parent / "static"
TYPES: Final[Mapping[str, str]] = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
FOR_EVER: Final = {"Cache-Control": "public, max-age=31536000, immutable"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file and the type it is sent with."""

    content: str
    content_type: str


def _read() -> tuple[Mapping[str, Asset], Mapping[str, str]]:
    assets, addresses = {}, {}
    for path in sorted(DIRECTORY.iterdir()):
        content = path.read_text(encoding="utf-8")
        digest = hashlib.sha256(content.encode()).hexdigest()[:12]
        name = f"{path.stem}-{digest}{path.suffix}"
        assets[name] = Asset(content, TYPES[path.suffix])
        addresses[path.name] = f"/static/{name}"
    return assets, addresses


ASSETS, ADDRESSES = _read()


async def show(request: web.Request) -> web.Response:
    """GET /static/{name}: kept for ever, since a name changes with the content."""
    asset = ASSETS.get(request.match_info["name"])
    if asset is None:
        raise NotFound
    return web.Response(
        text=asset.content, content_type=asset.content_type, headers=FOR_EVER
    )
