"""How subscribers are written in the operator's TOML file."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Final
from urllib.parse import urlsplit

from marshmallow import ValidationError, fields, validates_schema
from marshmallow.validate import Length, OneOf

from service.domain.events import EventType, family_of
from service.domain.obligations import Means
from service.domain.profiles import LegalGround
from service.kit.fields import Exact, Flag, Moment, Name, Text, Whole
from service.kit.outbound import Inside, Network, is_inside
from service.kit.toml_files import Section
from service.outbox.addresses import mistake_in
from service.outbox.brokers import PACKAGES, BrokerSection, misfit
from service.outbox.signing import read_secret
from service.outbox.subscribers import RETRY_HOURS, Broker, Subscriber

REGION: Final = re.compile(r"[A-Z]{2}|EEA")

TYPES: Final = frozenset(EventType) | {f"{family_of(one)}.*" for one in EventType}


class Secret(Exact[bytes]):
    """A signing key, ``whsec_`` and base64."""

    def take(self, value: object) -> bytes:
        """Return the key."""
        try:
            return read_secret(value if isinstance(value, str) else "")
        except ValueError as error:
            raise ValidationError(str(error)) from None


class Type(Text):
    """The name of an event, or of a family of them."""

    def take(self, value: object) -> str:
        """Return a name that is on the page of events."""
        text = super().take(value)
        if text not in TYPES:
            raise ValidationError("must be an event like account.opened, or account.*")
        return text


class Region(Text):
    """Where a subscriber keeps what it is told."""

    def take(self, value: object) -> str:
        """Return a country, or a region of several."""
        text = super().take(value)
        if not REGION.fullmatch(text):
            raise ValidationError("must be a country (ISO 3166-1), EU or EEA")
        return text


class NetworkField(Exact[Network]):
    """One of our own networks."""

    def take(self, value: object) -> Network:
        """Return a network that lies in a private one."""
        try:
            network = ip_network(value if isinstance(value, str) else "")
        except ValueError:
            raise ValidationError("must be a network, such as 10.2.0.0/16") from None
        if not is_inside(network):
            raise ValidationError("must lie in a private network; others need no leave")
        return network


def _between(least: int, most: int) -> Callable[[int], None]:
    def check(number: int) -> None:
        if not least <= number <= most:
            raise ValidationError(f"must be {least} to {most}")

    return check


class SubscriberSection(Section[Subscriber]):
    """``[[subscribers]]``."""

    makes = Subscriber

    name = Name(required=True)
    url = Text(required=True)
    secrets = fields.List(Secret(), required=True, validate=Length(1, 2))
    types = fields.List(Type(), required=True, validate=Length(1))
    apps = fields.List(Text(), required=True, validate=Length(1))
    legal_ground = fields.Enum(LegalGround, by_value=Text, required=True)
    region = Region(required=True)
    transfer_mechanism = Text()
    timeout_seconds = Whole(validate=_between(1, 60))
    retry_hours = Whole(validate=_between(RETRY_HOURS, 24 * 30))
    parallelism = Whole(validate=_between(1, 64))
    allow_insecure = Flag()
    allow_private = Flag()
    allowed_networks = fields.List(NetworkField(), validate=Length(1))
    overlap_until = Moment()
    acknowledges = fields.Enum(
        Means, by_value=Text, validate=OneOf((Means.DELIVERY, Means.REQUEST))
    )
    broker = fields.Nested(BrokerSection)

    @validates_schema(skip_on_field_errors=False)
    def check_rotation(self, values: dict[str, object], **_: object) -> None:
        """Refuse an overlap of nothing, and a secret that does not change."""
        secrets = values.get("secrets")
        if not isinstance(secrets, list):
            return
        if "overlap_until" in values and len(secrets) != _ROTATING:
            raise ValidationError(
                "needs two secrets: the new, the old", "overlap_until"
            )
        if len(set(secrets)) != len(secrets):
            raise ValidationError("the new one is the old one", "secrets")

    @validates_schema(skip_on_field_errors=False)
    def check_acknowledging(self, values: dict[str, object], **_: object) -> None:
        """Refuse to take a broker's word for what is behind it."""
        url, by_delivery = values.get("url"), values.get("acknowledges")
        if not isinstance(url, str) or by_delivery is not Means.DELIVERY:
            return
        if url.partition(":")[0] in PACKAGES:
            what = "must be request: a broker does not know who has read an event"
            raise ValidationError(what, "acknowledges")

    @validates_schema(skip_on_field_errors=False)
    def check_networks(self, values: dict[str, object], **_: object) -> None:
        """Refuse to let in some where all are let in."""
        if values.get("allow_private") and values.get("allowed_networks"):
            raise ValidationError("says less than allow_private", "allowed_networks")

    @validates_schema(skip_on_field_errors=False)
    def check_url(self, values: dict[str, object], **_: object) -> None:
        """Refuse an address that events must not or can't be sent to."""
        url = values.get("url")
        if isinstance(url, str):
            insecure = bool(values.get("allow_insecure"))
            private = _inside(values)
            mistake = mistake_in(url, insecure=insecure, private=private)
            if mistake:
                raise ValidationError(mistake, "url")
            broker = values.get("broker")
            if isinstance(broker, Broker):
                mistake = misfit(urlsplit(url).scheme, broker)
                if mistake:
                    raise ValidationError(mistake, "broker")


_ROTATING: Final = 2


def _inside(values: Mapping[str, object]) -> Inside:
    networks = values.get("allowed_networks")
    if values.get("allow_private"):
        return True
    return tuple(networks) if isinstance(networks, list) else ()


@dataclass(frozen=True, slots=True)
class SubscribersFile:
    """The file of subscribers as it is written."""

    subscribers: tuple[Subscriber, ...] = ()


class SubscribersSection(Section[SubscribersFile]):
    """The file as a whole."""

    makes = SubscribersFile

    subscribers = fields.List(fields.Nested(SubscriberSection))
