"""Pages of an app's allowed origins call the API; no other page writes to it."""

from dataclasses import replace

import pytest

from service.kit.database import Pool
from tests.support.clock import StoppedClock
from tests.support.service import SETTINGS, Service, running

ALLOWED = "https://plain.example"
FORM = "/v1/apps/plain/sign-up"
CHECK = "/v1/apps/plain/age-checks"
HELD = "/v1/registrations/01a20320-a200-7eae-afaf-5b6dd89d814d"
OPEN = "/v1/consent-requests/open"

FOREIGN = [
    "https://somebody.else",
    "https://plain.example.somebody.else",
    "https://somebody.else/https://plain.example",
    "https://sub.plain.example",
    "https://plain.example:8443",
    "https://plain.example/",
    "https://PLAIN.example",
    "http://plain.example",
    "https://platform.example",  # allowed, but for another app
    "null",
    "file://",
    "*",
    "",
]


def preflight(origin: str, method: str = "POST") -> dict[str, str]:
    return {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "content-type,idempotency-key",
    }


@pytest.mark.parametrize("path", [CHECK, FORM, HELD, OPEN])
async def test_a_browser_is_told_that_it_may_ask(service: Service, path: str) -> None:
    response = await service.client.options(path, headers=preflight(ALLOWED))
    assert response.status == 204
    allowed = response.headers
    assert allowed["Access-Control-Allow-Origin"] == ALLOWED
    assert allowed["Access-Control-Allow-Credentials"] == "true"
    assert {"POST", "DELETE", "GET"} <= _names(allowed["Access-Control-Allow-Methods"])
    assert {"Authorization", "Content-Type", "Idempotency-Key"} <= _names(
        allowed["Access-Control-Allow-Headers"]
    )
    assert "Origin" in allowed["Vary"]


@pytest.mark.parametrize("origin", FOREIGN)
async def test_another_page_may_not_ask(service: Service, origin: str) -> None:
    response = await service.client.options(CHECK, headers=preflight(origin))
    assert response.status == 204
    assert not [name for name in response.headers if name.startswith("Access-Control")]


@pytest.mark.parametrize("origin", FOREIGN)
async def test_another_page_may_not_write(service: Service, origin: str) -> None:
    response = await service.post(
        CHECK, {"birth_year": 1990}, headers={"Origin": origin}
    )
    assert response.status == 403
    assert (await response.json(content_type=None))["code"] == "origin_not_allowed"
    assert "Access-Control-Allow-Origin" not in response.headers
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("origin", FOREIGN)
async def test_another_page_may_not_read(service: Service, origin: str) -> None:
    response = await service.client.get(FORM, headers={"Origin": origin})
    assert "Access-Control-Allow-Origin" not in response.headers
    assert "Origin" in response.headers["Vary"]


async def test_an_allowed_page_reads_and_writes(service: Service) -> None:
    origin = {"Origin": ALLOWED}
    read = await service.client.get(FORM, headers=origin)
    written = await service.post(CHECK, {"birth_year": 1990}, headers=origin)
    refused = await service.post(CHECK, {}, headers=origin)
    assert [read.status, written.status, refused.status] == [200, 200, 422]
    for response in (read, written, refused):
        assert response.headers["Access-Control-Allow-Origin"] == ALLOWED
        assert response.headers["Access-Control-Allow-Credentials"] == "true"
        exposed = _names(response.headers["Access-Control-Expose-Headers"])
        assert {"Retry-After", "X-Request-Id"} <= exposed
        assert "Origin" in response.headers["Vary"]
    assert "SameSite=None" in written.headers["Set-Cookie"]


async def test_a_cache_keeps_the_answers_to_pages_apart(service: Service) -> None:
    response = await service.get(FORM)
    assert response.headers["Cache-Control"].startswith("public")
    assert "Origin" in response.headers["Vary"]


@pytest.mark.parametrize("origin", ["https://terramaestro.example", ALLOWED])
async def test_where_no_app_is_named_the_pages_of_all_apps_may_write(
    service: Service, origin: str
) -> None:
    response = await service.post(OPEN, {"link_token": "x"}, headers={"Origin": origin})
    assert response.status == 404
    assert response.headers["Access-Control-Allow-Origin"] == origin


async def test_a_host_that_a_client_makes_up_is_not_ours(
    pool: Pool, clock: StoppedClock
) -> None:
    settings = replace(SETTINGS, env="production", base_url="https://signup.example")
    async with running(pool, clock, settings) as service:
        spoofed = {"Origin": "http://somebody.else", "Host": "somebody.else"}
        response = await service.post(CHECK, {"birth_year": 1990}, headers=spoofed)
        assert response.status == 403
        own = {"Origin": "https://signup.example"}
        response = await service.post(CHECK, {"birth_year": 1990}, headers=own)
        assert response.status == 200


def _names(header: str) -> set[str]:
    return set(header.split(", "))
