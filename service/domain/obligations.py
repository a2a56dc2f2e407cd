"""Events that everybody who is told must acknowledge: erasures and withdrawals (TM-9).

Such an event opens an *obligation*. It is closed when every subscriber that was told
has acknowledged it, and ends in a certificate.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from service.domain.events import EventType
from service.domain.profiles import AppName

OBLIGING: Final = frozenset({EventType.ACCOUNT_ERASED, EventType.CONSENT_WITHDRAWN})
"""What must be acknowledged."""

OVERDUE_AFTER: Final = timedelta(hours=24)

OVERDUE: Final = {EventType.ACCOUNT_ERASED: EventType.ACCOUNT_ERASURE_OVERDUE}
"""What is told when that has not happened in time."""


class Means(StrEnum):
    """How an acknowledgement comes: by taking the event, or by a request later.

    Or not at all: an operator *releases* who is no longer there to give one.
    """

    DELIVERY = "delivery"
    REQUEST = "request"
    RELEASE = "release"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """What *subscriber* owes, and how and when it came."""

    subscriber: str
    at: datetime | None = None
    means: Means | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """An event that must be acknowledged, by whom, and how far that is.

    *signature* is made over the certificate, by the key called *key_id*.
    """

    event_id: UUID
    app: AppName
    subject_id: UUID
    event_type: EventType
    opened_at: datetime
    overdue_at: datetime | None = None
    closed_at: datetime | None = None
    key_id: str | None = None
    signature: bytes | None = None
    acknowledgements: tuple[Acknowledgement, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """Return who has not acknowledged yet."""
        return tuple(one.subscriber for one in self.acknowledgements if one.at is None)


def certificate(done: Obligation) -> bytes:
    """Return what is signed: who acknowledged which event when, in canonical JSON.

    The keys are sorted and nothing is spaced (RFC 8785), so that it is the same bytes
    whenever it is made again.
    """
    facts = {
        "event_id": str(done.event_id),
        "event_type": done.event_type.value,
        "app": done.app,
        "subject": str(done.subject_id),
        "opened_at": _instant(done.opened_at),
        "closed_at": _instant(done.closed_at),
        "acknowledgements": [
            {
                "subscriber": one.subscriber,
                "at": _instant(one.at),
                "means": one.means,
            }
            for one in sorted(done.acknowledgements, key=lambda one: one.subscriber)
        ],
    }
    return json.dumps(
        facts, ensure_ascii=False, separators=(",", ":"), sort_keys=True
    ).encode()


def _instant(at: datetime | None) -> str | None:
    if at is None:
        return None
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
