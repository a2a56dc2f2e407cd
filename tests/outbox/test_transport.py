"""How webhooks leave: verified, to public addresses alone, without redirects."""

import asyncio
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from uuid import uuid4

import pytest
from aiohttp.test_utils import TestServer
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from service.kit.outbound import open_session
from service.outbox.subscribers import Subscriber
from service.outbox.transport import (
    ByScheme,
    Delivered,
    Envelope,
    Failed,
    Outcome,
    read_retry_after,
)
from service.outbox.webhooks import WebhookTransport
from tests.outbox.support import Receiver, failing, subscriber

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
UNREACHABLE = Failed(outcome=Outcome.UNREACHABLE)
ENVELOPE = Envelope(
    event_id=uuid4(),
    subject_id=uuid4(),
    app="plain",
    type="account.opened",
    body=b"{}",
    headers={},
)


def make_certificate(directory: Path) -> Path:
    """Write a self-signed certificate for 127.0.0.1, and its key, into one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    path = directory / "both.pem"
    path.write_bytes(
        certificate.public_bytes(Encoding.PEM)
        + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    return path


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return make_certificate(tmp_path)


@pytest.fixture
async def secure_url(certificate: Path, receiver: Receiver) -> AsyncGenerator[str]:
    """The address of the receiver behind TLS."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    server = TestServer(receiver.app())
    await server.start_server(ssl=context)
    yield str(server.make_url("/hook"))
    await server.close()


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@asynccontextmanager
async def trusting(certificate: Path) -> AsyncGenerator[WebhookTransport]:
    context = ssl.create_default_context(cafile=certificate)
    async with open_session(private=True, ssl_context=context) as session:
        yield WebhookTransport(public=session, private=session)


async def test_a_certificate_of_a_known_authority_is_taken(
    certificate: Path, secure_url: str, receiver: Receiver
) -> None:
    async with trusting(certificate) as transport:
        answer = await transport.deliver(subscriber(url=secure_url), ENVELOPE)

    assert answer == Delivered(status=204)
    assert len(receiver.taken) == 1


async def test_an_unknown_certificate_is_a_failure(
    secure_url: str, receiver: Receiver, webhooks: WebhookTransport
) -> None:
    assert await webhooks.deliver(subscriber(url=secure_url), ENVELOPE) == UNREACHABLE
    assert receiver.taken == []


async def test_a_certificate_of_another_host_is_a_failure(
    certificate: Path, secure_url: str, receiver: Receiver
) -> None:
    url = secure_url.replace("127.0.0.1", "localhost")

    async with trusting(certificate) as transport:
        assert await transport.deliver(subscriber(url=url), ENVELOPE) == UNREACHABLE

    assert receiver.taken == []


async def test_a_redirect_is_not_followed(
    receiver: Receiver, webhooks: WebhookTransport
) -> None:
    receiver.answer = failing(307, Location="/elsewhere")
    async with TestServer(receiver.app()) as server:
        url = str(server.make_url("/hook"))

        answer = await webhooks.deliver(subscriber(url=url), ENVELOPE)

    assert answer == Failed(outcome=Outcome.REFUSED, status=307)
    assert len(receiver.taken) == 1


async def test_nobody_there_is_a_failure(webhooks: WebhookTransport) -> None:
    async with TestServer(Receiver().app()) as server:
        url = str(server.make_url("/hook"))

    assert await webhooks.deliver(subscriber(url=url), ENVELOPE) == UNREACHABLE


async def test_our_own_network_is_closed_unless_the_subscriber_is_in_it(
    receiver: Receiver, webhooks: WebhookTransport
) -> None:
    async with TestServer(receiver.app()) as server:
        inside = subscriber(url=str(server.make_url("/hook")))

        outside = replace(inside, allow_private=False)
        assert await webhooks.deliver(outside, ENVELOPE) == UNREACHABLE
        assert receiver.taken == []

        assert isinstance(await webhooks.deliver(inside, ENVELOPE), Delivered)
    assert len(receiver.taken) == 1


async def test_one_that_hangs_up_without_an_answer_is_a_failure(
    webhooks: WebhookTransport,
) -> None:
    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1")
    async with server:
        port = server.sockets[0].getsockname()[1]

        answer = await webhooks.deliver(
            subscriber(url=f"http://127.0.0.1:{port}/"), ENVELOPE
        )

    assert answer == UNREACHABLE


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
        ("0", timedelta(0)),
        ("120", timedelta(minutes=2)),
        ("9" * 400, timedelta(days=1)),
        ("Sun, 22 Nov 2026 12:05:00 GMT", timedelta(minutes=5)),
        ("Sun, 22 Nov 2026 11:00:00 GMT", timedelta(0)),
        ("Sun, 22 Nov 2026 12:05:00 -0000", timedelta(minutes=5)),
        ("Sun, 99 Nov 2026 12:05:00 GMT", None),
        ("Fri, 31 Dec 99999 23:59:59 GMT", None),
        (f"Fri, 31 Dec {'9' * 20} 23:59:59 GMT", None),
        (f"Sun, 22 Nov 2026 {'9' * 20}:00:00 GMT", None),
        (f"Sun, 22 Nov 2026 12:05:00 -{'9' * 20}", None),
        ("Mon, 01 Jan 0001 00:00:00 +2359", timedelta(0)),
    ],
)
def test_retry_after_is_seconds_or_an_instant(
    text: str | None, asked: timedelta | None
) -> None:
    assert read_retry_after(text, now=NOW) == asked


@dataclass
class Broker:
    """A transport that takes everything."""

    taken: list[Envelope] = field(default_factory=list)

    async def deliver(self, _: Subscriber, envelope: Envelope) -> Delivered:
        self.taken.append(envelope)
        return Delivered()


async def test_the_scheme_of_the_address_chooses_the_transport() -> None:
    nats, webhooks = Broker(), Broker()
    transports = ByScheme({"nats": nats, "https": webhooks})

    await transports.deliver(subscriber(url="nats://broker/"), ENVELOPE)
    await transports.deliver(subscriber(url="https://rights.example/"), ENVELOPE)

    assert [len(one.taken) for one in (nats, webhooks)] == [1, 1]
    unknown = subscriber(url="kafka://broker/")
    assert await transports.deliver(unknown, ENVELOPE) == UNREACHABLE
