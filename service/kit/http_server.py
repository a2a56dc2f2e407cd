"""aiohttp's server, answering what is not HTTP at all in the service's own words."""

import asyncio
from collections.abc import Callable
from functools import partial

from aiohttp import web
from aiohttp.web_protocol import RequestHandler
from aiohttp.web_server import Server

Malformed = Callable[[], web.Response]


class Runner(web.AppRunner):
    """Runs an application; *malformed* makes the answer to a malformed request."""

    def __init__(
        self, app: web.Application, *, malformed: Malformed, drain_seconds: float
    ) -> None:
        """Run *app*, giving requests under way *drain_seconds* to finish at the end."""
        super().__init__(app, access_log=None, shutdown_timeout=drain_seconds)
        self._malformed = malformed

    async def _make_server(self) -> Server:
        made = await super()._make_server()
        return _Server(made, self._malformed)


class _Server(Server):
    """Makes connections of our own kind, with the options of the server *made*."""

    def __init__(self, made: Server, malformed: Malformed) -> None:
        super().__init__(
            made.request_handler,
            request_factory=made.request_factory,
            loop=asyncio.get_running_loop(),
        )
        options = made._kwargs  # noqa: SLF001 -- aiohttp has no other way to these
        self._connect = partial(_Connection, self, loop=self._loop, **options)
        self._malformed = malformed

    def __call__(self) -> RequestHandler:
        connection = self._connect()
        connection.malformed = self._malformed
        return connection


class _Connection(RequestHandler):
    __slots__ = ("malformed",)

    malformed: Malformed

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what could not be read as a request, and close the connection."""
        if request.writer.output_size > 0:
            return super().handle_error(request, status, exc, message)
        response = self.malformed()
        response.force_close()
        return response
