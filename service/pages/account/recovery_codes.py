"""Recovery codes: how many are left, and ten new ones."""

from typing import Final

from aiohttp import web

from service.caller import HOLDER
from service.mfa.recovery_codes.handlers import FLOWS
from service.pages.account.apps import codes_page
from service.pages.account.showing import show
from service.pages.account.step_up import look

HERE: Final = "/account/recovery-codes"


async def ask(request: web.Request) -> web.StreamResponse:
    """GET /account/recovery-codes."""
    overview = await look(request)
    return show(request, "recovery_codes", path=HERE, held=overview.codes)


async def replace(request: web.Request) -> web.StreamResponse:
    """POST /account/recovery-codes: ten new ones, shown once."""
    codes = await request.app[FLOWS].replace(request[HOLDER])
    return codes_page(request, codes)
