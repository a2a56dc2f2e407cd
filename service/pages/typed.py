"""What a person typed into a form."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

from service.kit.web import read_form

CODE_LENGTH: Final = 20


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields of a form, each with what was typed or ticked; nothing at first."""

    values: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @classmethod
    async def of(cls, request: web.Request) -> "Typed":
        """Return what was sent with *request*."""
        return cls(await read_form(request))

    def exact(self, name: str) -> str:
        """Return a field as it was typed; empty where it was not."""
        return self.values.get(name, [""])[0]

    def one(self, name: str) -> str:
        """Return a field without the white space around it."""
        return self.exact(name).strip()

    def every(self, name: str) -> Sequence[str]:
        """Return everything that was ticked under one name."""
        return self.values.get(name, ())

    def digits(self, name: str) -> str:
        """Return a number as people type it: with spaces, or with wide digits."""
        text = unicodedata.normalize("NFKC", self.exact(name)[:CODE_LENGTH])
        return "".join(text.split())
