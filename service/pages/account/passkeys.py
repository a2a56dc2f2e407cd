"""Adding a passkey: the device makes it, and a script hands it over."""

from collections.abc import Sequence
from typing import Final

from aiohttp import web

from service.caller import HOLDER
from service.domain.refusals import FieldsWrong, PasskeyWrong, Refusal
from service.mfa.passkeys.schemas import NewForm
from service.pages.account.apps import added_page, name_wrong
from service.pages.account.devices import device_in
from service.pages.account.proofs import signed_in
from service.pages.account.showing import show
from service.pages.drawing import Wrong
from service.pages.typed import Typed
from service.sessions.enrolment_handlers import ENROLMENTS

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
        added, opened = await request.app[ENROLMENTS].add_passkey(
            request[HOLDER], new.name, new.credential
        )
    except FieldsWrong:
        return _page(request, typed, wrong=[name_wrong(request)])
    except PasskeyWrong as refusal:
        return _page(request, typed, refusal=refusal)
    return added_page(request, added.recovery_codes, opened, "passkey_added")


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
