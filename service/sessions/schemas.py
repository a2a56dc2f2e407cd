"""The JSON of sessions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from marshmallow import ValidationError, fields, validate, validates_schema

from service.domain.authenticators import SECOND_FACTORS, Factor
from service.domain.sessions import ACCESS_TOKEN, DEVICE_LENGTH, SessionKind
from service.kit.times import instant
from service.kit.web import Form
from service.mfa.passkeys.schemas import Credential
from service.sessions.factors import Given
from service.sessions.opening import Opened

IDENTIFIER_LENGTH: Final = 254
PASSWORD_LENGTH: Final = 1024
CODE_LENGTH: Final = 64
TOKEN_LENGTH: Final = 200
STEP_UP: Final = (Factor.PASSWORD, *SECOND_FACTORS)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """Somebody who wants to come in: by name and password, or by a passkey."""

    identifier: str = ""
    password: str = field(default="", repr=False)
    assertion: Mapping[str, object] | None = field(default=None, repr=False)
    kind: SessionKind = SessionKind.MOBILE
    device: str | None = None


class SignInForm(Form[SignIn]):
    """The body of POST /v1/apps/{app}/sessions."""

    makes = SignIn

    identifier = fields.String(validate=validate.Length(max=IDENTIFIER_LENGTH))
    password = fields.String(validate=validate.Length(max=PASSWORD_LENGTH))
    assertion = Credential()
    kind = fields.Enum(SessionKind, by_value=True)
    device = fields.String(validate=validate.Length(max=DEVICE_LENGTH))

    @validates_schema
    def check_one_way(self, data: Mapping[str, object], **_: object) -> None:
        """Refuse two ways in at once, and half a way."""
        named = ("identifier", "password")
        if "assertion" in data:
            wrong = {name: ["Not beside a passkey."] for name in named if name in data}
        else:
            words = "Missing data for required field."
            wrong = {name: [words] for name in named if name not in data}
        if wrong:
            raise ValidationError(wrong)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A proof, by one *method*."""

    method: Factor
    password: str = field(default="", repr=False)
    code: str = field(default="", repr=False)
    assertion: Mapping[str, object] | None = field(default=None, repr=False)
    device: str | None = None

    @property
    def given(self) -> Given:
        """Return what proves a second factor."""
        return Given(code=self.code, assertion=self.assertion)


class AnswerForm(Form[Answer]):
    """The body of POST /v1/session-challenges/{challenge_id}."""

    makes = Answer

    method = fields.Enum(
        Factor, by_value=True, required=True, validate=validate.OneOf(SECOND_FACTORS)
    )
    code = fields.String(validate=validate.Length(max=CODE_LENGTH))
    assertion = Credential()
    device = fields.String(validate=validate.Length(max=DEVICE_LENGTH))


class StepUpForm(Form[Answer]):
    """The body of POST /v1/account/step-up."""

    makes = Answer

    method = fields.Enum(
        Factor, by_value=True, required=True, validate=validate.OneOf(STEP_UP)
    )
    password = fields.String(validate=validate.Length(max=PASSWORD_LENGTH))
    code = fields.String(validate=validate.Length(max=CODE_LENGTH))
    assertion = Credential()


@dataclass(frozen=True, slots=True)
class Refresh:
    """A refresh token."""

    refresh_token: str = field(repr=False)


class RefreshForm(Form[Refresh]):
    """The body of POST /v1/sessions/refresh."""

    makes = Refresh

    refresh_token = fields.String(
        required=True, validate=validate.Length(max=TOKEN_LENGTH)
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """A token that is wanted for another service."""

    audience: str


class WantedForm(Form[Wanted]):
    """The body of POST /v1/account/tokens."""

    makes = Wanted

    audience = fields.String(required=True, validate=validate.Length(max=TOKEN_LENGTH))


def show_token(token: str) -> dict[str, object]:
    """Return a token for another service."""
    return {
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": int(ACCESS_TOKEN.total_seconds()),
    }


def show_opened(opened: Opened) -> dict[str, object]:
    """Return a session and its tokens; a browser's is in a cookie alone."""
    session = opened.session
    shown: dict[str, object] = {
        "session_id": str(session.session_id),
        "app": session.app,
        "kind": session.kind,
        "aal": session.assurance.aal,
        "methods": sorted(session.assurance.methods),
        "auth_time": instant(session.assurance.auth_time),
        "expires_at": instant(session.expires_at),
    }
    if opened.access_token is not None and opened.refresh_token is not None:
        shown |= show_token(opened.access_token)
        shown["refresh_token"] = opened.refresh_token
    return shown
