"""Where an account is, as it is shown."""

from dataclasses import dataclass

from service.moves.store import Move


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an account is, and where it is to go, if it waits for that."""

    country: str | None
    waiting: Move | None
