"""The JSON of authenticator apps."""

from dataclasses import dataclass

from marshmallow import fields, validate

from service.kit.times import instant
from service.kit.web import Form
from service.mfa.changes import Confirmed
from service.mfa.named import Name
from service.mfa.totp.kept import App, Shown


@dataclass(frozen=True, slots=True)
class Called:
    """What somebody calls an app."""

    name: str


class NameForm(Form[Called]):
    """The body of POST …/totp, and of PATCH …/totp/{authenticator_id}."""

    makes = Called

    name = Name(required=True)


@dataclass(frozen=True, slots=True)
class Typed:
    """The code that an app shows."""

    code: str


class CodeForm(Form[Typed]):
    """The body of POST …/totp/confirm."""

    makes = Typed

    code = fields.String(required=True, validate=validate.Length(max=64))


def show_enrolment(shown: Shown) -> dict[str, object]:
    """Return what an app has to be given: the only time that it is shown."""
    return {
        "authenticator_id": str(shown.enrolment.totp_id),
        "name": shown.enrolment.name,
        "secret": shown.enrolment.secret,
        "otpauth_uri": shown.otpauth_uri,
        "qr_svg": shown.qr_svg,
        "expires_at": instant(shown.expires_at),
    }


def show_confirmed(confirmed: Confirmed) -> dict[str, object]:
    """Return that an app is confirmed, with recovery codes if these are the first."""
    shown: dict[str, object] = {"authenticator_id": str(confirmed.totp_id)}
    if confirmed.recovery_codes:
        shown["recovery_codes"] = [*confirmed.recovery_codes]
    return shown


def show(app: App) -> dict[str, object]:
    """Return an app as its holder sees it."""
    return {
        "authenticator_id": str(app.totp_id),
        "name": app.name,
        "created_at": instant(app.created_at),
        "last_used_at": instant(app.last_used_at),
    }
