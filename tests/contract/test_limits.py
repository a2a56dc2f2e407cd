"""How often a network may ask, and what it is told when that was too often."""

import re
from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from service import allowances, routes
from service.kit.database import Pool
from tests.support.clock import StoppedClock
from tests.support.service import SETTINGS, Service, running

CHECK = "/v1/apps/plain/age-checks"
BORN = {"birth_year": 1990}
MOST = allowances.AGE_CHECKS.count


@pytest.fixture
async def limited(pool: Pool, clock: StoppedClock) -> AsyncGenerator[Service]:
    """The service with the limits that production has."""
    async with running(pool, clock, replace(SETTINGS, limits_factor=1)) as one:
        yield one


@pytest.fixture
async def behind_a_proxy(pool: Pool, clock: StoppedClock) -> AsyncGenerator[Service]:
    """The service with one proxy in front."""
    settings = replace(SETTINGS, limits_factor=1, trusted_proxies=1)
    async with running(pool, clock, settings) as one:
        yield one


async def statuses(
    service: Service, count: int, headers: Mapping[str, str] | None = None
) -> list[int]:
    asked = [
        await service.post(CHECK, BORN, headers=headers or {}) for _ in range(count)
    ]
    return [response.status for response in asked]


async def test_who_asks_too_often_is_told_when_to_come_back(limited: Service) -> None:
    assert set(await statuses(limited, MOST)) == {200}

    response = await limited.post(CHECK, BORN)
    assert response.status == 429
    wait = int(response.headers["Retry-After"])
    assert response.headers["RateLimit"] == f'"default";r=0;t={wait}'
    assert response.headers["RateLimit-Policy"] == f'"default";q={MOST};w=60'
    assert (await response.json(content_type=None))["code"] == "too_many_requests"

    limited.clock.advance(timedelta(seconds=wait))
    assert await statuses(limited, 2) == [200, 429]


async def test_a_limit_counts_before_anything_else(limited: Service) -> None:
    await statuses(limited, MOST)
    for path, body in ((CHECK, {"nonsense": 1}), ("/v1/apps/none/age-checks", BORN)):
        assert (await limited.post(path, body)).status == 429


async def test_another_kind_of_request_has_a_limit_of_its_own(limited: Service) -> None:
    await statuses(limited, MOST + 1)
    response = await limited.post("/v1/consent-requests/open", {"link_token": "x"})
    assert response.status == 404


@pytest.mark.parametrize(
    "name",
    ["X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Client-IP", "CF-Connecting-IP"],
)
async def test_a_client_can_not_make_up_its_address(
    limited: Service, name: str
) -> None:
    told = [
        (await limited.post(CHECK, BORN, headers={name: f"for=10.0.0.{one}"})).status
        for one in range(MOST + 1)
    ]
    assert told == [200] * MOST + [429]


async def test_behind_a_proxy_the_address_that_the_proxy_saw_counts(
    behind_a_proxy: Service,
) -> None:
    made_up = [
        (
            await behind_a_proxy.post(
                CHECK, BORN, headers={"X-Forwarded-For": f"10.0.0.{one}, 192.0.2.1"}
            )
        ).status
        for one in range(MOST + 1)
    ]
    assert made_up == [200] * MOST + [429]
    another = {"X-Forwarded-For": "192.0.2.1, 192.0.2.2"}
    assert await statuses(behind_a_proxy, 1, another) == [200]


@pytest.mark.parametrize(
    ("first", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8::1", "2001:0DB8:0:0::1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("nonsense", "other nonsense", True),
    ],
)
async def test_a_network_is_one_however_it_is_spelt(
    behind_a_proxy: Service, first: str, other: str, *, same: bool
) -> None:
    await statuses(behind_a_proxy, MOST, {"X-Forwarded-For": first})
    told = await statuses(behind_a_proxy, 1, {"X-Forwarded-For": other})
    assert told == [429 if same else 200]


def test_every_write_has_a_limit() -> None:
    without = [
        route.path
        for route in routes.API
        if route.method == "POST" and not route.limits
    ]
    assert without == []


async def test_one_recipient_is_written_to_ten_times_a_day(service: Service) -> None:
    form = {"date_of_birth": "1990-01-01", "email": "ada@example.org"}
    for _ in range(10):
        await service.register("plain", **form)
    body = {
        **form,
        "password": "violin harbour 27 umbrellas",
        "policy_version": service.policy_version("plain"),
    }
    response = await service.post("/v1/apps/plain/registrations", body)
    assert response.status == 429
    assert re.fullmatch("[1-9][0-9]*", response.headers["Retry-After"])
    assert await service.count("registration") == 10
