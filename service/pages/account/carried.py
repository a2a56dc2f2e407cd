"""What a browser carries from one page to the next, and can't read."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, cast

from aiohttp import web

from service.caller import CLOCK, KEYS
from service.kit.secrets import UnsealError

LONGEST: Final = 2000

Facts = Mapping[str, str]


def seal(
    request: web.Request, purpose: str, facts: Facts, *, lifetime: timedelta
) -> str:
    """Return *facts* as a text that is good for one purpose, and for a while."""
    until = request.app[CLOCK].now() + lifetime
    body = json.dumps({**facts, "until": until.isoformat()})
    return request.app[KEYS].carry(purpose, body.encode())


def unseal(request: web.Request, purpose: str, text: str) -> Facts | None:
    """Return what was sealed for this purpose; None of anything else, or too late."""
    if len(text) > LONGEST:
        return None
    try:
        facts = cast("Facts", json.loads(request.app[KEYS].carried(purpose, text)))
    except UnsealError:
        return None
    until = datetime.fromisoformat(facts["until"])
    return facts if request.app[CLOCK].now() < until else None
