"""The catalogue of events, as receivers and their authors read it."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Final, TypeAlias, cast
from uuid import UUID

from service.domain.event_types import EVENT_TYPES
from service.domain.events import EventType
from service.outbox.envelope import data_of, seal
from service.outbox.event_schemas import schema_of
from service.outbox.store import Delivery

Entry: TypeAlias = Mapping[str, object]

EXAMPLE_ID: Final = UUID("01a20320-a200-71a0-b8e2-df8df2341b4c")
EXAMPLE_TIME: Final = datetime(2026, 11, 22, 12, tzinfo=UTC)


def example_of(
    event_type: EventType,
    *,
    base_url: str,
    event_id: UUID = EXAMPLE_ID,
    subject_id: UUID | None = None,
    sequence: int = 1,
    at: datetime = EXAMPLE_TIME,
) -> bytes:
    """Return an event of this type, made as any other is made."""
    event = EVENT_TYPES[event_type].example
    event = replace(event, subject_id=subject_id or event.subject_id)
    delivery = Delivery(
        event_id=event_id,
        subject_id=event.subject_id,
        sequence=sequence,
        app=event.app,
        type=event.type,
        data=data_of(event),
        occurred_at=at,
        attempts=1,
        first_attempt_at=at,
    )
    return seal(delivery, base_url=base_url)


def entry_of(event_type: EventType, *, base_url: str) -> Entry:
    """Return what is to be known of one type: words, schema and example."""
    told = EVENT_TYPES[event_type]
    return {
        "type": event_type.value,
        "summary": told.summary,
        "description": told.more,
        "schema": schema_of(event_type),
        "example": cast("Entry", json.loads(example_of(event_type, base_url=base_url))),
    }


@cache
def catalogue(base_url: str) -> str:
    """Return every type of event as JSON; *base_url* stands in the examples' source."""
    entries = [entry_of(one, base_url=base_url) for one in EventType]
    return json.dumps({"event_types": entries}, ensure_ascii=False)
