"""The JSON of recovery codes."""

from collections.abc import Sequence

from service.kit.times import instant
from service.mfa.recovery_codes.store import Codes


def show_new(codes: Sequence[str]) -> dict[str, object]:
    """Return codes that have just been made: the only time that they are shown."""
    return {"recovery_codes": [*codes]}


def show(codes: Codes | None) -> dict[str, object]:
    """Return how many codes are left, and since when."""
    if codes is None:
        return {"left": 0}
    return {"left": codes.unused, "made_at": instant(codes.made_at)}
