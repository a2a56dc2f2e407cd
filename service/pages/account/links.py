"""The secret of a link in a message, wherever somebody has it from.

It stands in the fragment of the address, which no server is sent: a script puts it
into the field of the page; without one, people copy the whole link there.
"""

from aiohttp import web

from service.kit.tokens import Token
from service.pages.account.showing import missing
from service.pages.drawing import Wrong, reads
from service.pages.typed import Typed
from service.pages.words import say

FIELD = "link"


def token_in(typed: Typed) -> Token:
    """Return the secret in what was typed: alone, or at the end of its link."""
    return Token(typed.one(FIELD).rpartition("#")[2].strip())


def without(request: web.Request, typed: Typed) -> list[Wrong]:
    """Return that there is no link, if so."""
    return missing(request, typed, link=say(reads(request), "link.field"))
