"""The JSON of contacts."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from marshmallow import fields, validate

from service.domain.profiles import PolicyProfile
from service.domain.refusals import FieldMistake, FieldsWrong
from service.kit.addresses import (
    EMAIL_LENGTH,
    PHONE_LENGTH,
    AddressMalformed,
    canonical_email,
    canonical_phone,
)
from service.kit.web import Form


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A code that a holder typed."""

    code: str = field(repr=False)


class CodeForm(Form[Typed]):
    """The body of POST /v1/account/email/confirmations, and of the phone's."""

    makes = Typed

    code = fields.String(required=True, validate=validate.Length(max=16))


class EmailForm(Form[Mapping[str, str]]):
    """The body of PUT /v1/account/email."""

    email = fields.String(required=True, validate=validate.Length(max=EMAIL_LENGTH))


class PhoneForm(Form[Mapping[str, str]]):
    """The body of PUT /v1/account/phone."""

    phone = fields.String(required=True, validate=validate.Length(max=PHONE_LENGTH))


def email_in(body: Mapping[str, object], *, reserved: bool) -> str:
    """Return the address, canonical, or raise FieldsWrong."""
    typed = str(EmailForm().checked(body)["email"])
    try:
        return canonical_email(typed, reserved=reserved)
    except AddressMalformed as error:
        words = "This is not an e-mail address we can write to."
        raise FieldsWrong([FieldMistake("/email", "malformed", words)]) from error


def phone_in(body: Mapping[str, object], profile: PolicyProfile) -> str:
    """Return the number, canonical, or raise FieldsWrong."""
    typed = str(PhoneForm().checked(body)["phone"])
    region = (profile.age.default_country or "")[:2] or None
    try:
        return canonical_phone(typed, region=region)
    except AddressMalformed as error:
        words = "This is not a phone number. Begin with + and the country's code."
        raise FieldsWrong([FieldMistake("/phone", "malformed", words)]) from error
