"""The JSON of all second factors of an account."""

from service.mfa.overview import Overview
from service.mfa.passkeys.schemas import show as show_passkey
from service.mfa.recovery_codes.schemas import show as show_codes
from service.mfa.totp.schemas import show as show_app


def show(overview: Overview) -> dict[str, object]:
    """Return what the holder has added, without any secret."""
    return {
        "totp": [show_app(one) for one in overview.apps],
        "passkeys": [show_passkey(one) for one in overview.passkeys],
        "recovery_codes": show_codes(overview.codes),
    }
