"""The pages of dev mode are for developers, and never there in production."""

import subprocess
import sys
from dataclasses import replace

import pytest
from aiohttp import ClientSession

from service import routes
from service.app import listening, make_app
from service.dev.routes import DEV, developer
from service.kit.web import Route
from tests.support.processes import ROOT
from tests.support.service import Service


def test_whoever_serves_does_not_know_of_dev_mode() -> None:
    code = (
        "import sys, service.app, service.worker, service.routes; print(*sys.modules)"
    )
    loaded = subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True)
    assert "service.app" in loaded.split()
    assert not [name for name in loaded.split() if name.startswith("service.dev")]


def test_no_route_of_production_is_one_of_dev_mode() -> None:
    served = {route.path for route in (*routes.PUBLIC, *routes.ADMIN)}
    assert not [path for path in served if path.startswith("/dev")]
    assert not served & {route.path for route in DEV}
    assert {route.guard for route in DEV} == {developer}


@pytest.mark.parametrize("route", DEV, ids=lambda one: f"{one.method} {one.path}")
async def test_attached_in_production_they_are_not_there(
    service: Service, route: Route
) -> None:
    given = service.parts.given
    settings = replace(given.settings, env="production")
    parts = replace(service.parts, given=replace(given, settings=settings))
    app = make_app(parts, (*routes.PUBLIC, *DEV))
    async with listening(app, "127.0.0.1", 0) as port, ClientSession() as session:
        url = f"http://127.0.0.1:{port}{route.path}"
        async with session.request(route.method, url, allow_redirects=False) as answer:
            assert answer.status == 404
