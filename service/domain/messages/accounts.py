"""To holders: what became of their account."""

from dataclasses import dataclass
from typing import ClassVar

from service.domain.messages.message import BY_EITHER, Channels, Content


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoicesAreYours(Content):
    """To a holder: what a guardian agreed to is theirs to decide now; not why."""

    template: ClassVar[str] = "choices_are_yours"
    channels: ClassVar[Channels] = BY_EITHER

    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSuspended(Content):
    """To a holder: the account is suspended, and goes in so many *days*; not why."""

    template: ClassVar[str] = "account_suspended"
    channels: ClassVar[Channels] = BY_EITHER

    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeReviewed(Content):
    """To a holder: the account is frozen for a review, and how to *appeal*."""

    template: ClassVar[str] = "age_reviewed"
    channels: ClassVar[Channels] = BY_EITHER

    days: int
    appeal: str


@dataclass(frozen=True, slots=True)
class AccountReactivated(Content):
    """To a holder: the account goes on."""

    template: ClassVar[str] = "account_reactivated"
    channels: ClassVar[Channels] = BY_EITHER
