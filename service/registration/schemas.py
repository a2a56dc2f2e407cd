"""The JSON of registrations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from marshmallow import fields, validate

from service.accounts.password_rules import normalised
from service.domain.consent import Relation
from service.domain.forms import ContactKind
from service.domain.guardian_contacts import GuardianContact
from service.domain.profiles import PolicyProfile
from service.domain.refusals import FieldMistake, FieldsWrong
from service.domain.sign_ups import SignUp
from service.gate.checks import AgeAnswer, Memory
from service.gate.schemas import COUNTRY
from service.guardians.naming import NamingForm, read_email, read_phone, twice
from service.kit.addresses import (
    EMAIL_LENGTH,
    PHONE_LENGTH,
    AddressMalformed,
    canonical_email,
    canonical_phone,
)
from service.kit.languages import best_language
from service.kit.web import Form
from service.registration.exchange import (
    Application,
    GuardianWish,
    PolicyAcceptance,
)

TEXT: Final = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A sign-up form as typed."""

    ticket: str | None = None
    date_of_birth: str | None = None
    country: str | None = None
    email: str | None = None
    phone: str | None = None
    username: str | None = None
    password: str
    guardian_email: str | None = None
    guardian_phone: str | None = None
    policy_version: str
    purposes: Sequence[str] = ()
    profile: Mapping[str, str] | None = None
    locale: str | None = None


class RegistrationForm(Form[Filled]):
    """The body of POST /v1/apps/{app}/registrations."""

    makes = Filled

    ticket = fields.String(validate=validate.Length(max=TEXT))
    date_of_birth = fields.String(
        validate=validate.Regexp(
            r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?\Z",
            error="Must be YYYY-MM-DD, or only its beginning.",
        )
    )
    country = fields.String(validate=COUNTRY)
    email = fields.String(validate=validate.Length(max=EMAIL_LENGTH))
    phone = fields.String(validate=validate.Length(max=PHONE_LENGTH))
    username = fields.String(validate=validate.Length(max=64))
    password = fields.String(required=True, validate=validate.Length(max=1024))
    guardian_email = fields.String(validate=validate.Length(max=EMAIL_LENGTH))
    guardian_phone = fields.String(validate=validate.Length(max=PHONE_LENGTH))
    policy_version = fields.String(required=True, validate=validate.Length(max=64))
    purposes = fields.List(
        fields.String(validate=validate.Length(max=64)),
        validate=validate.Length(max=50),
    )
    profile = fields.Dict(
        keys=fields.String(validate=validate.Length(max=64)),
        values=fields.String(validate=validate.Length(max=1000)),
        validate=validate.Length(max=50),
    )
    locale = fields.String(validate=validate.Length(max=35))


def application(
    filled: Filled, profile: PolicyProfile, memory: Memory, *, reserved: bool
) -> Application:
    """Return the form in canonical values, or raise FieldsWrong for each malformed one.

    An empty field is one that was left out. *reserved* lets in test domains.
    """
    mistakes: list[FieldMistake] = []
    email = _email(filled.email, "/email", mistakes, reserved=reserved)
    country = filled.country or profile.age.default_country
    guardian = _guardian(filled, country, mistakes, reserved=reserved)
    phone = _phone(filled.phone, country, mistakes)
    if mistakes:
        raise FieldsWrong(mistakes)
    sign_up = SignUp(
        email=email,
        phone=phone,
        username=filled.username.lower() if filled.username else None,
        password=normalised(filled.password),
        extras={name: value for name, value in (filled.profile or {}).items() if value},
        guardian_contact=guardian,
        country=filled.country,
        policy_version=filled.policy_version,
        purposes=tuple(filled.purposes),
        language=best_language(filled.locale, None, profile.languages),
    )
    age = AgeAnswer(date_of_birth=filled.date_of_birth, country=filled.country)
    return Application(sign_up=sign_up, ticket=filled.ticket, age=age, memory=memory)


def _guardian(
    filled: Filled, country: str | None, mistakes: list[FieldMistake], *, reserved: bool
) -> GuardianContact | None:
    """Return the guardian who is named in the form, by one of the two, or nobody."""
    if filled.guardian_email and filled.guardian_phone:
        mistakes.append(twice())
        return None
    try:
        if filled.guardian_phone:
            return read_phone(filled.guardian_phone, region=country)
        if filled.guardian_email:
            return read_email(filled.guardian_email, reserved=reserved)
    except FieldsWrong as refusal:
        mistakes += refusal.mistakes
    return None


def _email(
    text: str | None, pointer: str, mistakes: list[FieldMistake], *, reserved: bool
) -> str | None:
    if not text:
        return None
    try:
        return canonical_email(text, reserved=reserved)
    except AddressMalformed:
        words = "This is not an e-mail address we can write to."
        mistakes.append(FieldMistake(pointer, "malformed", words))
        return None


def _phone(
    text: str | None, country: str | None, mistakes: list[FieldMistake]
) -> str | None:
    if not text:
        return None
    try:
        return canonical_phone(text, region=(country or "")[:2] or None)
    except AddressMalformed:
        words = "This is not a phone number. Begin with + and the country's code."
        mistakes.append(FieldMistake("/phone", "malformed", words))
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedCode:
    """A code that an applicant typed, and the contact it was sent to."""

    code: str = ""
    channel: ContactKind | None = None


class CodeForm(Form[TypedCode]):
    """The body of POST …/contact-confirmations."""

    makes = TypedCode

    code = fields.String(required=True, validate=validate.Length(max=16))
    channel = fields.Enum(ContactKind, by_value=True)


class ChannelForm(Form[TypedCode]):
    """The body of POST …/contact-codes."""

    makes = TypedCode

    channel = fields.Enum(ContactKind, by_value=True)


class AcceptanceForm(Form[PolicyAcceptance]):
    """The body of POST …/policy-acceptances."""

    makes = PolicyAcceptance

    policy_version = fields.String(required=True, validate=validate.Length(max=64))
    purposes = fields.List(
        fields.String(validate=validate.Length(max=64)),
        validate=validate.Length(max=50),
    )


class GuardianForm(NamingForm[GuardianWish]):
    """The body of POST …/guardian-requests."""

    makes = GuardianWish

    relation = fields.Enum(Relation, by_value=True, load_default=Relation.PARENT)
    locale = fields.String(validate=validate.Length(max=35))


def wish(body: Mapping[str, object], *, reserved: bool) -> GuardianWish:
    """Return which guardian is named, or raise FieldsWrong."""
    checked = GuardianForm.made().checked(body)
    email, phone = checked.get("guardian_email"), checked.get("guardian_phone")
    if not email and not phone:
        field = "guardian_phone" if email is None else "guardian_email"
        raise FieldsWrong([FieldMistake(f"/{field}", "missing", "This is required.")])
    if email is not None and phone is not None:
        raise FieldsWrong([twice()])
    locale = checked.get("locale")
    return GuardianWish(
        email=read_email(str(email), reserved=reserved) if email else None,
        phone=str(phone) if phone else None,
        relation=cast("Relation", checked["relation"]),
        language=None if locale is None else str(locale),
    )
