"""To holders: what became of their account."""

from dataclasses import dataclass, field
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
    """To a holder: the account is frozen for a review, and how to *appeal*.

    By the *link*, with a fresh proof, or in writing.
    """

    template: ClassVar[str] = "age_reviewed"
    channels: ClassVar[Channels] = BY_EITHER

    days: int
    appeal: str
    link: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeReviewedFinally(AgeReviewed):
    """The same where nothing is left to appeal about, once the review has ended."""

    template: ClassVar[str] = "age_reviewed_finally"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealOpened(Content):
    """To a holder: the appeal is taken, and ends after so many *days* at most."""

    template: ClassVar[str] = "appeal_opened"
    channels: ClassVar[Channels] = BY_EITHER

    days: int
    appeal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealRejected(Content):
    """To a holder: the appeal has changed nothing; in *days* everything is deleted."""

    template: ClassVar[str] = "appeal_rejected"
    channels: ClassVar[Channels] = BY_EITHER

    days: int
    appeal: str


@dataclass(frozen=True, slots=True)
class AccountReactivated(Content):
    """To a holder: the account goes on."""

    template: ClassVar[str] = "account_reactivated"
    channels: ClassVar[Channels] = BY_EITHER


@dataclass(frozen=True, slots=True)
class CountryChanged(Content):
    """To a holder: the account counts as one in another country now."""

    template: ClassVar[str] = "country_changed"
    channels: ClassVar[Channels] = BY_EITHER


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryChangeWaits(Content):
    """To a holder: another country was named, and counts in so many *days*."""

    template: ClassVar[str] = "country_change_waits"
    channels: ClassVar[Channels] = BY_EITHER

    days: int
