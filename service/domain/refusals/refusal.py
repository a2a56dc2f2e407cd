"""What every refusal is."""

from dataclasses import dataclass
from typing import ClassVar


class Refusal(Exception):  # noqa: N818 -- it is an answer, not a fault
    """The request can't be granted."""

    code: ClassVar[str] = "refused"

    def __str__(self) -> str:
        """Return the reason, as the client reads it."""
        return (type(self).__doc__ or self.code).splitlines()[0]


@dataclass(frozen=True, slots=True)
class FieldMistake:
    """One wrong field: a JSON pointer (RFC 6901), a stable code, and words."""

    pointer: str
    code: str
    detail: str
