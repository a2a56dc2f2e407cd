"""Each secret in a message opens one door: no other endpoint takes it (F3, F14)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from service import routes
from service.caller import with_registration
from service.kit.web import Route, anyone
from service.sessions.guards import (
    signed_in,
    signed_in_browser,
    signed_in_for_rights,
    with_session,
)
from tests.support.databases import find_tables
from tests.support.holders import (
    EMAIL,
    NEW_PASSWORD,
    Owner,
    an_owner,
    ask_reset,
    link_to,
    sign_in,
)
from tests.support.service import PASSWORD, Service

GUARDED = {
    signed_in,
    signed_in_for_rights,
    signed_in_browser,
    with_session,
    with_registration,
}
TAKING = (
    *(*routes.API, *routes.SESSIONS),
    *(*routes.RECOVERY, *routes.GUARDIAN_FACTORS),
)
ID = "01a20320-a200-71bf-aeff-d03751a5bb61"

# Where a secret is sent in the body: the field, and what else there must be.
DOORS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "/v1/password-resets/complete": ("token", {"new_password": NEW_PASSWORD}),
    "/v1/security-reports": ("token", {}),
    "/v1/contact-changes/undo": ("token", {}),
    "/v1/consent-requests/open": ("link_token", {}),
    "/v1/consent-requests/answer": ("link_token", {"answer": "refuse"}),
    "/v1/consent-requests/resend": ("link_token", {}),
    "/v1/consent-requests/form": ("link_token", {}),
    "/v1/consents/open": ("link_token", {}),
    "/v1/consents/withdraw": ("link_token", {}),
    "/v1/consents/ask": ("link_token", {}),
    "/v1/consents/dispute": ("link_token", {}),
    "/v1/consents/invite": (
        "link_token",
        {"guardian_email": "dad@example.org", "relation": "parent"},
    ),
    "/v1/guardian/sessions": ("link_token", {"code": "000000"}),
    "/v1/guardian-security-reports": ("token", {}),
    "/v1/sessions/refresh": ("refresh_token", {}),
}
OWN = {
    "reset": "/v1/password-resets/complete",
    "security": "/v1/security-reports",
    "undo": "/v1/contact-changes/undo",
    "refresh": "/v1/sessions/refresh",
}


@dataclass
class Held:
    """Somebody's account, and every secret there is about it."""

    service: Service
    owner: Owner
    secrets: Mapping[str, str]


@pytest.fixture
async def held(service: Service) -> Held:
    owner = await an_owner(service)
    await owner.change_email("lovelace@example.org")
    secrets = {
        "undo": await link_to(service, EMAIL, "undo"),
        "security": await link_to(service, EMAIL, "security"),
        "refresh": owner.session["refresh_token"],
    }
    await ask_reset(service, "plain", "lovelace@example.org")
    secrets["reset"] = await link_to(service, "lovelace@example.org", "reset")
    return Held(service, owner, secrets)


async def everything(service: Service) -> list[str]:
    """Return every row that somebody could have changed."""
    return [
        f"{table} {row}"
        for table in await find_tables(service.pool)
        if "rate_limit" not in table
        for row in await service.pool.fetch(f"SELECT * FROM {table}")  # noqa: S608
    ]


def paths() -> list[Route]:
    return [route for route in routes.PUBLIC if route.guard in GUARDED]


async def test_no_secret_is_a_token(held: Held) -> None:
    assert len(paths()) > 20
    before = await everything(held.service)
    for route in paths():
        path = route.path
        path = re.sub(r"\{(?!app)\w+\}", ID, path).replace("{app}", "plain")
        for name, secret in held.secrets.items():
            response = await held.service.client.request(
                route.method,
                path,
                headers={"Authorization": f"Bearer {secret}"},
                cookies={"__Host-agegate-session": secret},
                allow_redirects=False,
            )
            assert response.status in {401, 303}, (route.method, path, name)
    assert await everything(held.service) == before


async def test_no_secret_opens_the_door_of_another(held: Held) -> None:
    opened = {route.path for route in TAKING}
    assert set(DOORS) <= opened
    before = await everything(held.service)
    for path, (field, more) in DOORS.items():
        for name, secret in held.secrets.items():
            if OWN[name] == path:
                continue
            response = await held.service.post(path, {field: secret, **more})
            assert response.status in {401, 404, 422}, (path, name)
    for name, secret in held.secrets.items():
        response = await held.service.post(
            f"/v1/session-challenges/{secret}", {"method": "totp", "code": "000000"}
        )
        assert response.status == 404, name
    assert await everything(held.service) == before


async def test_every_door_that_anybody_may_try_is_among_them() -> None:
    """Guards the test before: a new endpoint that takes a secret has to be named."""
    public = {
        route.path
        for route in TAKING
        if route.guard is anyone and route.method != "GET"
    }
    with_a_paper = "/v1/consent-requests/form/upload"  # no JSON: tests/consent_forms
    assert public == {*DOORS, with_a_paper, "/v1/session-challenges/{challenge_id}"}


async def test_one_persons_secret_is_no_use_with_another(held: Held) -> None:
    service = held.service
    other = await an_owner(service, email="grace@example.org")

    reset = held.secrets["reset"]
    body = {"token": reset, "new_password": NEW_PASSWORD}
    assert (await service.post("/v1/password-resets/complete", body)).status == 204

    assert (await sign_in(service, "plain", other.name, PASSWORD)).status == 200
    assert (await sign_in(service, "plain", other.name, NEW_PASSWORD)).status == 401
