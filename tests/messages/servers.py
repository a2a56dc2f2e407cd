"""A real SMTP server and a real SMS provider, on loopback, that answer as told."""

import asyncio
import ssl
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http import HTTPStatus

from aiohttp import web
from aiohttp.test_utils import TestServer
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

OK = "250 OK"


@dataclass(frozen=True)
class Taken:
    """One e-mail as the server took it."""

    sender: str
    recipients: tuple[str, ...]
    body: bytes
    over_tls: bool

    @property
    def message(self) -> EmailMessage:
        parsed = message_from_bytes(self.body, policy=default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    def part(self, kind: str) -> str:
        body = self.message.get_body((kind,))
        assert body is not None
        text: str = body.get_content()
        return text


@dataclass
class MailServer:
    """Takes e-mail, or answers MAIL, RCPT or DATA with an error."""

    mail: str = OK
    rcpt: str = OK
    data: str = OK
    taken: list[Taken] = field(default_factory=list)
    logins: list[bytes] = field(default_factory=list)
    port: int = 0

    async def handle_MAIL(  # noqa: N802 -- aiosmtpd's name for it
        self, _: SMTP, __: Session, envelope: Envelope, sender: str, ___: list[str]
    ) -> str:
        envelope.mail_from = sender
        return self.mail

    async def handle_RCPT(  # noqa: N802
        self, _: SMTP, __: Session, envelope: Envelope, to: str, ___: list[str]
    ) -> str:
        if self.rcpt == OK:
            envelope.rcpt_tos.append(to)
        return self.rcpt

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, _: Session, envelope: Envelope
    ) -> str:
        if self.data == OK:
            assert isinstance(envelope.content, bytes)
            assert server.transport is not None
            taken = Taken(
                sender=envelope.mail_from or "",
                recipients=(*envelope.rcpt_tos,),
                body=envelope.content,
                over_tls=server.transport.get_extra_info("ssl_object") is not None,
            )
            self.taken.append(taken)
        return self.data

    def authenticate(
        self, _: SMTP, __: Session, ___: Envelope, ____: str, login: object
    ) -> AuthResult:
        assert isinstance(login, LoginPassword)
        self.logins.append(login.password)
        return AuthResult(success=login.password == b"right/word", handled=False)

    @asynccontextmanager
    async def listen(
        self, tls: ssl.SSLContext | None = None, *, at_once: bool = False
    ) -> AsyncGenerator["MailServer"]:
        """Serve on a free port; with *tls* after STARTTLS, or *at_once*."""
        loop = asyncio.get_running_loop()

        def protocol() -> SMTP:
            return SMTP(
                self,
                hostname="localhost",
                loop=loop,
                tls_context=None if at_once else tls,
                auth_require_tls=False,
                authenticator=self.authenticate,
            )

        async with listening(protocol, tls if at_once else None) as port:
            self.port = port
            yield self


@asynccontextmanager
async def listening(
    protocol: Callable[[], asyncio.Protocol], tls: ssl.SSLContext | None = None
) -> AsyncGenerator[int]:
    """Serve *protocol* on a free port, and yield the port."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


@dataclass(frozen=True)
class Posted:
    """One request to the SMS provider."""

    authorization: str | None
    idempotency_key: str | None
    body: dict[str, str]


@dataclass
class SmsProvider:
    """Takes text messages, or answers with another status."""

    status: HTTPStatus = HTTPStatus.ACCEPTED
    posted: list[Posted] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.posted.append(
            Posted(
                request.headers.get("Authorization"),
                request.headers.get("Idempotency-Key"),
                await request.json(),
            )
        )
        return web.Response(status=self.status, headers={"Location": "/elsewhere"})

    def server(self) -> TestServer:
        app = web.Application()
        app.router.add_post("/{path:.*}", self.take)
        return TestServer(app)
