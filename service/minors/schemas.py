"""The JSON of reports of minors."""

import contextlib
from dataclasses import dataclass

from marshmallow import fields, validate

from service.kit.addresses import (
    EMAIL_LENGTH,
    AddressMalformed,
    canonical_email,
    canonical_phone,
)
from service.kit.web import Form


@dataclass(frozen=True, slots=True)
class ReportBody:
    """Whose account is meant: a username, an e-mail address or a phone number."""

    identifier: str


class ReportForm(Form[ReportBody]):
    """The body of POST /v1/apps/{app}/minor-reports."""

    makes = ReportBody

    identifier = fields.String(
        required=True, validate=validate.Length(max=EMAIL_LENGTH)
    )


def canonical(identifier: str) -> str:
    """Return an identifier as accounts are found by it; a username where it's none."""
    text = identifier.strip()
    with contextlib.suppress(AddressMalformed):
        if "@" in text:
            return canonical_email(text, reserved=True)
        if text.startswith("+"):
            return canonical_phone(text)
    return text.lower()
