"""An operator whose guardians say who they are, and the provider who tells."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace

from service.age_assurance.providers import Outcome, ProofId
from service.domain.consent_methods import Method
from service.domain.consent_rules import ConsentRules
from service.domain.profiles import PolicyProfile
from service.domain.scopes import Scope
from service.kit.database import Pool
from service.kit.tokens import Token, hash_token
from service.service_tokens import ServiceToken, ServiceTokens, mint
from tests.support.clock import StoppedClock
from tests.support.operators import SHIPPED, running_for
from tests.support.service import SANDBOX, Json, Service

APP = "terra-maestro"
DISCLOSES = "advertising_partners"
STRONG = "biometrics"

TOKEN, _ = mint("provider", scopes=[Scope.PROOFS_CONCLUDE], subscriber=None)
OTHER, _ = mint("other", scopes=[Scope.EVENTS_OPERATE], subscriber=None)
TOKENS = ServiceTokens(
    tuple(
        ServiceToken(
            name=scope, hash=hash_token(Token(text)), scopes=frozenset({scope})
        )
        for text, scope in (
            (TOKEN, Scope.PROOFS_CONCLUDE),
            (OTHER, Scope.EVENTS_OPERATE),
        )
    )
)


def operator(
    *methods: Method, default_country: str | None = None, app: str = APP
) -> PolicyProfile:
    """Return an operator who verifies guardians, and has a purpose for a document."""
    profile = SHIPPED[app]
    strong = replace(
        next(one for one in profile.purposes if one.id == "improvement"),
        id=STRONG,
        min_consent_strength=3,
    )
    taken = methods or (
        Method.EMAIL_PLUS,
        Method.CARD,
        Method.DOCUMENT,
        Method.GUARDIAN_ACCOUNT,
    )
    return replace(
        profile,
        age=replace(
            profile.age, default_country=default_country or profile.age.default_country
        ),
        purposes=(*profile.purposes, strong),
        consent=ConsentRules(methods=taken),
        age_proof_provider=SANDBOX,
    )


@asynccontextmanager
async def verified_by(
    pool: Pool, clock: StoppedClock, *methods: Method
) -> AsyncGenerator[Service]:
    """Yield the service of that operator."""
    async with running_for(
        pool, clock, operator(*methods), service_tokens=TOKENS
    ) as service:
        yield service


async def say(
    service: Service, proof_id: ProofId, outcome: Outcome, **more: str
) -> int:
    """Say what a provider found, as the provider does; return the status."""
    body: Json = {"outcome": outcome, **more}
    path = f"/v1/age-proofs/{proof_id}/outcomes"
    response = await service.post(path, body, token=TOKEN)
    return response.status


async def revoke(service: Service, proof_id: ProofId, token: str = TOKEN) -> int:
    """Take back what was found; return the status."""
    path = f"/v1/age-proofs/{proof_id}/revocations"
    return (await service.client.post(path, headers=bearer(token))).status


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
