"""How an event reaches a subscriber: a small port, chosen by the address's scheme."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Protocol
from urllib.parse import urlsplit
from uuid import UUID

from service.domain.retries import LONGEST_ASKED
from service.outbox.subscribers import Subscriber


class Outcome(StrEnum):
    """What came of an attempt."""

    DELIVERED = "delivered"
    REFUSED = "refused"
    TIMED_OUT = "timed_out"
    UNREACHABLE = "unreachable"
    FAULT = "fault"


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """An event as it leaves: *body* is its JSON, *headers* its type and signatures.

    The other fields are what a broker routes by; they stand in the body as well.
    """

    event_id: UUID
    subject_id: UUID
    app: str
    type: str
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """The subscriber, or the broker on its behalf, has the event for good."""

    status: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """It has not; *status* and *retry_after* as an HTTP answer had them.

    Never the answer's body, which is not ours to keep.
    """

    outcome: Outcome
    status: int | None = None
    retry_after: str | None = None


class Transport(Protocol):
    """Carries one event to one subscriber."""

    async def deliver(
        self, subscriber: Subscriber, envelope: Envelope
    ) -> Delivered | Failed:
        """Send *envelope*, and return what came of it; the caller bounds the time."""
        ...


@dataclass(frozen=True, slots=True)
class ByScheme:
    """Every transport there is, by the schemes of the addresses it reaches."""

    transports: Mapping[str, Transport]

    async def deliver(
        self, subscriber: Subscriber, envelope: Envelope
    ) -> Delivered | Failed:
        """Send *envelope* by the transport of the subscriber's address."""
        transport = self.transports.get(urlsplit(subscriber.url).scheme)
        if transport is None:
            return Failed(outcome=Outcome.UNREACHABLE)
        return await transport.deliver(subscriber, envelope)


def read_retry_after(text: str | None, *, now: datetime) -> timedelta | None:
    """Return what a Retry-After header asks for (RFC 9110): seconds or an instant."""
    if text is None:
        return None
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:9]), LONGEST_ASKED.total_seconds()))
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    aware = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(aware - now, timedelta(0))
