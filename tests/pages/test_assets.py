"""The files that pages are drawn with: kept for ever, under a name of their content."""

import re

from service.pages.assets import ADDRESSES, ASSETS
from tests.pages.visitor import Visitor
from tests.support.service import Service


async def test_every_file_is_sent_with_its_type(service: Service) -> None:
    for name, address in ADDRESSES.items():
        answer = await service.client.get(address)
        assert answer.status == 200
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.content_type in {
            "text/css",
            "text/javascript",
            "image/svg+xml",
        }
        stem, suffix = name.rsplit(".", 1)
        assert re.fullmatch(rf"/static/{stem}-[0-9a-f]{{12}}\.{suffix}", address)


async def test_nothing_else_is_sent(visitor: Visitor) -> None:
    for path in (
        "/static/pages.css",
        "/static/pages-000000000000.css",
        "/static/..%2fdrawing.py",
        "/static/%2e%2e",
    ):
        page = await visitor.get(path)
        assert page.status == 404


def test_no_style_fetches_anything() -> None:
    for asset in ASSETS.values():
        assert "url(" not in asset.content
        assert "@import" not in asset.content
