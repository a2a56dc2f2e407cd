"""To guardians: what became of their consent."""

from dataclasses import dataclass, field
from typing import ClassVar

from service.domain.messages.message import BY_EITHER, Channels, Content


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianThanks(Content):
    """To a guardian who gave consent: the record of what they agreed to.

    *purposes* are titles in the guardian's language; through the *link* they can see
    and withdraw it, at *receipt* stands the signed record.
    """

    template: ClassVar[str] = "guardian_thanks"
    channels: ClassVar[Channels] = BY_EITHER

    purposes: tuple[str, ...]
    policy_version: str
    link: str = field(repr=False)
    receipt: str = field(repr=False)
    withdraw_contact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentToBeConfirmed(Content):
    """To a guardian who gave consent where the account waits for the second contact.

    Nothing happens for *hours*; then they are written to again.
    """

    template: ClassVar[str] = "consent_to_be_confirmed"
    channels: ClassVar[Channels] = BY_EITHER

    purposes: tuple[str, ...]
    policy_version: str
    hours: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondContact(Content):
    """To a guardian, a day after: consent was given, and can be revoked by the *link*.

    Unless that happens within *hours*, it is confirmed (COPPA 16 CFR
    312.5(b)(2)(viii)).
    """

    template: ClassVar[str] = "second_contact"
    channels: ClassVar[Channels] = BY_EITHER

    purposes: tuple[str, ...]
    link: str = field(repr=False)
    hours: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentNarrowed(Content):
    """To a guardian: *purposes* are off now, and the account goes on without them."""

    template: ClassVar[str] = "consent_narrowed"
    channels: ClassVar[Channels] = BY_EITHER

    purposes: tuple[str, ...]
    link: str = field(repr=False)
    receipt: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentWithdrawn(Content):
    """To a guardian: *purposes* are off now, and the account goes in so many *days*."""

    template: ClassVar[str] = "consent_withdrawn"
    channels: ClassVar[Channels] = BY_EITHER

    purposes: tuple[str, ...]
    days: int
    link: str = field(repr=False)
    receipt: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentEnding(Content):
    """To a guardian: their consent ends in so many *days*; the *link* renews it."""

    template: ClassVar[str] = "consent_ending"
    channels: ClassVar[Channels] = BY_EITHER

    days: int
    link: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentEnded(Content):
    """To a guardian: there is no consent now; the account goes in so many *days*.

    The *link* gives it again.
    """

    template: ClassVar[str] = "consent_ended"
    channels: ClassVar[Channels] = BY_EITHER

    days: int
    link: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentAskedAnew(Content):
    """To a guardian: the policy changes, as *changes* says; the *link* answers it."""

    template: ClassVar[str] = "consent_asked_anew"
    channels: ClassVar[Channels] = BY_EITHER

    policy_version: str
    changes: str
    link: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentCode(Content):
    """To a guardian: the code that goes with the link of another message."""

    template: ClassVar[str] = "consent_code"
    channels: ClassVar[Channels] = BY_EITHER

    code: str = field(repr=False)
