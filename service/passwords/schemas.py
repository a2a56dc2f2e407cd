"""The JSON of passwords."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, cast

from marshmallow import fields, validate

from service.accounts.password_rules import normalised
from service.domain.authenticators import SECOND_FACTORS, Factor
from service.kit.fields import Flag
from service.kit.tokens import Token
from service.kit.web import Form
from service.mfa.passkeys.schemas import Credential
from service.passwords.exchange import PasswordChange, Recovery, SecondProof
from service.sessions.factors import Given

TYPED: Final = 1024
TOKEN: Final = 64
IDENTIFIER: Final = 254


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Who asks for another password, as they call themselves."""

    identifier: str = field(repr=False)


class ResetForm(Form[Named]):
    """The body of POST /v1/apps/{app}/password-resets."""

    makes = Named

    identifier = fields.String(required=True, validate=validate.Length(max=IDENTIFIER))


class ChangeForm(Form[PasswordChange]):
    """The body of PUT /v1/account/password."""

    makes = PasswordChange

    current_password = fields.String(required=True, validate=validate.Length(max=TYPED))
    new_password = fields.String(required=True, validate=validate.Length(max=TYPED))
    end_other_sessions = Flag(required=True)

    def take(self, body: Mapping[str, object]) -> PasswordChange:
        """Return the change, its passwords as they are hashed."""
        typed = super().take(body)
        return PasswordChange(
            current_password=normalised(typed.current_password),
            new_password=normalised(typed.new_password),
            end_other_sessions=typed.end_other_sessions,
        )


class SecondFactorForm(Form[SecondProof]):
    """The second factor beside a reset link."""

    method = fields.Enum(
        Factor,
        by_value=True,
        required=True,
        validate=validate.OneOf(SECOND_FACTORS, error="This is no second factor."),
    )
    code = fields.String(validate=validate.Length(max=64))
    assertion = Credential()


class CompleteForm(Form[Recovery]):
    """The body of POST /v1/password-resets/complete."""

    token = fields.String(required=True, validate=validate.Length(max=TOKEN))
    new_password = fields.String(required=True, validate=validate.Length(max=TYPED))
    second_factor = fields.Nested(SecondFactorForm)
    end_sessions = Flag(load_default=True)


def recovery(body: Mapping[str, object]) -> Recovery:
    """Return what resets a password, or raise FieldsWrong."""
    told = CompleteForm().checked(body)
    given = cast("Mapping[str, object] | None", told.get("second_factor"))
    return Recovery(
        token=Token(str(told["token"])),
        new_password=normalised(str(told["new_password"])),
        second_factor=None if given is None else _proof(given),
        end_sessions=told["end_sessions"] is True,
    )


def _proof(given: Mapping[str, object]) -> SecondProof:
    return SecondProof(
        method=cast("Factor", given["method"]),
        given=Given(
            code=str(given.get("code", "")),
            assertion=cast("Mapping[str, object] | None", given.get("assertion")),
        ),
    )
