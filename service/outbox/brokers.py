"""How a subscriber's broker is written in the operator's file.

``nats://host:4222/STREAM`` and ``kafka://host:9092/topic``, and what they need beside
the address in a table of its own.
"""

import re
import ssl
from importlib.util import find_spec
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult

from marshmallow import ValidationError, validates_schema
from marshmallow.validate import OneOf

from service.kit.fields import Exact, Text
from service.kit.toml_files import Section
from service.outbox.nats_credentials import Credentials
from service.outbox.subscribers import Broker

# By scheme: the package that speaks to the broker, and the extra that installs it.
PACKAGES: Final = {"nats": ("nats", "nats"), "kafka": ("aiokafka", "kafka")}

MECHANISMS: Final = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")

PREFIX: Final = re.compile(r"[A-Za-z0-9_-]{1,64}(\.[A-Za-z0-9_-]{1,64}){0,7}")
STREAM: Final = re.compile(r"[A-Za-z0-9_-]{1,255}")
TOPIC: Final = re.compile(r"[A-Za-z0-9._-]{1,249}")


class File(Exact[Path]):
    """The name of a file that is there."""

    def take(self, value: object) -> Path:
        """Return the file's path."""
        if not isinstance(value, str) or not Path(value).is_file():
            raise ValidationError("must name a file that can be read")
        return Path(value)


class CredentialsFile(File):
    """The name of a file with a NATS user's credentials."""

    def take(self, value: object) -> Path:
        """Return the file's path, once the file was understood."""
        path = super().take(value)
        try:
            Credentials.read(path)
        except (ValueError, OSError):
            raise ValidationError("must name a NATS user's .creds") from None
        return path


class Prefix(Text):
    """What the names of subjects or topics begin with."""

    def take(self, value: object) -> str:
        """Return a name of one or more parts."""
        text = super().take(value)
        if not PREFIX.fullmatch(text):
            raise ValidationError("must be parts of A-Z, a-z, 0-9, _ and -, with dots")
        return text


class BrokerSection(Section[Broker]):
    """``[subscribers.broker]``."""

    makes = Broker

    prefix = Prefix()
    user = Text()
    password = Text()
    mechanism = Text(validate=OneOf(MECHANISMS))
    token = Text()
    credentials_file = CredentialsFile()
    ca_file = File()
    certificate_file = File()
    key_file = File()

    @validates_schema
    def check_pairs(self, values: dict[str, object], **_: object) -> None:
        """Refuse half of a pair, and files that hold no certificate."""
        for one, other in (("user", "password"), ("certificate_file", "key_file")):
            if (one in values) != (other in values):
                missing = other if one in values else one
                raise ValidationError("is needed as well", missing)
        try:
            broker = Broker(
                **{name: values.get(name) for name in _FILES}  # type: ignore[arg-type]
            )
            tls_context(broker)
        except (OSError, ssl.SSLError):
            raise ValidationError("must be certificates in PEM", "ca_file") from None


_FILES: Final = ("ca_file", "certificate_file", "key_file")


def tls_context(broker: Broker) -> ssl.SSLContext:
    """Return how a broker's certificate is verified, and ours is shown."""
    context = ssl.create_default_context(cafile=broker.ca_file)
    if broker.certificate_file is not None:
        context.load_cert_chain(broker.certificate_file, broker.key_file)
    return context


def misfit(scheme: str, broker: Broker) -> str | None:
    """Return what is wrong with *broker* for an address of this kind."""
    if scheme not in PACKAGES:
        return "is for the addresses of brokers: nats and kafka"
    if scheme == "kafka" and (broker.token or broker.credentials_file):
        return "has a token or credentials, which are for nats alone"
    return None


def mistake_in(parts: SplitResult, *, private: bool) -> str | None:
    """Return what is wrong with a broker's address, whose host is right."""
    package, extra = PACKAGES[parts.scheme]
    name = parts.path.removeprefix("/")
    if find_spec(package) is None:
        return f"needs an extra that is not installed: agegate[{extra}]"
    if parts.query:
        return "must not hold a query"
    match parts.scheme:
        case "nats" if not STREAM.fullmatch(name):
            return "must end in the name of a stream: nats://host:4222/STREAM"
        case "kafka" if name and not TOPIC.fullmatch(name):
            return "must end in the name of a topic, or in none"
        case "kafka" if not private:
            return (
                "is the first of several that its brokers name: "
                "allow_private must be true, to trust them"
            )
        case _:
            return None
