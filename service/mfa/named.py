"""Authenticators by the names that their holders give them, and by their ids."""

from typing import Final
from uuid import UUID

from aiohttp import web
from marshmallow import ValidationError

from service.domain.refusals import AuthenticatorUnknown
from service.kit.fields import Text

LONGEST_NAME: Final = 60


class Name(Text):
    """What somebody calls an authenticator: one short line."""

    def take(self, value: object) -> str:
        """Return a line of text."""
        name = super().take(value)
        if len(name) > LONGEST_NAME or not name.isprintable():
            raise ValidationError(f"must be one line of at most {LONGEST_NAME} letters")
        return name


def authenticator_id(request: web.Request) -> UUID:
    """Return the id in the path, or raise AuthenticatorUnknown."""
    try:
        return UUID(request.match_info["authenticator_id"])
    except ValueError as error:
        raise AuthenticatorUnknown from error
