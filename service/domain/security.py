"""What a holder is told about the security of their account, and can deny."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from service.domain.accounts import AccountId
from service.domain.events import EventType, family_of
from service.domain.messages import Channel

LINK_LIFETIME: Final = timedelta(days=7)
"""How long "this wasn't me" can be said."""

SUSPECT: Final = timedelta(days=3)
"""What was added to an account so long before a reported change goes with it."""

CHANGES_SHOWN: Final = timedelta(days=30)
"""How long a change is shown to whoever signs in."""

CHANGES: Final = (
    *(one for one in EventType if family_of(one) == "security"),
    EventType.ACCOUNT_RECTIFIED,
    "passkey.refused",
)
"""What the action log calls changes of an account's security."""


class SecurityCause(StrEnum):
    """What a message about an account's security tells of (CP-10)."""

    PASSWORD_CHANGED = "password_changed"  # noqa: S105 -- no password
    AUTHENTICATOR_ADDED = "authenticator_added"
    AUTHENTICATOR_REMOVED = "authenticator_removed"
    RECOVERY_CODES_REPLACED = "recovery_codes_replaced"
    RECOVERY_CODE_USED = "recovery_code_used"
    PASSKEY_REFUSED = "passkey_refused"
    CONTACT_CHANGED = "contact_changed"
    SIGN_INS_FAILED = "sign_ins_failed"
    SESSION_REUSED = "session_reused"
    SECOND_FACTORS_RESET = "second_factors_reset"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A holder said "this wasn't me" about something at *caused_at*.

    They read of it at *recipient*: a contact that was theirs before.
    """

    account_id: AccountId
    cause: SecurityCause
    channel: Channel
    recipient: str = field(repr=False)
    caused_at: datetime
