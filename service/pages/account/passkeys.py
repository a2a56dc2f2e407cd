"""Adding a passkey: the device makes it, and a script hands it over."""

from collections.abc import Sequence
from typing import Final

from aiohttp import web

from service.caller import HOLDER
from service.domain.refusals import FieldsWrong, PasskeyWrong, Refusal
from service.mfa.passkeys.handlers import FLOWS
from service.mfa.passkeys.schemas import NewForm
from service.pages.account.apps import codes_page, name_wrong
from service.pages.account.devices import device_in
from service.pages.account.proofs import signed_in
from service.pages.account.showing import show
from service.pages.account.step_up import SECURITY
from service.pages.drawing import Wrong, go
from service.pages.typed import Typed

HERE: Final = "/account/passkeys/new"


async def ask(request: web.Request) -> web.StreamResponse:
    """GET /account/passkeys/new."""
    return _page(request, Typed())


async def add(request: web.Request) -> web.StreamResponse:
    """POST /account/passkeys/new: added, and recovery codes perhaps; or why not."""
    typed = await Typed.of(request)
    body = {"name": typed.one("name"), "credential": signed_in(typed) or {}}
    try:
        new = NewForm().take(body)
        added = await request.app[FLOWS].add(request[HOLDER], new.name, new.credential)
    except FieldsWrong:
        return _page(request, typed, wrong=[name_wrong(request)])
    except PasskeyWrong as refusal:
        return _page(request, typed, refusal=refusal)
    if added.recovery_codes:
        return codes_page(request, added.recovery_codes, "passkey_added")
    return go(request, SECURITY, done="passkey_added")


def _page(
    request: web.Request,
    typed: Typed,
    *,
    wrong: Sequence[Wrong] = (),
    refusal: Refusal | None = None,
) -> web.Response:
    return show(
        request,
        "new_passkey",
        path=HERE,
        wrong=wrong,
        refusal=refusal,
        typed=typed,
        options="/v1/account/authenticators/passkeys/options",
        device=device_in(request.headers.get("User-Agent")) or "",
    )
