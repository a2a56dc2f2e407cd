"""How brokers are written in the file of subscribers, and what is wrong there."""

import subprocess
import sys
from pathlib import Path

import pytest

from service.outbox.brokers import tls_context
from service.outbox.reader import read_file
from service.outbox.subscribers import Broker, Subscribers
from service.outbox.transport import ByScheme
from service.outbox.transports import open_transports
from tests.outbox.support import subscriber
from tests.outbox.test_reader import WHOLE, Write, mistakes_in
from tests.outbox.test_transport import make_certificate
from tests.support.processes import CLEAN, ROOT

HTTPS = 'url = "https://rights.example/hooks/agegate"'

# A Python in which one package can't be found, as where an extra is not installed.
WITHOUT = """
import sys
sys.modules[sys.argv.pop(1)] = None
from service.__main__ import main
main(prog_name="agegate")
"""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(text: str) -> Path:
        path = tmp_path / "subscribers.toml"
        path.write_text(text)
        return path

    return written


def at(url: str, *lines: str, broker: str = "") -> str:
    """Return the file with a subscriber at *url*."""
    table = f"[subscribers.broker]\n{broker}" if broker else ""
    return "\n".join([WHOLE.replace(HTTPS, f'url = "{url}"'), *lines, table])


def test_a_broker_is_read(write: Write, tmp_path: Path) -> None:
    pem = make_certificate(tmp_path)
    keys = f"""
        prefix = "prod.age"
        user = "agegate"
        password = "violin-harbour"
        ca_file = "{pem}"
        certificate_file = "{pem}"
        key_file = "{pem}"
        """
    (read,) = read_file(write(at("nats://nats.example/EVENTS", broker=keys)))
    assert read.url == "nats://nats.example/EVENTS"
    assert read.broker == Broker(
        prefix="prod.age",
        user="agegate",
        password="violin-harbour",
        ca_file=pem,
        certificate_file=pem,
        key_file=pem,
    )
    assert "violin" not in repr(read)
    assert tls_context(read.broker).check_hostname

    (read,) = read_file(write(at("kafka://kafka.example:9093", "allow_private = true")))
    assert read.broker == Broker()


@pytest.mark.parametrize(
    ("url", "broker", "key", "words"),
    [
        ("nats://nats.example", "", "url", "the name of a stream"),
        ("nats://nats.example/A.B", "", "url", "the name of a stream"),
        ("nats://nats.example/EVENTS?a=1", "", "url", "a query"),
        ("nats://user:pass@nats.example/EVENTS", "", "url", "a user"),
        ("nats://127.0.0.1/EVENTS", "", "url", "our own networks"),
        ("kafka://kafka.example", "", "url", "allow_private must be true"),
        ("kafka://kafka.example/a/b", "", "url", "the name of a topic"),
        ("amqp://rabbit.example/x", "", "url", "nats or kafka"),
        ("https://rights.example", 'user = "a"', "broker.password", "needed as well"),
        ("https://rights.example", 'token = "a"', "broker", "the addresses of brokers"),
        ("nats://n.example/E", 'key_file = "/etc/hostname"', None, "needed as well"),
        ("nats://n.example/E", 'ca_file = "/nowhere"', "broker.ca_file", "name a file"),
        (
            "nats://n.example/E",
            'credentials_file = "/etc/hostname"',
            "broker.credentials_file",
            "a NATS user's .creds",
        ),
        ("nats://n.example/E", 'prefix = "a..b"', "broker.prefix", "must be parts"),
        ("nats://n.example/E", 'colour = "red"', "broker.colour", "Unknown field"),
        (
            "nats://n.example/E",
            'user = "a"\npassword = "b"\nmechanism = "GSSAPI"',
            "broker.mechanism",
            "Must be one of",
        ),
    ],
)
def test_a_mistake_is_named(
    write: Write,
    url: str,
    broker: str,
    key: str | None,
    words: str,
) -> None:
    ((found, what),) = mistakes_in(write(at(url, broker=broker)))
    assert words in what
    assert found == f"subscribers.rights.{key or 'broker.certificate_file'}"


def test_certificates_that_are_none_are_a_mistake(
    write: Write,
    tmp_path: Path,
) -> None:
    (tmp_path / "none.pem").write_text("nothing")
    broker = f'ca_file = "{tmp_path / "none.pem"}"'
    ((key, what),) = mistakes_in(write(at("nats://n.example/E", broker=broker)))
    assert key == "subscribers.rights.broker.ca_file"
    assert what == "must be certificates in PEM"


def test_kafka_takes_no_token(write: Write) -> None:
    text = at("kafka://k.example", "allow_private = true", broker='token = "a"')
    ((key, what),) = mistakes_in(write(text))
    assert key == "subscribers.rights.broker"
    assert what == "has a token or credentials, which are for nats alone"


@pytest.mark.parametrize(
    ("url", "package", "extra"),
    [
        ("nats://nats.example/EVENTS", "nats", "agegate[nats]"),
        ("kafka://kafka.example", "aiokafka", "agegate[kafka]"),
    ],
)
def test_an_extra_that_is_not_installed_is_named_at_check_time(
    write: Write,
    url: str,
    package: str,
    extra: str,
) -> None:
    file = write(at(url, "allow_private = true"))

    checked = subprocess.run(
        [sys.executable, "-c", WITHOUT, package, "subscribers", "check", file],
        capture_output=True,
        check=False,
        cwd=ROOT,
        env=CLEAN,
        text=True,
    )

    assert checked.returncode == 1
    assert checked.stderr == (
        "subscribers.toml: subscribers.rights.url: "
        f"needs an extra that is not installed: {extra}\n"
    )


async def test_only_what_is_named_is_opened() -> None:
    urls = ["nats://127.0.0.1/EVENTS", "kafka://127.0.0.1"]
    brokers = Subscribers(tuple(subscriber(url=url) for url in urls), {})
    for named, schemes in (
        (Subscribers((), {}), {"http", "https"}),
        (brokers, {"http", "https", "kafka", "nats"}),
    ):
        async with open_transports(named) as transport:
            assert isinstance(transport, ByScheme)
            assert set(transport.transports) == schemes
