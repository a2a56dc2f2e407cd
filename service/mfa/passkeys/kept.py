"""Passkeys, and what they are asked to sign for, as they are kept of anybody."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from service.mfa.passkeys.auth import Known

PasskeyId = NewType("PasskeyId", UUID)


class Purpose(StrEnum):
    """What a challenge is signed for."""

    ADD = "add"
    PROVE = "prove"
    SIGN_IN = "sign_in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """A passkey as its holder sees it."""

    passkey_id: PasskeyId
    name: str
    known: Known
    backup_eligible: bool
    backed_up: bool
    created_at: datetime
    last_used_at: datetime | None
