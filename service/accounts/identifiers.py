"""What people call themselves: an e-mail address, a phone number or a username."""

from service.domain.profiles import PolicyProfile
from service.domain.sign_ups import USERNAME
from service.kit.addresses import (
    EMAIL_LENGTH,
    AddressMalformed,
    canonical_email,
    canonical_phone,
)


def canonical_identifier(
    text: str, profile: PolicyProfile, *, reserved: bool
) -> str | None:
    """Return what somebody typed to be found by, canonical; None if it can be nobody.

    The three kinds share one namespace, and no text can be of two (F4). *reserved*
    lets in test domains.
    """
    typed = text.strip()
    if len(typed) > EMAIL_LENGTH:
        return None
    try:
        if "@" in typed:
            return canonical_email(typed, reserved=reserved)
        if USERNAME.fullmatch(typed.lower()):
            return typed.lower()
        region = (profile.age.default_country or "")[:2] or None
        return canonical_phone(typed, region=region)
    except AddressMalformed:
        return None
