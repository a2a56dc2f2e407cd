"""aiohttp's server, with the service's own words for what never reaches a handler."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Final

from aiohttp import web
from aiohttp.http_parser import RawRequestMessage
from aiohttp.web_protocol import RequestHandler
from aiohttp.web_server import Server
from multidict import CIMultiDict, CIMultiDictProxy

Unhandled = Callable[[int, BaseException | None], web.Response]
"""Makes the answer where there was no handler's: its status, and what was raised."""

UNDERSTOOD: Final = "100-continue"
"""All that a client can expect (RFC 9110, 10.1.1)."""

LINGERING_SECONDS: Final = 2.0
"""How long the rest of a body is read after its answer, so that the answer arrives."""


class Runner(web.AppRunner):
    """Runs an application; *unhandled* answers what is malformed, and our faults."""

    def __init__(
        self, app: web.Application, *, unhandled: Unhandled, drain_seconds: float
    ) -> None:
        """Run *app*, giving requests under way *drain_seconds* to finish at the end."""
        super().__init__(
            app,
            access_log=None,
            shutdown_timeout=drain_seconds,
            lingering_time=LINGERING_SECONDS,
        )
        self._unhandled = unhandled

    async def _make_server(self) -> Server:
        made = await super()._make_server()
        return _Server(made, self._unhandled)


class _Server(Server):
    """Makes connections of our own kind, with the options of the server *made*."""

    def __init__(self, made: Server, unhandled: Unhandled) -> None:
        super().__init__(
            made.request_handler,
            request_factory=lambda message, *rest: made.request_factory(
                _without_expectations(message), *rest
            ),
            loop=asyncio.get_running_loop(),
        )
        options = made._kwargs  # noqa: SLF001 -- aiohttp has no other way to these
        self._connect = partial(_Connection, self, loop=self._loop, **options)
        self._unhandled = unhandled

    def __call__(self) -> RequestHandler:
        connection = self._connect()
        connection.unhandled = self._unhandled
        return connection


def _without_expectations(message: RawRequestMessage) -> RawRequestMessage:
    """Return the head of a request without an expectation that nobody can meet.

    aiohttp would answer it with 417 and its text, before any handler; we may ignore it.
    """
    if message.headers.get("Expect", UNDERSTOOD).lower() == UNDERSTOOD:
        return message
    kept = CIMultiDict(message.headers)
    del kept["Expect"]
    return message._replace(headers=CIMultiDictProxy(kept))


class _Connection(RequestHandler):
    __slots__ = ("unhandled",)

    unhandled: Unhandled

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what is no request, or what the application failed at; and close."""
        if request.writer.output_size > 0:
            return super().handle_error(request, status, exc, message)
        response = self.unhandled(status, exc)
        response.force_close()
        return response
