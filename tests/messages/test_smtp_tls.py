"""SMTP over TLS, with a password: verified, or not at all."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from service.messages.adapters import UnavailableError
from service.messages.smtp import SmtpSender
from service.settings import SettingWrongError
from tests.messages.servers import MailServer
from tests.messages.test_smtp import MAIL

FROM = "no-reply@mail.example"


@dataclass(frozen=True)
class Tls:
    """A server's certificate, and a client that trusts it."""

    server: ssl.SSLContext
    client: ssl.SSLContext


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    """A certificate for 127.0.0.1, as long as the machine's clock is near today."""
    directory = tmp_path_factory.mktemp("tls")
    certificate = write_certificate(directory)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(directory / "certificate.pem", directory / "key.pem")
    return Tls(server, ssl.create_default_context(cadata=certificate))


def write_certificate(directory: Path) -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(long_ago)
        .not_valid_after(long_ago + timedelta(days=36_500))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, SHA256())
    )
    pem = certificate.public_bytes(Encoding.PEM)
    (directory / "certificate.pem").write_bytes(pem)
    (directory / "key.pem").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    return pem.decode()


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
async def test_mail_and_password_travel_over_tls(tls: Tls, scheme: str) -> None:
    async with MailServer().listen(tls.server, at_once=scheme == "smtps") as server:
        url = f"{scheme}://user:right%2Fword@127.0.0.1:{server.port}"
        await SmtpSender.make(url, FROM, tls=tls.client).send(MAIL)

    assert [taken.over_tls for taken in server.taken] == [True]
    assert server.logins == [b"right/word"]


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
async def test_a_certificate_that_nobody_vouches_for_is_refused(
    tls: Tls, scheme: str
) -> None:
    async with MailServer().listen(tls.server, at_once=scheme == "smtps") as server:
        url = f"{scheme}://user:right%2Fword@127.0.0.1:{server.port}"
        with pytest.raises(UnavailableError):
            await SmtpSender.make(url, FROM).send(MAIL)

    assert server.taken == []
    assert server.logins == []


async def test_a_server_without_tls_gets_nothing() -> None:
    async with MailServer().listen() as server:
        url = f"smtp+starttls://user:right%2Fword@127.0.0.1:{server.port}"
        with pytest.raises(UnavailableError):
            await SmtpSender.make(url, FROM).send(MAIL)

    assert server.taken == []
    assert server.logins == []


async def test_a_wrong_password_can_be_put_right_later() -> None:
    async with MailServer().listen() as server:
        url = f"smtp://user:wrong@127.0.0.1:{server.port}"
        with pytest.raises(UnavailableError):
            await SmtpSender.make(url, FROM).send(MAIL)

    assert server.taken == []


@pytest.mark.parametrize(
    ("url", "port"),
    [
        ("smtp://mail.example", 25),
        ("smtp+starttls://mail.example", 587),
        ("smtps://mail.example/", 465),
        ("smtps://mail.example:2465", 2465),
    ],
)
def test_each_scheme_has_its_port(url: str, port: int) -> None:
    assert SmtpSender.make(url, FROM).port == port


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mail.example:25",
        "http://mail.example",
        "smtp://",
        "smtp://user:hunter2@mail.example",
        "smtps://user:hunter2@mail.example:port",
        "smtps://user:hunter2/@mail.example",
        "smtps://user:hunter2@mail.example/?verify=no",
    ],
)
def test_a_wrong_setting_stops_the_start_without_being_quoted(url: str) -> None:
    with pytest.raises(SettingWrongError, match="AGEGATE_SMTP_URL") as raised:
        SmtpSender.make(url, FROM)
    assert "hunter2" not in str(raised.value)
    assert raised.value.__cause__ is None


@pytest.mark.parametrize(
    "mail_from",
    ["", "agegate", "a@b.example, c@d.example", "a@b.example\r\nBcc: x@y.example"],
)
def test_a_sender_is_one_address(mail_from: str) -> None:
    with pytest.raises(SettingWrongError, match="AGEGATE_MAIL_FROM"):
        SmtpSender.make("smtp://127.0.0.1", mail_from)


def test_a_password_is_not_shown() -> None:
    sender = SmtpSender.make("smtps://user:hunter2@mail.example", FROM)

    assert "hunter2" not in repr(sender)
