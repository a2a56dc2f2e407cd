"""What programs ask of dev mode: messages, events and the clock, as JSON."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final

from aiohttp import web
from marshmallow import fields

from service.dev.journal import Journal
from service.dev.receiver import NotOursError, Receiver
from service.dev.time_travel import TimeTravel
from service.domain.refusals import FieldMistake, FieldsWrong
from service.kit.times import instant
from service.kit.web import Form

MAILBOX: Final = web.AppKey("mailbox", Journal)
RECEIVER: Final = web.AppKey("receiver", Receiver)
TIME_TRAVEL: Final = web.AppKey("time_travel", TimeTravel)


@dataclass(frozen=True, slots=True)
class Distance:
    """How far the clock is to be moved."""

    advance: str


class ClockForm(Form[Distance]):
    """The body of POST /dev/clock."""

    makes = Distance

    advance = fields.String(required=True)


async def messages(request: web.Request) -> web.Response:
    """GET /dev/messages: every e-mail and text message, newest first."""
    return web.json_response(request.app[MAILBOX].newest_first())


async def events(request: web.Request) -> web.Response:
    """GET /dev/events: every event the receiver took, newest first."""
    return web.json_response(request.app[RECEIVER].events.newest_first())


async def receive(request: web.Request) -> web.Response:
    """POST /dev/receiver: where the dispatcher delivers to."""
    try:
        request.app[RECEIVER].take(request.headers, await request.read())
    except NotOursError:
        return web.Response(status=HTTPStatus.FORBIDDEN)
    return web.Response(status=HTTPStatus.NO_CONTENT)


async def clock(request: web.Request) -> web.Response:
    """GET /dev/clock: what the clock shows."""
    return _shown(request.app[TIME_TRAVEL].clock.now())


async def advance(request: web.Request) -> web.Response:
    """POST /dev/clock: move the clock, and do all that the time in between causes."""
    distance = await ClockForm.read(request)
    return _shown(await moved(request, distance.advance))


async def moved(request: web.Request, distance: str) -> datetime:
    """Return what the clock shows after it was moved, or raise FieldsWrong."""
    try:
        return await request.app[TIME_TRAVEL].advance(distance)
    except ValueError as error:
        mistake = FieldMistake("/advance", "wrong", f"This {error}.")
        raise FieldsWrong([mistake]) from error


def _shown(now: datetime) -> web.Response:
    return web.json_response({"now": instant(now)})
