"""To holders and their guardians: passwords and contacts."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar

from service.domain.messages.message import BY_EITHER, Channels, Content
from service.domain.messages.sign_up import ContactCode


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordReset(Content):
    """To a confirmed contact: the *link* to choose another password, for *minutes*."""

    template: ClassVar[str] = "password_reset"
    channels: ClassVar[Channels] = BY_EITHER

    link: str = field(repr=False)
    minutes: int

    @property
    def lifetime(self) -> timedelta:
        """Return how long the link is good: a late one only confuses."""
        return timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildPasswordReset(Content):
    """To a guardian: the *link* by which the child chooses another password.

    It is opened together with the child; who the child is, the message doesn't say.
    """

    template: ClassVar[str] = "child_password_reset"
    channels: ClassVar[Channels] = BY_EITHER

    link: str = field(repr=False)
    hours: int

    @property
    def lifetime(self) -> timedelta:
        """Return how long the link is good: a late one only confuses."""
        return timedelta(hours=self.hours)


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChanged(Content):
    """To a holder: the password was changed; the *link* says that it wasn't them."""

    template: ClassVar[str] = "password_changed"
    channels: ClassVar[Channels] = BY_EITHER

    link: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildPasswordChanged(Content):
    """To a guardian: a child's password was changed; the *link* says by somebody else.

    The account is shut then, and the guardian is written to how it is opened again.
    """

    template: ClassVar[str] = "child_password_changed"
    channels: ClassVar[Channels] = BY_EITHER

    link: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewContactCode(ContactCode):
    """To the new contact of an account: the code that confirms it."""

    template: ClassVar[str] = "new_contact_code"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactChanged(Content):
    """To the contact that was replaced: for some *hours* *undo_link* puts it back.

    Afterwards the *link* still says that it wasn't the holder.
    """

    template: ClassVar[str] = "contact_changed"
    channels: ClassVar[Channels] = BY_EITHER

    undo_link: str = field(repr=False)
    link: str = field(repr=False)
    hours: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactAdded(Content):
    """To a holder, at a contact they had: another one was added to the account."""

    template: ClassVar[str] = "contact_added"
    channels: ClassVar[Channels] = BY_EITHER

    link: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ContactAlreadyUsed(Content):
    """To an account's contact: somebody wanted it for their account; nothing changed.

    Sent where a new contact gets a ContactCode, by the same single write.
    """

    template: ClassVar[str] = "contact_already_used"
    channels: ClassVar[Channels] = BY_EITHER
