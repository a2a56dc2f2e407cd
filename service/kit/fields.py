"""Values of files and JSON bodies that are taken as they are written, or not at all.

A number in quotes, a 1 for true or a time where a day belongs is a mistake: what
somebody wrote must be what the service does.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final, Generic, TypeVar

from marshmallow import ValidationError, fields

T = TypeVar("T")

_NAME: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?")

_DURATION: Final = re.compile(
    r"P(?!$)((?P<weeks>[0-9]{1,4})W|((?P<days>[0-9]{1,5})D)?"
    r"(T(?!$)((?P<hours>[0-9]{1,5})H)?((?P<minutes>[0-9]{1,5})M)?"
    r"((?P<seconds>[0-9]{1,5})S)?)?)"
)


class Exact(fields.Field[T], Generic[T]):
    """A value that is taken as it is written, or not at all."""

    def take(self, value: object) -> T:
        """Return *value*, or raise ValidationError."""
        raise NotImplementedError

    def _deserialize(
        self,
        value: object,
        attr: str | None,  # noqa: ARG002 -- marshmallow's signature
        data: Mapping[str, object] | None,  # noqa: ARG002
        **kwargs: object,  # noqa: ARG002
    ) -> T:
        return self.take(value)


class WholeText(Exact[str]):
    """A text exactly as it stands, such as a policy."""

    def take(self, value: object) -> str:
        """Return a text."""
        if not isinstance(value, str):
            raise ValidationError("must be a text")
        return value


class Text(WholeText):
    """A text, not empty and without white space around it."""

    def take(self, value: object) -> str:
        """Return a text that says something."""
        text = super().take(value)
        if not text or text != text.strip():
            raise ValidationError("must not be empty or have white space around it")
        return text


class Whole(Exact[int]):
    """A whole number."""

    def take(self, value: object) -> int:
        """Return a whole number; true is none."""
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValidationError("must be a whole number")
        return value


class Flag(Exact[bool]):
    """True or false."""

    def take(self, value: object) -> bool:
        """Return true or false; 1 and 0 are neither."""
        if not isinstance(value, bool):
            raise ValidationError("must be true or false")
        return value


class Name(Text):
    """What something is called in tables, metrics and logs."""

    def take(self, value: object) -> str:
        """Return a name."""
        text = super().take(value)
        if not _NAME.fullmatch(text):
            raise ValidationError("must be 1 to 64 of a-z, 0-9 and -")
        return text


class Day(Exact[date]):
    """A day, as TOML writes it."""

    def take(self, value: object) -> date:
        """Return a day; a text or an instant is none."""
        if not isinstance(value, date) or isinstance(value, datetime):
            raise ValidationError("must be a day, such as 2026-11-22, without quotes")
        return value


class Moment(Exact[datetime]):
    """An instant, as TOML writes it, with its offset."""

    def take(self, value: object) -> datetime:
        """Return an instant; one without an offset could be any of several."""
        if not isinstance(value, datetime) or value.tzinfo is None:
            raise ValidationError(
                "must be an instant, such as 2026-11-22T12:00:00Z, without quotes"
            )
        return value


class Duration(Exact[timedelta]):
    """A length of time in ISO 8601, such as P14D or PT30M; no months, no years."""

    def take(self, value: object) -> timedelta:
        """Return a length of time."""
        found = _DURATION.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            raise ValidationError("must be a duration, such as P14D or PT30M")
        return timedelta(**{unit: int(n) for unit, n in found.groupdict("0").items()})


class PerLanguage(Exact[Mapping[str, str]]):
    """One text for each language."""

    def take(self, value: object) -> Mapping[str, str]:
        """Return the texts by language."""
        if not isinstance(value, dict):
            raise ValidationError('must have a text per language, { en = "…" }')
        text, texts, wrong = Text(), {}, {}
        for language, one in value.items():
            try:
                texts[str(language)] = text.take(one)
            except ValidationError as error:
                wrong[language] = error.messages
        if wrong:
            raise ValidationError(wrong)
        return texts
