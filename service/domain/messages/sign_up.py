"""To those who sign up."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar

from service.domain.messages.message import BY_EITHER, Channels, Content


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactCode(Content):
    """To a new contact: the code that confirms it, good for so many *minutes*."""

    template: ClassVar[str] = "contact_code"
    channels: ClassVar[Channels] = BY_EITHER

    code: str = field(repr=False)
    minutes: int

    @property
    def lifetime(self) -> timedelta:
        """Return how long the code is good: a late one only confuses."""
        return timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True)
class AlreadyRegistered(Content):
    """To an account's contact: somebody tried to sign up with it; nothing changed.

    Sent where a new contact gets a ContactCode, by the same single write, so that
    whoever signs up can't tell one from the other.
    """

    template: ClassVar[str] = "already_registered"
    channels: ClassVar[Channels] = BY_EITHER


@dataclass(frozen=True, slots=True)
class DecideYourself(Content):
    """To an applicant whose guardian need not answer any more; not why."""

    template: ClassVar[str] = "decide_yourself"
    channels: ClassVar[Channels] = BY_EITHER


@dataclass(frozen=True, slots=True)
class AccountOpened(Content):
    """To the confirmed contact of a new account."""

    template: ClassVar[str] = "account_opened"
    channels: ClassVar[Channels] = BY_EITHER
