"""The JSON of an event: CloudEvents 1.0, structured mode."""

import json
from collections.abc import Mapping
from datetime import UTC
from typing import Final
from uuid import UUID

from service.domain.events import Event
from service.outbox.store import Kept

CONTENT_TYPE: Final = "application/cloudevents+json; charset=utf-8"


def data_of(event: Event) -> Mapping[str, object]:
    """Return the event's ``data``: every key is always there, null when unknown."""
    return {
        "app": event.app,
        "cause": event.cause,
        "actor": {"type": event.actor.kind, "ref": _text(event.actor.ref)},
        "before": event.before,
        "after": event.after,
        "policy_version": event.policy_version,
        "legal_ground": event.legal_ground,
        "purposes": list(event.purposes),
        "assurance": event.assurance,
        "age_band": event.age_band,
        "receipt_id": _text(event.receipt_id),
    }


def seal(event: Kept, *, base_url: str) -> bytes:
    """Return what a subscriber reads; the same on each attempt."""
    told = cloud_event(event, base_url=base_url)
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def cloud_event(event: Kept, *, base_url: str) -> dict[str, object]:
    """Return the event as CloudEvents have it.

    *sequence* counts the subject's events from 1, padded so that it sorts as text
    (CloudEvents' sequence extension). A subscriber to some types sees gaps in it.
    """
    occurred = event.occurred_at.astimezone(UTC).isoformat(timespec="microseconds")
    return {
        "specversion": "1.0",
        "id": str(event.event_id),
        "source": f"{base_url}/apps/{event.app}",
        "type": event.type,
        "subject": str(event.subject_id),
        "time": occurred.replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "sequence": f"{event.sequence:010}",
        "sequencetype": "Integer",
        "data": event.data,
    }


def _text(identifier: UUID | None) -> str | None:
    return None if identifier is None else str(identifier)
