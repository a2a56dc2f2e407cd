"""What came in lately, each entry once, kept in a file over restarts."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final, TypeAlias, cast

from service.kit import private_files

Entry: TypeAlias = Mapping[str, object]

ROOM: Final = 500


class Journal:
    """The newest entries, known by their ``id``; a file holds one a line."""

    def __init__(self, file: Path, *, room: int = ROOM) -> None:
        """Read what *file* holds; a line that was cut short by a kill is left out."""
        self._file = file
        self._room = room
        self._entries: dict[str, Entry] = {}
        self._lines = 0
        lines = file.read_text().splitlines() if file.exists() else []
        for line in lines:
            try:
                self._take(cast("Entry", json.loads(line)))
            except ValueError:
                continue
        self._write_all()

    def add(self, entry: Entry) -> None:
        """Keep *entry*, unless one with its id is there already."""
        if entry["id"] in self._entries:
            return
        self._take(entry)
        if self._lines > 2 * self._room:
            self._write_all()
            return
        with self._file.open("a") as file:
            file.write(_line(entry))
        self._lines += 1

    def newest_first(self) -> list[Entry]:
        """Return every entry that is still here."""
        return [*reversed(self._entries.values())]

    def find(self, entry_id: str) -> Entry | None:
        """Return the entry of that id, or None."""
        return self._entries.get(entry_id)

    def _take(self, entry: Entry) -> None:
        self._entries[str(entry["id"])] = entry
        if len(self._entries) > self._room:
            self._entries.pop(next(iter(self._entries)))

    def _write_all(self) -> None:
        private_files.replace(self._file, "".join(map(_line, self._entries.values())))
        self._lines = len(self._entries)


def _line(entry: Entry) -> str:
    return json.dumps(entry) + "\n"
