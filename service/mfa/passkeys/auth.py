"""Passkeys as WebAuthn has them: what a device is asked to sign, and what it signed.

Attestation is not asked for: which device somebody uses is nobody's business here.

The library brings parsers of CBOR and X.509 along: it is loaded when a passkey is first
used, so that a process is ready sooner.
"""

import binascii
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from webauthn.helpers.structs import (
        CredentialDeviceType,
        PublicKeyCredentialDescriptor,
    )

Json = Mapping[str, object]

CHALLENGE_BYTES: Final = 32
USER_HANDLE_BYTES: Final = 64
LIFETIME: Final = timedelta(minutes=5)
LONGEST_CREDENTIAL_ID: Final = 1023
"""WebAuthn level 3, section 7.1, step 26."""

_MILLISECONDS: Final = int(LIFETIME / timedelta(milliseconds=1))


class NotProven(Exception):  # noqa: N818 -- an answer, not a fault
    """What a device sent proves nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A passkey that an account has, as browsers are told of it."""

    credential_id: bytes
    transports: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A passkey that a device has just made."""

    credential_id: bytes
    public_key: bytes = field(repr=False)
    sign_count: int
    backup_eligible: bool
    backed_up: bool
    transports: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """A passkey that has just signed; whether its counter may be, the caller says."""

    sign_count: int
    backup_eligible: bool
    backed_up: bool


def new_challenge() -> bytes:
    """Return 256 random bits to be signed."""
    return secrets.token_bytes(CHALLENGE_BYTES)


def new_user_handle() -> bytes:
    """Return what devices call an account: random, so that it tells nothing."""
    return secrets.token_bytes(USER_HANDLE_BYTES)


def challenge_in(credential: Json) -> bytes:
    """Return the challenge that a device says it signed, or raise NotProven."""
    try:
        response = cast("Json", credential["response"])
        client_data = json.loads(_bytes_of(response["clientDataJSON"]))
        if client_data.get("crossOrigin") is True:
            raise NotProven
        return _bytes_of(client_data["challenge"])
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise NotProven from error


def credential_id_in(credential: Json) -> bytes:
    """Return the id of the passkey that a device used, or raise NotProven."""
    try:
        return _bytes_of(credential["rawId"])
    except (KeyError, binascii.Error, ValueError) as error:
        raise NotProven from error


def user_handle_in(credential: Json) -> bytes | None:
    """Return whose passkey a device says it used; None where it doesn't say."""
    try:
        response = cast("Json", credential["response"])
        handle = response.get("userHandle")
        return None if handle is None else _bytes_of(handle)
    except (AttributeError, KeyError, TypeError, binascii.Error, ValueError) as error:
        raise NotProven from error


@dataclass(frozen=True, slots=True, kw_only=True)
class RelyingParty:
    """Where passkeys work: under the domain *rp_id*, on pages of these *origins*."""

    rp_id: str
    origins: tuple[str, ...]

    def creation_options(
        self,
        *,
        product: str,
        holder: str,
        user_handle: bytes,
        challenge: bytes,
        known: Sequence[Known],
    ) -> Json:
        """Return what a page gives to navigator.credentials.create().

        *known* are the passkeys that the account has: a device makes no second one.
        """
        from webauthn import generate_registration_options
        from webauthn.helpers import options_to_json_dict
        from webauthn.helpers.structs import (
            AttestationConveyancePreference,
            AuthenticatorSelectionCriteria,
            ResidentKeyRequirement,
            UserVerificationRequirement,
        )

        options = generate_registration_options(
            rp_id=self.rp_id,
            rp_name=product,
            user_id=user_handle,
            user_name=holder,
            challenge=challenge,
            timeout=_MILLISECONDS,
            attestation=AttestationConveyancePreference.NONE,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[_descriptor(one) for one in known],
        )
        return options_to_json_dict(options)

    def request_options(self, *, challenge: bytes, known: Sequence[Known] = ()) -> Json:
        """Return what a page gives to navigator.credentials.get().

        Without *known* the device offers what it has: nobody says who they are.
        """
        from webauthn import generate_authentication_options
        from webauthn.helpers import options_to_json_dict
        from webauthn.helpers.structs import UserVerificationRequirement

        options = generate_authentication_options(
            rp_id=self.rp_id,
            challenge=challenge,
            timeout=_MILLISECONDS,
            allow_credentials=[_descriptor(one) for one in known],
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return options_to_json_dict(options)

    def take_new(self, credential: Json, challenge: bytes) -> Made:
        """Return the passkey that a device made for *challenge*, or raise NotProven."""
        from webauthn import verify_registration_response

        try:
            made = verify_registration_response(
                credential=dict(credential),
                expected_challenge=challenge,
                expected_rp_id=self.rp_id,
                expected_origin=[*self.origins],
                require_user_verification=True,
            )
        except Exception as error:
            # A malformed object fails anywhere in a parser of CBOR, ASN.1 and keys:
            # whatever it is, it proves nothing.
            raise NotProven from error
        if len(made.credential_id) > LONGEST_CREDENTIAL_ID:
            raise NotProven
        return Made(
            credential_id=made.credential_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            backup_eligible=_eligible(made.credential_device_type),
            backed_up=made.credential_backed_up,
            transports=_transports(credential),
        )

    def take_used(
        self, credential: Json, challenge: bytes, *, public_key: bytes
    ) -> Used:
        """Return what a device signed for *challenge*, or raise NotProven.

        The counter is left to the caller, who compares it once the signature is known
        to be right: what anybody can make up must alarm nobody.
        """
        from webauthn import verify_authentication_response

        try:
            used = verify_authentication_response(
                credential=dict(credential),
                expected_challenge=challenge,
                expected_rp_id=self.rp_id,
                expected_origin=[*self.origins],
                credential_public_key=public_key,
                credential_current_sign_count=0,
                require_user_verification=True,
            )
        except Exception as error:  # as above
            raise NotProven from error
        return Used(
            sign_count=used.new_sign_count,
            backup_eligible=_eligible(used.credential_device_type),
            backed_up=used.credential_backed_up,
        )


def _bytes_of(text: object) -> bytes:
    from webauthn import base64url_to_bytes

    return base64url_to_bytes(str(text))


def _descriptor(known: Known) -> "PublicKeyCredentialDescriptor":
    from webauthn.helpers.structs import (
        AuthenticatorTransport,
        PublicKeyCredentialDescriptor,
    )

    transports = [AuthenticatorTransport(one) for one in known.transports]
    return PublicKeyCredentialDescriptor(
        id=known.credential_id, transports=transports or None
    )


def _transports(credential: Json) -> tuple[str, ...]:
    """Return how the device can be reached: only what there is a word for."""
    from webauthn.helpers.structs import AuthenticatorTransport

    response = credential["response"]
    told = response.get("transports") if isinstance(response, Mapping) else None
    known = {one.value for one in AuthenticatorTransport}.intersection(
        one for one in (told if isinstance(told, list) else ()) if isinstance(one, str)
    )
    return tuple(sorted(known))


def _eligible(device_type: "CredentialDeviceType") -> bool:
    from webauthn.helpers.structs import CredentialDeviceType

    return device_type is CredentialDeviceType.MULTI_DEVICE
