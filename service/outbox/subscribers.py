"""Who is told of which events, and why they may be."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from service.domain.events import Event, is_among
from service.domain.obligations import Means
from service.domain.profiles import LegalGround, PolicyProfile
from service.domain.regions import lies_in
from service.kit.outbound import Inside, Network
from service.kit.toml_files import FileMistake

RETRY_HOURS: Final = 72


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """What a broker needs beside its address.

    *prefix* begins the names of its subjects or topics; *mechanism* is how Kafka takes
    a password; *ca_file* holds the authorities that the broker's certificate is
    verified by, in place of the system's.
    """

    prefix: str = "agegate"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    mechanism: str = "PLAIN"
    token: str | None = field(default=None, repr=False)
    credentials_file: Path | None = None
    ca_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """One service that is told of events, and how it is reached.

    *types* are names of events, or families like ``registration.*``. *retry_hours* is
    how long a failing event is tried before it is a dead letter; *parallelism* how
    many events are under way to it at once, each of another subject. Of two *secrets*
    the second is the old one, good till *overlap_until*. *acknowledges* says whether
    taking an erasure is enough, or the subscriber tells later that it has erased.
    """

    name: str
    url: str
    secrets: tuple[bytes, ...] = field(repr=False)
    types: tuple[str, ...]
    apps: tuple[str, ...]
    legal_ground: LegalGround
    region: str
    transfer_mechanism: str | None = None
    timeout_seconds: float = 15
    retry_hours: int = RETRY_HOURS
    parallelism: int = 8
    allow_insecure: bool = False
    allow_private: bool = False
    allowed_networks: tuple[Network, ...] = ()
    overlap_until: datetime | None = None
    acknowledges: Means | None = None
    broker: Broker = Broker()

    @property
    def inside(self) -> Inside:
        """Return which of our own networks it may lie in."""
        return True if self.allow_private else self.allowed_networks

    @property
    def is_broker(self) -> bool:
        """Tell whether events go to a broker, which takes them on its behalf."""
        return urlsplit(self.url).scheme not in {"https", "http"}

    @property
    def acknowledges_by_delivery(self) -> bool:
        """Tell whether taking an event acknowledges it; a broker can't do that."""
        return not self.is_broker and self.acknowledges is not Means.REQUEST

    def secrets_at(self, now: datetime) -> tuple[bytes, ...]:
        """Return what events are signed with: the old secret till the overlap ends."""
        over = self.overlap_until is not None and now >= self.overlap_until
        return self.secrets[:1] if over else self.secrets

    def wants(self, event: Event) -> bool:
        """Tell whether this type of event of this app was subscribed to."""
        return event.app in self.apps and is_among(event.type, self.types)

    def may_have(self, region: str) -> bool:
        """Tell whether data that stays in *region* may come here (TM-13, TQ-4)."""
        return lies_in(self.region, region) or self.transfer_mechanism is not None


@dataclass(frozen=True, slots=True)
class Subscribers:
    """Every subscriber, and the region that each app's data stays in."""

    every: tuple[Subscriber, ...]
    regions: Mapping[str, str]

    def apps_of(self, subscriber: Subscriber) -> list[str]:
        """Return the apps whose data may come to *subscriber*."""
        return [
            app
            for app in subscriber.apps
            if app in self.regions and subscriber.may_have(self.regions[app])
        ]

    def entitled(self, event: Event) -> tuple[Subscriber, ...]:
        """Return who is told of *event*; of an app of no known region, nobody."""
        region = self.regions.get(event.app)
        if region is None:
            return ()
        return tuple(
            one for one in self.every if one.wants(event) and one.may_have(region)
        )


def check(
    subscribers: Collection[Subscriber],
    profiles: Mapping[str, PolicyProfile],
    *,
    file: str = "",
) -> list[FileMistake]:
    """Return what is wrong between subscribers and the operators' profiles."""
    mistakes = []
    for one in subscribers:
        for app in one.apps:
            profile = profiles.get(app)
            if profile is None:
                key, what = "apps", f"there is no app {app}"
            elif not one.may_have(profile.region):
                key = "transfer_mechanism"
                what = f"the data of {app} stays in {profile.region} without one"
            else:
                continue
            mistakes.append(FileMistake(file, f"subscribers.{one.name}.{key}", what))
    return mistakes
