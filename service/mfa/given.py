"""What somebody gives as proof, as far as a second factor looks at it."""

from collections.abc import Mapping
from typing import Protocol


class Typed(Protocol):
    """A proof that somebody typed."""

    @property
    def code(self) -> str:
        """Return it as typed."""
        ...


class Signed(Protocol):
    """A proof that a device signed."""

    @property
    def assertion(self) -> Mapping[str, object] | None:
        """Return what navigator.credentials.get() gave, as JSON; or None."""
        ...
