"""Events into a stream of NATS JetStream: the stream's acknowledgement is delivery.

A subject for each app and family of events, ``agegate.<app>.<family>``. The event's id
is the message's: what is sent again within the stream's window for duplicates is kept
once. What a subscriber reads is the same JSON as a webhook's, its signature included.

The client's own reconnection is off: a connection that ends is made anew by the next
attempt, its address resolved and judged again, and what was under way counts as failed.
"""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import ParseResult, urlsplit

from nats import errors
from nats.aio.client import Client
from nats.aio.transport import TcpTransport
from nats.js import JetStreamContext
from nats.js.api import Header
from nats.js.errors import APIError, NoStreamResponseError

from service.domain.events import family_of
from service.kit.outbound import open_socket
from service.outbox.brokers import tls_context
from service.outbox.nats_credentials import Credentials
from service.outbox.subscribers import Subscriber
from service.outbox.transport import Delivered, Envelope, Failed, Outcome

PORT: Final = 4222
CONNECT_SECONDS: Final = 5
CLOSE_SECONDS: Final = 2.0
PING_SECONDS: Final = 20
"""How often a silent connection is tried; what stays silent is ended."""


class InTheClearError(OSError):
    """The server does not offer TLS, and the subscriber does not do without."""


class _Guarded(TcpTransport):
    """A connection to an address that was judged, encrypted before anything is said.

    The library would go on in the clear, password included, with a server that does
    not ask for TLS.
    """

    def __init__(self, connected: socket.socket, *, tls: bool) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._connected, self._waits = connected, tls

    def __bool__(self) -> bool:
        return True

    async def connect(
        self,
        uri: ParseResult,  # noqa: ARG002 -- the address was resolved before
        buffer_size: int,
        connect_timeout: int,  # noqa: ARG002
    ) -> None:
        """Speak through the connection that is there."""
        reader, writer = await asyncio.open_connection(
            sock=self._connected, limit=buffer_size
        )
        self._bare_io_reader = self._io_reader = reader
        self._bare_io_writer = self._io_writer = writer

    async def connect_tls(self, *arguments: object) -> None:
        """Encrypt the connection."""
        await super().connect_tls(*arguments)  # type: ignore[arg-type]
        self._waits = False

    async def wait_closed(self) -> None:
        """Wait for no goodbye: after a failed handshake none comes."""

    def abort(self) -> None:
        """End the connection at once, whatever is under way."""
        if self._bare_io_writer is None:
            self._connected.close()
        else:
            self._bare_io_writer.transport.abort()

    def write(self, payload: bytes) -> None:
        """Send *payload*, or raise InTheClearError."""
        if self._waits:
            raise InTheClearError
        super().write(payload)  # type: ignore[no-untyped-call]


class _Client(Client):
    """A client on a connection of ours."""

    def __init__(self, transport: TcpTransport) -> None:
        super().__init__()
        self._transport = transport


@dataclass(slots=True)
class _Held:
    """One subscriber's connection, made by whoever needs it first."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    client: Client | None = None


@dataclass(frozen=True, slots=True)
class NatsTransport:
    """Publishes events to the streams of its subscribers, one connection to each."""

    held: dict[str, _Held] = field(default_factory=dict)

    async def deliver(
        self, subscriber: Subscriber, envelope: Envelope
    ) -> Delivered | Failed:
        """Publish the event, and wait until the stream has it."""
        try:
            stream = await self._stream(subscriber)
            await stream.publish(
                subject_of(subscriber, envelope),
                envelope.body,
                timeout=subscriber.timeout_seconds,
                stream=urlsplit(subscriber.url).path.removeprefix("/"),
                headers={**envelope.headers, Header.MSG_ID: str(envelope.event_id)},
            )
        except (APIError, NoStreamResponseError, errors.MaxPayloadError):
            return Failed(outcome=Outcome.REFUSED)
        except TimeoutError:
            return Failed(outcome=Outcome.TIMED_OUT)
        except (errors.Error, OSError):
            return Failed(outcome=Outcome.UNREACHABLE)
        return Delivered()

    async def _stream(self, subscriber: Subscriber) -> JetStreamContext:
        held = self.held.setdefault(subscriber.name, _Held())
        async with held.lock:
            if held.client is None or not held.client.is_connected:
                held.client = None
                held.client = await _connect(subscriber)
            return held.client.jetstream(timeout=subscriber.timeout_seconds)

    async def close(self) -> None:
        """End every connection."""
        for held in self.held.values():
            if held.client is not None:
                await _close(held.client)


def subject_of(subscriber: Subscriber, envelope: Envelope) -> str:
    """Return where an event is published: by its app and family."""
    return f"{subscriber.broker.prefix}.{envelope.app}.{family_of(envelope.type)}"


async def _connect(subscriber: Subscriber) -> Client:
    parts, broker = urlsplit(subscriber.url), subscriber.broker
    host, port = parts.hostname or "", parts.port or PORT
    creds = broker.credentials_file and Credentials.read(broker.credentials_file)
    async with asyncio.timeout(CONNECT_SECONDS):
        connected = await open_socket(host, port, private=subscriber.inside)
    guarded = _Guarded(connected, tls=not subscriber.allow_insecure)
    client = _Client(guarded)
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            await client.connect(
                f"nats://{parts.netloc}",
                error_cb=_ignore,
                name="agegate",
                allow_reconnect=False,
                connect_timeout=CONNECT_SECONDS,
                ping_interval=PING_SECONDS,
                user=broker.user,
                password=broker.password,
                token=broker.token,
                user_jwt_cb=creds.show if creds else None,
                signature_cb=creds.sign if creds else None,
                tls=tls_context(broker),
                tls_hostname=host,
            )
    except BaseException:
        guarded.abort()
        await _close(client)
        raise
    return client


async def _close(client: Client) -> None:
    with suppress(errors.Error, OSError, TimeoutError):
        async with asyncio.timeout(CLOSE_SECONDS):
            await client.close()


async def _ignore(_: Exception) -> None:
    """Say nothing: whoever waits for an answer gets the error as well."""


@asynccontextmanager
async def open_nats() -> AsyncGenerator[NatsTransport]:
    """Yield the transport to NATS, and close its connections afterwards."""
    transport = NatsTransport()
    try:
        yield transport
    finally:
        await transport.close()
