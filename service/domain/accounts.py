"""An account: what it is made of, and in which states it can be."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from service.domain.decisions import AgeBand
from service.domain.forms import ContactKind
from service.domain.profiles import AppName

AccountId = NewType("AccountId", UUID)


class AccountState(StrEnum):
    """What may be done with an account."""

    ACTIVE = "active"
    RESTRICTED = "restricted"
    SUSPENDED = "suspended"
    CLOSING = "closing"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """Everything an account opens with.

    A contact that was not *confirmed* is kept, but nobody is found by it. The account
    keeps the id and the data key of the registration it grew from, and it rests on
    the age decision named: the database takes no account without one.
    """

    account_id: AccountId
    app: AppName
    decision_id: UUID
    band: AgeBand
    country: str | None
    language: str
    email: str | None
    phone: str | None
    username: str | None
    confirmed: frozenset[ContactKind]
    extras: Mapping[str, str]
    password_hash: str
    policy_version: str
    opened_at: datetime
