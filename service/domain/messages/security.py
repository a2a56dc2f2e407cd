"""To holders: second factors, and what somebody tried."""

from dataclasses import dataclass, field
from typing import ClassVar

from service.domain.messages.message import BY_EITHER, Channels, Content


@dataclass(frozen=True, slots=True, kw_only=True)
class TotpAdded(Content):
    """To a holder: an authenticator app was added; the *link* says it wasn't them."""

    template: ClassVar[str] = "totp_added"
    channels: ClassVar[Channels] = BY_EITHER

    link: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TotpRemoved(Content):
    """To a holder: an authenticator app was removed."""

    template: ClassVar[str] = "totp_removed"
    channels: ClassVar[Channels] = BY_EITHER

    link: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyAdded(Content):
    """To a holder: a passkey was added."""

    template: ClassVar[str] = "passkey_added"
    channels: ClassVar[Channels] = BY_EITHER

    link: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyRemoved(Content):
    """To a holder: a passkey was removed."""

    template: ClassVar[str] = "passkey_removed"
    channels: ClassVar[Channels] = BY_EITHER

    link: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyRefused(Content):
    """To a holder: a passkey was refused, because it may be a copy."""

    template: ClassVar[str] = "passkey_refused"
    channels: ClassVar[Channels] = BY_EITHER

    link: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryCodesReplaced(Content):
    """To a holder: new recovery codes were made, and the old ones are worthless."""

    template: ClassVar[str] = "recovery_codes_replaced"
    channels: ClassVar[Channels] = BY_EITHER

    link: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryCodeUsed(Content):
    """To a holder: a recovery code was used, and so many are *left*."""

    template: ClassVar[str] = "recovery_code_used"
    channels: ClassVar[Channels] = BY_EITHER

    left: int
    link: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInsFailed(Content):
    """To a holder: somebody failed to sign in so often that the account is slow now."""

    template: ClassVar[str] = "sign_ins_failed"
    channels: ClassVar[Channels] = BY_EITHER

    link: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionReused(Content):
    """To a holder: a session was ended, because it was in two hands."""

    template: ClassVar[str] = "session_reused"
    channels: ClassVar[Channels] = BY_EITHER

    link: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactorsReset(Content):
    """To a holder: an operator lets them try their second factors again."""

    template: ClassVar[str] = "second_factors_reset"
    channels: ClassVar[Channels] = BY_EITHER

    link: str = field(repr=False)
