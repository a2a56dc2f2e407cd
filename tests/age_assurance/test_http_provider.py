"""A provider who is asked over HTTP: signed, and sent nothing about the person."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from service.age_assurance.http_provider import HttpProofProvider, configured
from service.age_assurance.providers import Outcome
from service.kit.database import Pool
from service.settings import Settings, SettingWrongError
from tests.support.clock import StoppedClock
from tests.support.families import GUARDIAN, a_family
from tests.support.operators import running_for
from tests.support.service import BASE_URL, SANDBOX
from tests.support.verifying import TOKENS, operator, say

SECRET = b"a provider's random secret 32 by"
WRITTEN = f"whsec_{base64.b64encode(SECRET).decode()}"
HREF = "https://proofs.example/sessions/1"


@dataclass
class Provider:
    """A real server that begins proofs, or answers something else."""

    status: int = 201
    answer: object = field(default_factory=lambda: {"href": HREF})
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""

    async def begin(self, request: web.Request) -> web.Response:
        self.taken.append((dict(request.headers), await request.read()))
        return web.json_response(self.answer, status=self.status)


@pytest.fixture
async def provider() -> AsyncGenerator[Provider]:
    one, app = Provider(), web.Application()
    app.router.add_post("/begin", one.begin)
    async with TestServer(app) as server:
        one.url = str(server.make_url("/begin"))
        yield one


@pytest.fixture
def adapter(provider: Provider, clock: StoppedClock) -> HttpProofProvider:
    return HttpProofProvider(
        name=SANDBOX, url=provider.url, secrets=(SECRET,), clock=clock
    )


async def test_a_guardian_is_sent_on_and_the_outcome_comes_back(
    pool: Pool, clock: StoppedClock, provider: Provider, adapter: HttpProofProvider
) -> None:
    sandbox: Any = adapter
    async with running_for(
        pool, clock, operator(), provider=sandbox, service_tokens=TOKENS
    ) as service:
        family = await a_family(service)
        response = await family.answer("give", method="card")

        assert (await response.json())["href"] == HREF
        ((headers, body),) = provider.taken
        asked = json.loads(body)
        proof_id = asked.pop("proof_id")
        assert asked == {
            "app": "terra-maestro",
            "role": "guardian",
            "method": "card",
            "threshold": 18,
            "language": "en",
            "return_url": f"{BASE_URL}/guardian/verified",
        }
        signed = f"{proof_id}.{headers['webhook-timestamp']}.".encode() + body
        digest = base64.b64encode(hmac.digest(SECRET, signed, hashlib.sha256)).decode()
        assert headers["webhook-id"] == proof_id
        assert headers["webhook-signature"] == f"v1,{digest}"
        assert int(headers["webhook-timestamp"]) == int(clock.now().timestamp())
        assert GUARDIAN.encode() not in body

        assert await say(service, proof_id, Outcome.OVER) == 204
        assert (await family.child.look())["state"] == "completed"


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (500, {"href": HREF}),
        (302, {"href": HREF}),
        (200, {"href": "http://proofs.example/"}),
        (200, {"href": "javascript:alert(1)"}),
        (200, {"href": "https://proofs.example/" + "x" * 2048}),
        (200, {"href": None}),
        (200, [HREF]),
        (200, {}),
    ],
)
async def test_what_leads_nowhere_costs_no_try(  # noqa: PLR0917
    pool: Pool,
    clock: StoppedClock,
    provider: Provider,
    adapter: HttpProofProvider,
    status: int,
    answer: object,
) -> None:
    provider.status, provider.answer = status, answer
    sandbox: Any = adapter
    async with running_for(pool, clock, operator(), provider=sandbox) as service:
        family = await a_family(service)
        response = await family.answer("give", method="document")

        assert (response.status, response.headers["Retry-After"] > "") == (503, True)
        row = await service.pool.fetchrow(
            "SELECT state, verifications FROM consent_request"
        )
        assert row is not None
        assert tuple(row) == ("opened", 0)
        assert await service.count("guardian_proof") == 0


def test_the_settings_name_one_provider_or_none() -> None:
    assert configured(Settings()) == {}
    part = Settings(age_proof_provider="acme", age_proof_url=HREF)
    (name,) = configured(replace(part, age_proof_secret=WRITTEN))
    assert name == "acme"
    with pytest.raises(SettingWrongError, match="AGEGATE_AGE_PROOF_SECRET is not set"):
        configured(part)
    with pytest.raises(SettingWrongError, match="AGE_PROOF_SECRET must start with"):
        configured(replace(part, age_proof_secret="weak"))
