"""One authenticator app or passkey: another name for it, or none of it any more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from aiohttp import web

from service.caller import HOLDER, Holder
from service.domain.refusals import (
    AuthenticatorUnknown,
    FieldsWrong,
    PasswordNeedsFactor,
    Refusal,
)
from service.mfa.named import authenticator_id
from service.mfa.overview import Overview
from service.mfa.passkeys import handlers as passkeys
from service.mfa.totp import handlers as totp
from service.mfa.totp.schemas import NameForm
from service.pages.account.apps import name_wrong
from service.pages.account.showing import show
from service.pages.account.step_up import SECURITY, look
from service.pages.drawing import Wrong, go
from service.pages.typed import Typed


class Flows(Protocol):
    """What is done to an app, and to a passkey, alike."""

    async def rename(self, holder: Holder, one: UUID, name: str, /) -> None:
        """Call it by another name."""
        ...

    async def remove(self, holder: Holder, one: UUID, /) -> None:
        """Take it away."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An app or a passkey, as its holder knows it."""

    authenticator_id: UUID
    name: str
    created_at: datetime


FLOWS: Final[Mapping[str, web.AppKey[Flows]]] = {
    "apps": totp.FLOWS,  # type: ignore[dict-item]
    "passkeys": passkeys.FLOWS,  # type: ignore[dict-item]
}


async def page(request: web.Request) -> web.StreamResponse:
    """GET /account/apps/{authenticator_id} and /account/passkeys/{authenticator_id}."""
    return await _page(request)


async def change(request: web.Request) -> web.StreamResponse:
    """POST to the same: another name, or removed."""
    typed, one = await Typed.of(request), authenticator_id(request)
    flows, by = request.app[FLOWS[_kind(request)]], request[HOLDER]
    if typed.one("do") == "remove":
        try:
            await flows.remove(by, one)
        except PasswordNeedsFactor as refusal:
            return await _page(request, refusal=refusal)
        return go(request, SECURITY, done="removed")
    try:
        called = NameForm().take({"name": typed.one("name")})
    except FieldsWrong:
        return await _page(request, wrong=[name_wrong(request)])
    await flows.rename(by, one, called.name)
    return go(request, SECURITY, done="renamed")


async def _page(
    request: web.Request,
    *,
    wrong: Sequence[Wrong] = (),
    refusal: Refusal | None = None,
) -> web.Response:
    overview, wanted = await look(request), authenticator_id(request)
    every = _every(overview, _kind(request))
    found = next((one for one in every if one.authenticator_id == wanted), None)
    if found is None:
        raise AuthenticatorUnknown
    return show(
        request,
        "authenticator",
        path=request.path,
        wrong=wrong,
        refusal=refusal,
        kind=_kind(request),
        one=found,
        last=len(overview.apps) + len(overview.passkeys) == 1,
    )


def _kind(request: web.Request) -> str:
    return request.match_info["kind"]


def _every(overview: Overview, kind: str) -> list[Named]:
    if kind == "apps":
        return [
            Named(
                authenticator_id=one.totp_id, name=one.name, created_at=one.created_at
            )
            for one in overview.apps
        ]
    return [
        Named(authenticator_id=one.passkey_id, name=one.name, created_at=one.created_at)
        for one in overview.passkeys
    ]
