"""The JSON of passkeys; what devices make and sign is WebAuthn's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from marshmallow import ValidationError

from service.kit.fields import Exact
from service.kit.times import instant
from service.kit.web import Form
from service.mfa.changes import Added
from service.mfa.named import Name
from service.mfa.passkeys.auth import Json
from service.mfa.passkeys.kept import Passkey


class Credential(Exact[Json]):
    """What a browser's PublicKeyCredential.toJSON() gives."""

    def take(self, value: object) -> Json:
        """Return an object; whether it proves anything is not for a schema to say."""
        if not isinstance(value, Mapping):
            raise ValidationError("must be an object")
        return cast("Json", value)


@dataclass(frozen=True, slots=True)
class Called:
    """What somebody calls a passkey."""

    name: str


class NameForm(Form[Called]):
    """The body of PATCH …/passkeys/{authenticator_id}."""

    makes = Called

    name = Name(required=True)


@dataclass(frozen=True, slots=True)
class New:
    """A passkey that a device has made, and what its holder calls it."""

    name: str
    credential: Json


class NewForm(Form[New]):
    """The body of POST …/passkeys."""

    makes = New

    name = Name(required=True)
    credential = Credential(required=True)


def show_added(added: Added) -> dict[str, object]:
    """Return that a passkey was added, with recovery codes if these are the first."""
    shown: dict[str, object] = {"authenticator_id": str(added.passkey_id)}
    if added.recovery_codes:
        shown["recovery_codes"] = [*added.recovery_codes]
    return shown


def show(passkey: Passkey) -> dict[str, object]:
    """Return a passkey as its holder sees it."""
    shown: dict[str, object] = {
        "authenticator_id": str(passkey.passkey_id),
        "name": passkey.name,
        "created_at": instant(passkey.created_at),
        "backup_eligible": passkey.backup_eligible,
        "backed_up": passkey.backed_up,
    }
    if passkey.last_used_at is not None:
        shown["last_used_at"] = instant(passkey.last_used_at)
    return shown
