"""What somebody agreed to: a policy text, and each purpose by itself."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from service.domain.accounts import AccountId


class Giver(StrEnum):
    """Who can agree for an account."""

    HOLDER = "holder"
    GUARDIAN = "guardian"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """A policy version was agreed to, with the text it had (CP-11)."""

    account_id: AccountId
    policy_version: str
    text_sha256: str
    accepted_by: Giver
    accepted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One purpose, agreed to by one person, until *ends_at*.

    *method* and *strength* say how it was made sure that it was this person.
    """

    grant_id: UUID
    account_id: AccountId
    purpose: str
    given_by: Giver
    giver_id: UUID
    method: str
    strength: int
    policy_version: str
    given_at: datetime
    ends_at: datetime | None
