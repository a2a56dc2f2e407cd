"""Every URL of dev mode, each with its guard: everybody on this machine may look."""

from typing import Final

from aiohttp import web

from service.caller import SETTINGS
from service.dev import handlers, pages, receiver, sandbox
from service.domain.refusals import NotFound
from service.kit.web import Route


async def developer(request: web.Request) -> None:
    """Let everybody in, and in production nobody, whoever attached these routes."""
    if request.app[SETTINGS].production:
        raise NotFound


DEV: Final = (
    Route("GET", "/", developer, pages.lead_home, page=True),
    Route("GET", "/dev", developer, pages.lead_home, page=True),
    Route("GET", "/dev/", developer, pages.home, page=True),
    Route("GET", "/dev/mailbox", developer, pages.mailbox, page=True),
    Route("GET", "/dev/mailbox/{message_id}", developer, pages.html_mail, page=True),
    Route("GET", "/dev/messages", developer, handlers.messages),
    Route("GET", "/dev/events", developer, handlers.events),
    Route("GET", "/dev/events/page", developer, pages.events, page=True),
    Route("POST", receiver.PATH, developer, handlers.receive),
    Route("GET", "/dev/clock", developer, handlers.clock),
    Route("POST", "/dev/clock", developer, handlers.advance),
    Route("GET", "/dev/clock/page", developer, pages.clock, page=True),
    Route("POST", "/dev/clock/page", developer, pages.advance, page=True),
    Route("GET", sandbox.PATH, developer, pages.proof, page=True),
    Route("POST", sandbox.PATH, developer, pages.conclude, page=True),
    Route("POST", f"{sandbox.PATH}/revocation", developer, pages.revoke, page=True),
)
