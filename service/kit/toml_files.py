"""Files that an operator writes in TOML: all of one right, or every mistake named.

Unknown keys are refused; a key that is left out has the default of the type that the
table becomes. No mistake repeats a value: it could be a secret.
"""

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Generic, TypeVar, cast

from marshmallow import RAISE, Schema, ValidationError, post_load

T = TypeVar("T")

_NAMED_BY: Final = ("name", "id", "version")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class FileMistake:
    """Something wrong in a file: in which, at which dotted key, and what."""

    file: str
    key: str
    what: str

    def __str__(self) -> str:
        """Return one line for the operator."""
        return ": ".join(part for part in (self.file, self.key, self.what) if part)


class FilesWrong(Exception):  # noqa: N818 -- an operator's mistakes, not a fault
    """The files can't be used as they are; *mistakes* names everything wrong."""

    def __init__(self, mistakes: Collection[FileMistake]) -> None:
        """Name every mistake, one a line."""
        super().__init__("\n".join(str(mistake) for mistake in mistakes))
        self.mistakes = tuple(mistakes)


class Section(Schema, Generic[T]):
    """A table of a file and the type it becomes."""

    makes: type[T]

    class Meta:
        """Refuse what is not known."""

        unknown = RAISE

    @post_load
    def make(self, values: Mapping[str, object], **_: object) -> T:
        """Return the table as a value; lists become tuples."""
        return self.makes(**{key: _frozen(value) for key, value in values.items()})


def _frozen(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def read_table(path: Path) -> dict[str, object]:
    """Return what stands in the file at *path*, or raise FilesWrong."""
    try:
        return tomllib.loads(path.read_bytes().decode())
    except (OSError, UnicodeDecodeError):
        raise FilesWrong([FileMistake(path.name, "", "can't be read")]) from None
    except tomllib.TOMLDecodeError as error:
        what = f"is not TOML: {error}"
        raise FilesWrong([FileMistake(path.name, "", what)]) from None


def load(section: Section[T], table: Mapping[str, object], *, file: str) -> T:
    """Return what *table* of *file* becomes, or raise FilesWrong."""
    try:
        return cast("T", section.load(table))
    except ValidationError as error:
        messages = cast("object", error.messages)
        wrong = [FileMistake(file, *one) for one in _flat(messages, table)]
        raise FilesWrong(wrong) from None


def name_of(entry: object, place: int) -> str:
    """Return what an entry of a list is called, or its *place* in the list."""
    for word in _NAMED_BY if isinstance(entry, dict) else ():
        name = cast("dict[str, object]", entry).get(word)
        if isinstance(name, str) and _NAME.fullmatch(name):
            return name
    return str(place)


def _flat(messages: object, table: object, key: str = "") -> Iterator[tuple[str, str]]:
    """Yield each message with its dotted key; entries of a list go by their name."""
    match messages:
        case dict():
            for place, inner in messages.items():
                entry = _entry(table, place)
                name = name_of(entry, place) if isinstance(place, int) else str(place)
                parts = (key, "" if name == "_schema" else name)
                yield from _flat(inner, entry, ".".join(filter(None, parts)))
        case list():
            for inner in messages:
                yield from _flat(inner, table, key)
        case _:
            yield key, str(messages)


def _entry(table: object, place: object) -> object:
    """Return what stands at *place* in the file, where there is something."""
    if isinstance(table, list) and isinstance(place, int):
        return table[place]
    return table.get(place) if isinstance(table, dict) else None
