"""How a guardian is named: by an e-mail address or a phone number, and one of them."""

from collections.abc import Mapping
from typing import TypeVar

from marshmallow import ValidationError, fields, validate, validates_schema

from service.domain.forms import GUARDIAN_FIELDS, ContactKind
from service.domain.guardian_contacts import (
    GuardianContact,
    by_email,
    by_phone,
    kinds_of,
)
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

T = TypeVar("T")


class NamingForm(Form[T]):
    """A body that names a guardian; without a phone number the address is required."""

    guardian_email = fields.String(validate=validate.Length(max=EMAIL_LENGTH))
    guardian_phone = fields.String(validate=validate.Length(max=PHONE_LENGTH))

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def check_named(
        self, _: object, original: Mapping[str, object], **__: object
    ) -> None:
        """Refuse a body that names nobody."""
        if not original.keys() & {*GUARDIAN_FIELDS.values()}:
            words = str(fields.Field.default_error_messages["required"])
            raise ValidationError(words, "guardian_email")


def named(
    told: Mapping[str, object], *, reserved: bool, region: str | None = None
) -> GuardianContact:
    """Return who is named in a checked body, or raise FieldsWrong.

    *reserved* lets in test domains; a number without ``+`` is read as one of *region*.
    """
    email, phone = told.get("guardian_email"), told.get("guardian_phone")
    if phone is None:
        return read_email(str(email), reserved=reserved)
    if email is not None:
        raise FieldsWrong([twice()])
    return read_phone(str(phone), region=region)


def read_email(text: str, *, reserved: bool) -> GuardianContact:
    """Return a guardian's canonical address, or raise FieldsWrong."""
    try:
        return by_email(canonical_email(text, reserved=reserved))
    except AddressMalformed as error:
        words = "This is not an e-mail address we can write to."
        raise FieldsWrong([_mistake(ContactKind.EMAIL, words)]) from error


def read_phone(text: str, *, region: str | None = None) -> GuardianContact:
    """Return a guardian's number as E.164, or raise FieldsWrong.

    Numbers that somebody earns on are refused, as they are for applicants. *region* is
    a country, or a part of one (ISO 3166).
    """
    try:
        return by_phone(canonical_phone(text, region=(region or "")[:2] or None))
    except AddressMalformed as error:
        words = "This is not a phone number. Begin with + and the country's code."
        raise FieldsWrong([_mistake(ContactKind.PHONE, words)]) from error


def check_asked(profile: PolicyProfile, contact: GuardianContact) -> None:
    """Refuse a contact of a kind by which this operator asks nobody."""
    if contact.kind not in kinds_of(profile.consent.methods):
        pointer = f"/{GUARDIAN_FIELDS[contact.kind]}"
        mistake = FieldMistake(pointer, "not_asked", "This is not asked here.")
        raise FieldsWrong([mistake])


def twice() -> FieldMistake:
    """Return what is wrong with an address and a number for one guardian."""
    words = "Name the guardian by one of the two."
    return FieldMistake("/guardian_phone", "twice", words)


def _mistake(kind: ContactKind, words: str) -> FieldMistake:
    return FieldMistake(f"/{GUARDIAN_FIELDS[kind]}", "malformed", words)
