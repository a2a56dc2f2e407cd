"""Sessions as their holder reads them."""

from uuid import UUID

from service.kit.times import instant
from service.sessions.store import Listed


def show(one: Listed, *, current: UUID | None = None) -> dict[str, object]:
    """Return a session in a list; *current* is the one that asks."""
    shown: dict[str, object] = {
        "session_id": str(one.session_id),
        "kind": one.kind,
        "aal": one.aal,
        "opened_at": instant(one.opened_at),
        "last_used_at": instant(one.last_used_at),
        "expires_at": instant(one.expires_at),
    }
    if current is not None:
        shown["current"] = one.session_id == current
    if one.device.name is not None:
        shown["device"] = one.device.name
    if one.device.country is not None:
        shown["country"] = one.device.country
    return shown
