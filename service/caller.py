"""Who is asking: the guards of the route table, and what they learn of the caller."""

import base64
import binascii
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from aiohttp import web

from service.domain.accounts import AccountId
from service.domain.authenticators import Assurance
from service.domain.profiles import AppName, PolicyProfile
from service.domain.refusals import (
    AppUnknown,
    RegistrationUnknown,
    ScopeMissing,
    ServiceTokenMissing,
    TokenMissing,
)
from service.domain.registration import RegistrationId
from service.domain.scopes import Scope
from service.kit.clock import Clock
from service.kit.secrets import KeyRing, UnsealError
from service.kit.tokens import same
from service.profiles.reader import Profiles
from service.service_tokens import ServiceToken, ServiceTokens
from service.settings import Settings

PROFILES: Final = web.AppKey("profiles", Profiles)
KEYS: Final = web.AppKey("keys", KeyRing)
SETTINGS: Final = web.AppKey("settings", Settings)
CLOCK: Final = web.AppKey("clock", Clock)
SERVICE_TOKENS: Final = web.AppKey("service_tokens", ServiceTokens)
RESERVED_DOMAINS: Final = web.AppKey("reserved_domains", bool)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who is signed in, in which session, and how surely; of which *epoch*.

    To an account that is *suspended* they are for their rights alone.
    """

    account_id: AccountId
    app: AppName
    session_id: UUID
    assurance: Assurance
    epoch: int
    suspended: bool = False


APP: Final = web.RequestKey("app", PolicyProfile)
REGISTRATION: Final = web.RequestKey("registration", RegistrationId)
HOLDER: Final = web.RequestKey("holder", Holder)

SERVICE: Final = web.RequestKey("service", ServiceToken)

TOKEN_LENGTH: Final = 200
COOKIE: Final = "__Host-agegate-registration"


async def for_app(request: web.Request) -> None:
    """Let everybody in who names an app that there is."""
    profile = request.app[PROFILES].get(request.match_info["app"])
    if profile is None:
        raise AppUnknown
    request[APP] = profile


async def with_registration(request: web.Request) -> None:
    """Let in who sends the token of the registration in the path."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise TokenMissing
    held = open_registration_token(request.app[KEYS], token)
    if held is None:
        raise TokenMissing
    if request.match_info["registration_id"] != str(held):
        raise RegistrationUnknown
    request[REGISTRATION] = held


async def with_registration_cookie(request: web.Request) -> None:
    """Let in a browser that began a registration here."""
    held = open_registration_token(request.app[KEYS], request.cookies.get(COOKIE, ""))
    if held is None:
        raise TokenMissing
    request[REGISTRATION] = held


@dataclass(frozen=True, slots=True)
class with_service_token:  # noqa: N801 -- reads as the other guards do
    """Let in a service whose token has *scope*."""

    scope: Scope

    async def __call__(self, request: web.Request) -> None:
        """Look at the token, or raise why it is not enough."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        found = request.app[SERVICE_TOKENS].find(token)
        if scheme.lower() != "bearer" or found is None:
            raise ServiceTokenMissing
        if self.scope not in found.scopes:
            raise ScopeMissing
        request[SERVICE] = found


def subscriber_of(service: ServiceToken) -> str:
    """Return which subscriber a service acts as; one without is in the wrong place."""
    if service.subscriber is None:
        raise ScopeMissing
    return service.subscriber


def own_origins(request: web.Request) -> Collection[str]:
    """Return our own origins; on a machine of one's own, whatever it was called."""
    settings = request.app[SETTINGS]
    if settings.production:
        return {settings.base_url}
    return {settings.base_url, f"{request.scheme}://{request.host}"}


def registration_token(keys: KeyRing, registration_id: RegistrationId) -> str:
    """Return the token that acts for a registration: its id, signed.

    It can be made again for a repeated request, so no secret is kept anywhere; it is
    worth nothing once the registration has ended.
    """
    mac = keys.sign("registration token", registration_id.bytes)
    body = base64.urlsafe_b64encode(registration_id.bytes + mac).decode()
    return f"agr.{keys.primary}.{body}"


def open_registration_token(keys: KeyRing, token: str) -> RegistrationId | None:
    """Return the registration a token was made for; None if it was not made here."""
    parts = token.split(".")
    if len(token) > TOKEN_LENGTH or len(parts) != 3 or parts[0] != "agr":  # noqa: PLR2004
        return None
    try:
        raw = base64.b64decode(parts[2], altchars=b"-_", validate=True)
        mac = keys.sign("registration token", raw[:16], parts[1])
    except (binascii.Error, ValueError, UnsealError):
        return None
    return RegistrationId(UUID(bytes=raw[:16])) if same(mac, raw[16:]) else None
