"""E-mail addresses and phone numbers in one canonical form each.

One function canonicalises, its result is stored, compared and written to; what a
person typed is never used again (so no look-alike can redirect a message).
"""

import unicodedata
from typing import Final, NewType

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import PhoneNumberType

Email = NewType("Email", str)
Phone = NewType("Phone", str)

EMAIL_LENGTH: Final = 254
PHONE_LENGTH: Final = 32

COSTLY: Final = frozenset(
    {
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.UAN,
        PhoneNumberType.PAGER,
        PhoneNumberType.VOICEMAIL,
    }
)
"""Numbers that nobody reads a code on, and that somebody earns on."""


class AddressMalformed(Exception):  # noqa: N818 -- an answer, not a fault
    """This is not an address."""


def canonical_email(text: str, *, reserved: bool = False) -> Email:
    """Return the address in canonical form, or raise AddressMalformed.

    The local part must be ASCII and is lower-cased; the domain is IDNA-encoded.
    *reserved* lets in domains like example.test (RFC 2606): for tests and
    development only.
    """
    if len(text) > EMAIL_LENGTH or any(unicodedata.category(c)[0] == "C" for c in text):
        raise AddressMalformed
    try:
        found = validate_email(
            text,
            check_deliverability=False,
            allow_smtputf8=False,
            test_environment=reserved,
        )
    except EmailNotValidError as error:
        raise AddressMalformed from error
    if found.ascii_email is None:
        raise AddressMalformed
    return Email(found.ascii_email.lower())


def canonical_phone(text: str, *, region: str | None = None) -> Phone:
    """Return the number in E.164 form, or raise AddressMalformed.

    Without a leading ``+`` the number is read as one of *region* (ISO 3166-1).
    """
    if len(text) > PHONE_LENGTH or not text.isascii():
        raise AddressMalformed
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        raise AddressMalformed from error
    if not phonenumbers.is_valid_number(number):
        raise AddressMalformed
    if phonenumbers.number_type(number) in COSTLY:
        raise AddressMalformed
    return Phone(
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    )
