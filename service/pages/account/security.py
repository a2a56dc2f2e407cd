"""The page that shows by what an account is protected."""

from typing import Final

from aiohttp import web

from service.caller import HOLDER
from service.mfa.passkeys.flows import PASSKEYS
from service.mfa.recovery_codes.auth import FEW
from service.mfa.totp.flows import APPS
from service.pages.account.showing import show
from service.pages.account.step_up import look
from service.sessions.handlers import CHANGES

HERE: Final = "/account/security"


async def page(request: web.Request) -> web.StreamResponse:
    """GET /account/security."""
    overview = await look(request)
    changes = await request.app[CHANGES].list(request[HOLDER])
    return show(
        request,
        "security",
        path=HERE,
        overview=overview,
        changes=changes,
        protected=bool(overview.apps or overview.passkeys),
        few=FEW,
        more_apps=len(overview.apps) < APPS,
        more_passkeys=len(overview.passkeys) < PASSKEYS,
    )
