"""What a setting is, and where its value comes from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, field
from pathlib import Path
from typing import Final, TypeVar

T = TypeVar("T")

PREFIX: Final = "AGEGATE_"


class SettingWrongError(Exception):
    """A setting is missing or wrong; the message is one line, without its value."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a setting is for, how its text is read, and whether it is a secret.

    *also* is a standard's variable that sets it as well, where ours does not.
    """

    words: str
    read: Callable[[str], object]
    secret: bool = False
    also: str = ""


def setting(
    words: str,
    default: T,
    read: Callable[[str], T],
    *,
    secret: bool = False,
    also: str = "",
) -> T:
    """Return the field of a setting."""
    meaning = Meaning(words, read, secret, also)
    return field(default=default, repr=not secret, metadata={"meaning": meaning})


def read_each(
    every: Sequence[Field[object]], environ: Mapping[str, str]
) -> list[tuple[str, object, str]]:
    """Return the name, value and source of each, or raise what is wrong."""
    known = {PREFIX + one.name.upper() for one in every}
    for variable in environ:
        if variable.startswith(PREFIX) and not _known(variable, known):
            raise SettingWrongError(f"{variable} is not a setting")
    return [(one.name, *_value(one, environ)) for one in every]


def _known(variable: str, known: set[str]) -> bool:
    return (
        variable in known
        or variable.removesuffix("_FILE") in known
        or variable.startswith(f"{PREFIX}TEST_")
    )


def _value(one: Field[object], environ: Mapping[str, str]) -> tuple[object, str]:
    variable = PREFIX + one.name.upper()
    beside = f"{variable}_FILE"
    meaning: Meaning = one.metadata["meaning"]
    if variable in environ:
        text, source = environ[variable], variable
    elif beside in environ:
        try:
            text, source = Path(environ[beside]).read_text().strip(), beside
        except OSError as error:
            raise SettingWrongError(f"{beside}: the file can't be read") from error
    elif environ.get(meaning.also):
        text, source = environ[meaning.also], meaning.also
    else:
        return (None if one.default is MISSING else one.default), "default"
    try:
        return meaning.read(text), source
    except ValueError as error:
        raise SettingWrongError(f"{source} {error}") from error
