"""A subscriber to everything, delivered to like any other: over HTTP, and signed.

It shows what a subscriber has to do: verify the signature and its time (Standard
Webhooks), and take an event that comes twice once.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, cast

from service.dev.clock import DevClock
from service.dev.journal import Entry, Journal
from service.domain.events import EventType
from service.domain.profiles import LegalGround
from service.kit.times import instant
from service.outbox.subscribers import Subscriber

NAME: Final = "dev-receiver"
PATH: Final = "/dev/receiver"


class NotOursError(Exception):
    """The event was not signed with the subscriber's secret, or not just now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Takes the events that are sent to its address, and keeps those it can trust."""

    events: Journal
    clock: DevClock
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def as_subscriber(self, origin: str, apps: Collection[str]) -> Subscriber:
        """Return the subscriber that is entitled to every event of *apps*."""
        return Subscriber(
            name=NAME,
            url=origin + PATH,
            secrets=(self.secret,),
            types=tuple(EventType),
            apps=tuple(apps),
            legal_ground=LegalGround.LEGITIMATE_INTERESTS,
            region="",
            transfer_mechanism="events stay on this machine",
            allow_insecure=True,
            allow_private=True,
        )

    def take(self, headers: Mapping[str, str], body: bytes) -> None:
        """Keep the event in *body*, or raise NotOursError."""
        event_id = headers.get("webhook-id", "")
        timestamp = headers.get("webhook-timestamp", "")
        given = headers.get("webhook-signature", "").split()
        content = f"{event_id}.{timestamp}.".encode() + body
        digest = hmac.digest(self.secret, content, hashlib.sha256)
        wanted = f"v1,{base64.b64encode(digest).decode()}".encode()
        if not any(hmac.compare_digest(one.encode(), wanted) for one in given):
            raise NotOursError
        if not self.clock.showed(datetime.fromtimestamp(int(timestamp), UTC)):
            raise NotOursError
        event = cast("Entry", json.loads(body))
        taken_at = instant(self.clock.now())
        self.events.add({**event, "verified": True, "received_at": taken_at})
