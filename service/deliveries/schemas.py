"""The JSON of deliveries, for the terminal and for HTTP."""

from datetime import datetime

from service.domain.obligations import Obligation
from service.kit.times import instant
from service.outbox.desk import Line, Shown


def line(one: Line) -> dict[str, object]:
    """Return one event and one subscriber."""
    return {
        "event_id": str(one.event_id),
        "type": one.type,
        "app": one.app,
        "subject": str(one.subject_id),
        "sequence": one.sequence,
        "occurred_at": instant(one.occurred_at),
        "subscriber": one.subscriber,
        "state": one.state,
        "attempts": one.attempts,
        "last_status": one.last_status,
        "due_at": _instant(one.due_at),
        "delivered_at": _instant(one.delivered_at),
    }


def show(shown: Shown) -> dict[str, object]:
    """Return an event and where it stands; what it tells is null once it has gone."""
    event, opened = shown.event, shown.obligation
    return {
        "data": None if event is None else event.data,
        "deliveries": [line(one) for one in shown.lines],
        "obligation": (
            None if opened is None else obligation(opened, genuine=shown.genuine)
        ),
    }


def obligation(one: Obligation, *, genuine: bool) -> dict[str, object]:
    """Return who must acknowledge an event, and how far that is."""
    return {
        "type": one.event_type,
        "opened_at": instant(one.opened_at),
        "overdue_at": _instant(one.overdue_at),
        "closed_at": _instant(one.closed_at),
        "acknowledgements": [
            {
                "subscriber": each.subscriber,
                "acknowledged_at": _instant(each.at),
                "means": each.means,
            }
            for each in one.acknowledgements
        ],
        "certificate": (
            None
            if one.signature is None
            else {
                "key_id": one.key_id,
                "signature": one.signature.hex(),
                "genuine": genuine,
            }
        ),
    }


def _instant(at: datetime | None) -> str | None:
    return None if at is None else instant(at)
