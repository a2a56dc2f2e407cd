"""How an event reaches a subscriber: a port, and webhooks behind it."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Final, Protocol

from aiohttp import ClientError, ClientSession

from service.domain.retries import LONGEST_ASKED
from service.kit.outbound import open_session
from service.outbox.subscribers import Subscriber

SUCCESS: Final = range(200, 300)


class Outcome(StrEnum):
    """What came of an attempt."""

    DELIVERED = "delivered"
    REFUSED = "refused"
    TIMED_OUT = "timed_out"
    UNREACHABLE = "unreachable"
    FAULT = "fault"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a subscriber said: never its body, which is not ours to keep."""

    outcome: Outcome
    status: int | None = None
    retry_after: str | None = None


class Transport(Protocol):
    """Carries one event to one subscriber."""

    async def send(
        self, subscriber: Subscriber, body: bytes, headers: Mapping[str, str]
    ) -> Answer:
        """Send *body*, and return what came of it; the caller bounds the time."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookTransport:
    """POSTs events. Only 2xx is a success; a redirect is not followed.

    *public* reaches public addresses alone, *private* our own networks as well.
    """

    public: ClientSession
    private: ClientSession

    async def send(
        self, subscriber: Subscriber, body: bytes, headers: Mapping[str, str]
    ) -> Answer:
        """POST *body* to the subscriber's address."""
        session = self.private if subscriber.allow_private else self.public
        try:
            async with session.post(
                subscriber.url,
                data=body,
                headers=headers,
                allow_redirects=False,
            ) as response:
                taken = response.status in SUCCESS
                return Answer(
                    outcome=Outcome.DELIVERED if taken else Outcome.REFUSED,
                    status=response.status,
                    retry_after=response.headers.get("Retry-After"),
                )
        except TimeoutError:
            return Answer(outcome=Outcome.TIMED_OUT)
        except (ClientError, OSError):
            return Answer(outcome=Outcome.UNREACHABLE)


@asynccontextmanager
async def open_webhooks() -> AsyncGenerator[WebhookTransport]:
    """Yield the transport that production uses, and close it afterwards."""
    async with open_session() as public, open_session(private=True) as private:
        yield WebhookTransport(public=public, private=private)


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
