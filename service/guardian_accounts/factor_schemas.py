"""The JSON of what guardians sign in with beside a link."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from marshmallow import ValidationError, fields, validate, validates_schema

from service.domain.authenticators import Factor
from service.domain.guardian_factors import SECOND
from service.guardian_accounts.factors import Factors
from service.guardian_accounts.opened import SignedIn
from service.guardian_accounts.schemas import show_signed_in
from service.kit.addresses import EMAIL_LENGTH, PHONE_LENGTH
from service.kit.times import instant
from service.kit.tokens import Token
from service.kit.web import Form
from service.mfa.passkeys.auth import Json
from service.mfa.passkeys.schemas import Credential
from service.mfa.passkeys.schemas import show as show_passkey
from service.mfa.totp.schemas import show as show_app

PASSWORD_LENGTH: Final = 1024
CODE_LENGTH: Final = 64
LINK_LENGTH: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A guardian who comes in without a link."""

    guardian_email: str | None = None
    guardian_phone: str | None = None
    password: str = field(default="", repr=False)
    code: str = field(default="", repr=False)
    assertion: Json | None = field(default=None, repr=False)

    @property
    def named(self) -> Mapping[str, object]:
        """Return by what they are named."""
        return {
            "guardian_email": self.guardian_email,
            "guardian_phone": self.guardian_phone,
        }


class EntryForm(Form[Entry]):
    """The body of POST /v1/apps/{app}/guardian-sessions."""

    makes = Entry

    guardian_email = fields.String(validate=validate.Length(max=EMAIL_LENGTH))
    guardian_phone = fields.String(validate=validate.Length(max=PHONE_LENGTH))
    password = fields.String(validate=validate.Length(max=PASSWORD_LENGTH))
    code = fields.String(validate=validate.Length(max=CODE_LENGTH))
    assertion = Credential()

    @validates_schema
    def check_one_way(self, data: Mapping[str, object], **_: object) -> None:
        """Refuse two ways in at once, and half a way."""
        if "assertion" in data:
            others = data.keys() - {"assertion"}
            wrong = {name: ["Not beside a passkey."] for name in others}
        else:
            known = "guardian_phone" if "guardian_phone" in data else "guardian_email"
            words = "Missing data for required field."
            needed = (known, "password", "code")
            wrong = {name: [words] for name in needed if name not in data}
        if wrong:
            raise ValidationError(wrong)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One factor more, by one *method*."""

    method: Factor
    code: str = field(default="", repr=False)
    assertion: Json | None = field(default=None, repr=False)


class ProofForm(Form[Proof]):
    """The body of POST /v1/guardian/sessions/current/proofs."""

    makes = Proof

    method = fields.Enum(
        Factor, by_value=True, required=True, validate=validate.OneOf(SECOND)
    )
    code = fields.String(validate=validate.Length(max=CODE_LENGTH))
    assertion = Credential()


@dataclass(frozen=True, slots=True)
class Secret:
    """A password that a guardian chooses."""

    password: str = field(repr=False)


class SecretForm(Form[Secret]):
    """The body of PUT /v1/guardian/password."""

    makes = Secret

    password = fields.String(
        required=True, validate=validate.Length(max=PASSWORD_LENGTH)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial:
    """The secret of a link in a letter."""

    token: Token = field(repr=False)


class DenialForm(Form[Denial]):
    """The body of POST /v1/guardian-security-reports."""

    makes = Denial

    token = fields.String(required=True, validate=validate.Length(max=LINK_LENGTH))


def show_factors(factors: Factors) -> dict[str, object]:
    """Return what a guardian has added, without any secret."""
    shown: dict[str, object] = {
        "passkeys": [show_passkey(one) for one in factors.passkeys],
        "totp": [show_app(one) for one in factors.apps],
    }
    if factors.password_set_at is not None:
        shown["password_set_at"] = instant(factors.password_set_at)
    if factors.recovered_at is not None:
        shown["removed_at"] = instant(factors.recovered_at)
    return shown


def show_added(added: tuple[UUID, SignedIn]) -> dict[str, object]:
    """Return what was added, and the token by which the session goes on."""
    factor_id, signed_in = added
    return {"authenticator_id": str(factor_id), **show_signed_in(signed_in)}
