"""All the second factors of an account, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

from service.mfa.passkeys.kept import Passkey
from service.mfa.recovery_codes.store import Codes
from service.mfa.totp.kept import App


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What somebody can prove beside a password, or in place of it."""

    apps: Sequence[App]
    passkeys: Sequence[Passkey]
    codes: Codes | None
