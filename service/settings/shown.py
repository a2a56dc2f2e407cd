"""The settings as an operator sees them."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields

from service.settings.every import Settings
from service.settings.reading import PREFIX, Meaning, read_each


@dataclass(frozen=True, slots=True)
class Row:
    """One line of `agegate settings`."""

    variable: str
    value: str
    default: str
    source: str
    words: str


def table(environ: Mapping[str, str] = os.environ) -> list[Row]:
    """Return every setting with its default and where its value came from."""
    rows = []
    for name, value, source in read_each(fields(Settings), environ):
        one = next(each for each in fields(Settings) if each.name == name)
        meaning: Meaning = one.metadata["meaning"]
        shown = "(hidden)" if meaning.secret and value else _shown(value)
        default = _shown(one.default)
        rows.append(Row(PREFIX + name.upper(), shown, default, source, meaning.words))
    return rows


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    return "" if value is None else str(value)
