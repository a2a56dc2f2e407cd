"""To guardians: what they are asked, and who else has a say."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar

from service.domain.messages.message import BY_EITHER, Channels, Content


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianAsked(Content):
    """To a guardian: a child named them; the *link* leads to the question.

    Unanswered, everything is deleted after *days* (rounded up). *app_name* is the
    operator's product; who the child is, the message doesn't say.
    """

    template: ClassVar[str] = "guardian_asked"
    channels: ClassVar[Channels] = BY_EITHER

    link: str = field(repr=False)
    days: int
    app_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianReminder(Content):
    """To a guardian, for the second and third time: with the *days* that are left."""

    template: ClassVar[str] = "guardian_reminder"
    channels: ClassVar[Channels] = BY_EITHER

    link: str = field(repr=False)
    days: int
    app_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianInvited(Content):
    """To somebody whom a guardian named as another one; the *link* leads to it.

    The code that goes with it is on the screen of who named them. Unanswered, the
    invitation ends after *days*.
    """

    template: ClassVar[str] = "guardian_invited"
    channels: ClassVar[Channels] = BY_EITHER

    link: str = field(repr=False)
    days: int
    app_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianJoined(Content):
    """To a guardian: another one has a say now; the *link* shows what holds."""

    template: ClassVar[str] = "guardian_joined"
    channels: ClassVar[Channels] = BY_EITHER

    link: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardiansDisagree(Content):
    """To a guardian: there is a disagreement, and the operator looks into it.

    Nothing new can be agreed to until then; by the *link* they can still withdraw.
    """

    template: ClassVar[str] = "guardians_disagree"
    channels: ClassVar[Channels] = BY_EITHER

    link: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeSettled(Content):
    """To a guardian: the operator has decided; the *link* shows what holds."""

    template: ClassVar[str] = "dispute_settled"
    channels: ClassVar[Channels] = BY_EITHER

    link: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormRejected(Content):
    """To a guardian: the signed form does not count; another try leads on from *link*.

    Why it does not is the operator's to say: nothing about the paper is written here.
    """

    template: ClassVar[str] = "form_rejected"
    channels: ClassVar[Channels] = BY_EITHER

    link: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class FreshLink(Content):
    """To a guardian: a fresh *link* in the place of one before, good for *days*."""

    template: ClassVar[str] = "fresh_link"
    channels: ClassVar[Channels] = BY_EITHER

    link: str = field(repr=False)
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianSignIn(Content):
    """To a guardian who wants to sign in: the *link*, good for so many *minutes*.

    The code that goes with it is on the screen of who asked for it.
    """

    template: ClassVar[str] = "guardian_sign_in"
    channels: ClassVar[Channels] = BY_EITHER

    link: str = field(repr=False)
    minutes: int

    @property
    def lifetime(self) -> timedelta:
        """Return how long the link is good: a late one only confuses."""
        return timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianSecurity(Content):
    """To a guardian: *what* became of their own way in; the *link* denies it."""

    template: ClassVar[str] = "guardian_security"
    channels: ClassVar[Channels] = BY_EITHER

    what: str
    link: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianSecured(Content):
    """To a guardian who said that it was not them: by the *link* they sign in again."""

    template: ClassVar[str] = "guardian_secured"
    channels: ClassVar[Channels] = BY_EITHER

    link: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class LinkInUse(Content):
    """To a guardian: their link was opened in a second browser; nothing has changed."""

    template: ClassVar[str] = "link_in_use"
    channels: ClassVar[Channels] = BY_EITHER


@dataclass(frozen=True, slots=True)
class GuardianFreed(Content):
    """To a guardian: the holder decides alone by now; not why."""

    template: ClassVar[str] = "guardian_freed"
    channels: ClassVar[Channels] = BY_EITHER


@dataclass(frozen=True, slots=True)
class ConsentNoLongerNeeded(Content):
    """To a guardian who was asked: no answer is needed any more; not why."""

    template: ClassVar[str] = "consent_no_longer_needed"
    channels: ClassVar[Channels] = BY_EITHER
