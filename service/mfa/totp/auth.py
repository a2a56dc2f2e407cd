"""Codes of authenticator apps: TOTP (RFC 6238) as every app knows it.

SHA-1, six digits, 30 seconds: apps ignore whatever else is asked of them.
"""

from datetime import datetime, timedelta
from typing import Final

import pyotp
from pyotp.exceptions import OTPVerificationError

from service.kit.tokens import is_code

STEP: Final = timedelta(seconds=30)
SECRET_LETTERS: Final = 32
"""160 bits in base32, as RFC 4226 section 4 recommends."""

PIXELS: Final = 4
QUIET: Final = 4  # modules; ISO/IEC 18004 asks for four


def new_secret() -> str:
    """Return a fresh secret of 160 bits in base32."""
    return pyotp.random_base32(length=SECRET_LETTERS)


def otpauth_uri(secret: str, *, issuer: str, holder: str) -> str:
    """Return what an app reads: the secret, and how *issuer* calls the *holder*."""
    totp = pyotp.TOTP(secret)
    return totp.provisioning_uri(name=_label(holder), issuer_name=_label(issuer))


def qr_svg(uri: str) -> str:
    """Return *uri* as a QR code to scan from a screen; no third party draws it."""
    import segno  # big, and used when an app is added only

    code = segno.make(uri, error="m", micro=False)
    return code.svg_inline(scale=PIXELS, border=QUIET, light="#fff", omitsize=True)


def matching_step(secret: str, code: str, *, at: datetime) -> int | None:
    """Return the time step that *code* belongs to: the current or the one before.

    None of any other code. Digits are ASCII, checked before pyotp, which would take
    full-width ones for the same (F18). That the step was not used yet, the database
    decides.
    """
    if not is_code(code):
        return None
    totp = pyotp.TOTP(secret)
    for moment in (at, at - STEP):
        try:
            return totp.verify_and_get_timecode(code, for_time=moment)
        except OTPVerificationError:
            continue
    return None


def _label(text: str) -> str:
    """Return *text* without the colon, which parts issuer and holder in a label."""
    return text.replace(":", " ")
