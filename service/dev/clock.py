"""The one clock that every decision uses, and that can be moved forwards."""

import json
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from service.kit import private_files
from service.kit.clock import SystemClock

AROUND: Final = timedelta(minutes=5)


class DevClock:
    """The machine's clock and an offset, which a file keeps over restarts."""

    def __init__(self, file: Path) -> None:
        """Go on from where *file* says, or begin with the machine's time."""
        self._file = file
        self._machine = SystemClock()
        self._offset = timedelta()
        if file.exists():
            kept = json.loads(file.read_text())
            self._offset = timedelta(seconds=kept["offset_seconds"])
        self._left: list[tuple[float, timedelta]] = []

    def now(self) -> datetime:
        """Return the current time, aware, in UTC."""
        return self._machine.now() + self._offset

    def keep(self, to: datetime) -> None:
        """Have a restart begin at *to*: written before anything is done by then."""
        offset = to - self._machine.now()
        body = json.dumps({"offset_seconds": offset.total_seconds()})
        private_files.replace(self._file, body)

    def move(self, to: datetime) -> None:
        """Show *to* from now on, unless that is over already: never go back."""
        moved_at = time.monotonic()
        recent = moved_at - AROUND.total_seconds()
        self._left = [one for one in self._left if one[0] > recent]
        self._left.append((moved_at, self._offset))
        self._offset = max(self._offset, to - self._machine.now())

    def showed(self, at: datetime) -> bool:
        """Tell whether the clock showed *at* within the last five minutes.

        The minutes are the machine's: what was signed just before the clock was moved
        is no older for it.
        """
        recent = time.monotonic() - AROUND.total_seconds()
        offsets = [offset for left_at, offset in self._left if left_at > recent]
        machine = self._machine.now()
        return any(
            abs(machine + offset - at) <= AROUND for offset in (self._offset, *offsets)
        )
