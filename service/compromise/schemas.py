"""The JSON of reports."""

from dataclasses import dataclass, field

from marshmallow import fields, validate

from service.kit.tokens import Token
from service.kit.web import Form

LENGTH = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """The secret of a link in a message."""

    token: Token = field(repr=False)


class LinkForm(Form[Link]):
    """The body of POST /v1/security-reports and /v1/contact-changes/undo."""

    makes = Link

    token = fields.String(required=True, validate=validate.Length(max=LENGTH))
