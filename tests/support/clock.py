"""Time as the tests want it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass
class StoppedClock:
    """A clock that moves only when told to."""

    time: datetime = datetime(2026, 11, 22, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def advance(self, by: timedelta) -> None:
        self.time += by
