"""Every URL of dev mode, each with its guard: everybody on this machine may look."""

from typing import Final

from service.dev import handlers, pages, receiver, sandbox
from service.kit.web import Route, anyone

DEV: Final = (
    Route("GET", "/", anyone, pages.lead_home, page=True),
    Route("GET", "/dev", anyone, pages.lead_home, page=True),
    Route("GET", "/dev/", anyone, pages.home, page=True),
    Route("GET", "/dev/mailbox", anyone, pages.mailbox, page=True),
    Route("GET", "/dev/mailbox/{message_id}", anyone, pages.html_mail, page=True),
    Route("GET", "/dev/messages", anyone, handlers.messages),
    Route("GET", "/dev/events", anyone, handlers.events),
    Route("GET", "/dev/events/page", anyone, pages.events, page=True),
    Route("POST", receiver.PATH, anyone, handlers.receive),
    Route("GET", "/dev/clock", anyone, handlers.clock),
    Route("POST", "/dev/clock", anyone, handlers.advance),
    Route("GET", "/dev/clock/page", anyone, pages.clock, page=True),
    Route("POST", "/dev/clock/page", anyone, pages.advance, page=True),
    Route("GET", sandbox.PATH, anyone, pages.proof, page=True),
    Route("POST", sandbox.PATH, anyone, pages.conclude, page=True),
)
