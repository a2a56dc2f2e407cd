"""Every message to people, on one page: what it is about, not its words.

The words are in service/messages/templates. Nothing that an applicant typed stands in
a message, or it could be used to write to strangers: the parameters are this service's
and the operator's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from enum import StrEnum
from typing import ClassVar, Final, TypeAlias
from uuid import UUID

from service.domain.profiles import AppName

WORTH_SENDING: Final = timedelta(days=3)


class Channel(StrEnum):
    """The way a message takes."""

    EMAIL = "email"
    SMS = "sms"


Channels: TypeAlias = frozenset[Channel]

BY_EMAIL: Final[Channels] = frozenset({Channel.EMAIL})
BY_EITHER: Final[Channels] = frozenset(Channel)


@dataclass(frozen=True, slots=True)
class Content:
    """What a message says: the name of its templates, and their parameters."""

    template: ClassVar[str]
    channels: ClassVar[Channels]

    @property
    def parameters(self) -> Mapping[str, str]:
        """Return the parameters as text; of several texts, one a line."""
        return {one.name: _text(getattr(self, one.name)) for one in fields(self)}

    @property
    def lifetime(self) -> timedelta:
        """Return how long after it was queued the message is still worth sending."""
        return WORTH_SENDING


def _text(value: object) -> str:
    return "\n".join(value) if isinstance(value, tuple) else str(value)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianAsked(Content):
    """To a guardian: a child named them; the *link* leads to the question.

    Unanswered, everything is deleted after *days* (rounded up). *app_name* is the
    operator's product; who the child is, the message doesn't say.
    """

    template: ClassVar[str] = "guardian_asked"
    channels: ClassVar[Channels] = BY_EMAIL

    link: str = field(repr=False)
    days: int
    app_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianReminder(Content):
    """To a guardian, for the second and third time: with the *days* that are left."""

    template: ClassVar[str] = "guardian_reminder"
    channels: ClassVar[Channels] = BY_EMAIL

    link: str = field(repr=False)
    days: int
    app_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianThanks(Content):
    """To a guardian who gave consent: the record of what they agreed to.

    *purposes* are titles in the guardian's language; through the *link* they can see
    and withdraw it, at *receipt* stands the signed record.
    """

    template: ClassVar[str] = "guardian_thanks"
    channels: ClassVar[Channels] = BY_EMAIL

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
    channels: ClassVar[Channels] = BY_EMAIL

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
    channels: ClassVar[Channels] = BY_EMAIL

    purposes: tuple[str, ...]
    link: str = field(repr=False)
    hours: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentNarrowed(Content):
    """To a guardian: *purposes* are off now, and the account goes on without them."""

    template: ClassVar[str] = "consent_narrowed"
    channels: ClassVar[Channels] = BY_EMAIL

    purposes: tuple[str, ...]
    link: str = field(repr=False)
    receipt: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentWithdrawn(Content):
    """To a guardian: *purposes* are off now, and the account goes in so many *days*."""

    template: ClassVar[str] = "consent_withdrawn"
    channels: ClassVar[Channels] = BY_EMAIL

    purposes: tuple[str, ...]
    days: int
    link: str = field(repr=False)
    receipt: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentEnding(Content):
    """To a guardian: their consent ends in so many *days*; the *link* renews it."""

    template: ClassVar[str] = "consent_ending"
    channels: ClassVar[Channels] = BY_EMAIL

    days: int
    link: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentEnded(Content):
    """To a guardian: there is no consent now; the account goes in so many *days*.

    The *link* gives it again.
    """

    template: ClassVar[str] = "consent_ended"
    channels: ClassVar[Channels] = BY_EMAIL

    days: int
    link: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentAskedAnew(Content):
    """To a guardian: the policy changes, as *changes* says; the *link* answers it."""

    template: ClassVar[str] = "consent_asked_anew"
    channels: ClassVar[Channels] = BY_EMAIL

    policy_version: str
    changes: str
    link: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentCode(Content):
    """To a guardian: the code that goes with the link of another message."""

    template: ClassVar[str] = "consent_code"
    channels: ClassVar[Channels] = BY_EMAIL

    code: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianInvited(Content):
    """To somebody whom a guardian named as another one; the *link* leads to it.

    The code that goes with it is on the screen of who named them. Unanswered, the
    invitation ends after *days*.
    """

    template: ClassVar[str] = "guardian_invited"
    channels: ClassVar[Channels] = BY_EMAIL

    link: str = field(repr=False)
    days: int
    app_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianJoined(Content):
    """To a guardian: another one has a say now; the *link* shows what holds."""

    template: ClassVar[str] = "guardian_joined"
    channels: ClassVar[Channels] = BY_EMAIL

    link: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardiansDisagree(Content):
    """To a guardian: there is a disagreement, and the operator looks into it.

    Nothing new can be agreed to until then; by the *link* they can still withdraw.
    """

    template: ClassVar[str] = "guardians_disagree"
    channels: ClassVar[Channels] = BY_EMAIL

    link: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeSettled(Content):
    """To a guardian: the operator has decided; the *link* shows what holds."""

    template: ClassVar[str] = "dispute_settled"
    channels: ClassVar[Channels] = BY_EMAIL

    link: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class FreshLink(Content):
    """To a guardian: a fresh *link* in the place of one before, good for *days*."""

    template: ClassVar[str] = "fresh_link"
    channels: ClassVar[Channels] = BY_EMAIL

    link: str = field(repr=False)
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianSignIn(Content):
    """To a guardian who wants to sign in: the *link*, good for so many *minutes*.

    The code that goes with it is on the screen of who asked for it.
    """

    template: ClassVar[str] = "guardian_sign_in"
    channels: ClassVar[Channels] = BY_EMAIL

    link: str = field(repr=False)
    minutes: int

    @property
    def lifetime(self) -> timedelta:
        """Return how long the link is good: a late one only confuses."""
        return timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True)
class LinkInUse(Content):
    """To a guardian: their link was opened in a second browser; nothing has changed."""

    template: ClassVar[str] = "link_in_use"
    channels: ClassVar[Channels] = BY_EMAIL


@dataclass(frozen=True, slots=True)
class GuardianFreed(Content):
    """To a guardian: the holder decides alone by now; not why."""

    template: ClassVar[str] = "guardian_freed"
    channels: ClassVar[Channels] = BY_EMAIL


@dataclass(frozen=True, slots=True)
class ChoicesAreYours(Content):
    """To a holder: what a guardian agreed to is theirs to decide now; not why."""

    template: ClassVar[str] = "choices_are_yours"
    channels: ClassVar[Channels] = BY_EITHER


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


@dataclass(frozen=True, slots=True)
class ConsentNoLongerNeeded(Content):
    """To a guardian who was asked: no answer is needed any more; not why."""

    template: ClassVar[str] = "consent_no_longer_needed"
    channels: ClassVar[Channels] = BY_EMAIL


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


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgementOverdue(Content):
    """To the operator: *subscribers* have not acknowledged events for a day."""

    template: ClassVar[str] = "acknowledgement_overdue"
    channels: ClassVar[Channels] = BY_EMAIL

    count: str
    oldest_at: str
    subscribers: tuple[str, ...]


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
    channels: ClassVar[Channels] = BY_EMAIL

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
    channels: ClassVar[Channels] = BY_EMAIL

    link: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianSecurity(Content):
    """To a guardian: *what* became of their own way in; the *link* denies it."""

    template: ClassVar[str] = "guardian_security"
    channels: ClassVar[Channels] = BY_EMAIL

    what: str
    link: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianSecured(Content):
    """To a guardian who said that it was not them: by the *link* they sign in again."""

    template: ClassVar[str] = "guardian_secured"
    channels: ClassVar[Channels] = BY_EMAIL

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


@dataclass(frozen=True, slots=True, kw_only=True)
class TotpAdded(Content):
    """To a holder: an authenticator app was added; the *link* says it wasn't them."""

    template: ClassVar[str] = "totp_added"
    channels: ClassVar[Channels] = BY_EITHER

    link: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TotpRemoved(Content):
    """To a holder: an authenticator app was removed."""

    template: ClassVar[str] = "totp_removed"
    channels: ClassVar[Channels] = BY_EITHER

    link: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyAdded(Content):
    """To a holder: a passkey was added."""

    template: ClassVar[str] = "passkey_added"
    channels: ClassVar[Channels] = BY_EITHER

    link: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyRemoved(Content):
    """To a holder: a passkey was removed."""

    template: ClassVar[str] = "passkey_removed"
    channels: ClassVar[Channels] = BY_EITHER

    link: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyRefused(Content):
    """To a holder: a passkey was refused, because it may be a copy."""

    template: ClassVar[str] = "passkey_refused"
    channels: ClassVar[Channels] = BY_EITHER

    link: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryCodesReplaced(Content):
    """To a holder: new recovery codes were made, and the old ones are worthless."""

    template: ClassVar[str] = "recovery_codes_replaced"
    channels: ClassVar[Channels] = BY_EITHER

    link: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryCodeUsed(Content):
    """To a holder: a recovery code was used, and so many are *left*."""

    template: ClassVar[str] = "recovery_code_used"
    channels: ClassVar[Channels] = BY_EITHER

    left: int
    link: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInsFailed(Content):
    """To a holder: somebody failed to sign in so often that the account is slow now."""

    template: ClassVar[str] = "sign_ins_failed"
    channels: ClassVar[Channels] = BY_EITHER

    link: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionReused(Content):
    """To a holder: a session was ended, because it was in two hands."""

    template: ClassVar[str] = "session_reused"
    channels: ClassVar[Channels] = BY_EITHER

    link: str = field(repr=False)


CONTENTS: Final[tuple[type[Content], ...]] = (
    ContactCode,
    AlreadyRegistered,
    GuardianAsked,
    GuardianReminder,
    GuardianThanks,
    ConsentToBeConfirmed,
    SecondContact,
    ConsentNarrowed,
    ConsentWithdrawn,
    ConsentEnding,
    ConsentEnded,
    ConsentAskedAnew,
    ConsentCode,
    GuardianInvited,
    GuardianJoined,
    GuardiansDisagree,
    DisputeSettled,
    FreshLink,
    LinkInUse,
    GuardianSignIn,
    GuardianSecurity,
    GuardianSecured,
    GuardianFreed,
    ChoicesAreYours,
    AccountSuspended,
    AgeReviewed,
    AccountReactivated,
    ConsentNoLongerNeeded,
    DecideYourself,
    AccountOpened,
    AcknowledgementOverdue,
    TotpAdded,
    TotpRemoved,
    PasskeyAdded,
    PasskeyRemoved,
    PasskeyRefused,
    RecoveryCodesReplaced,
    RecoveryCodeUsed,
    SignInsFailed,
    SessionReused,
    PasswordReset,
    ChildPasswordReset,
    PasswordChanged,
    ChildPasswordChanged,
    NewContactCode,
    ContactChanged,
    ContactAdded,
    ContactAlreadyUsed,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message to one person, who reads *language* (BCP 47).

    *subject_id* is whose data key seals it, and with whom it is erased; *recipient* is
    a canonical address or phone number.
    """

    app: AppName
    subject_id: UUID
    channel: Channel
    recipient: str = field(repr=False)
    language: str
    content: Content

    def __post_init__(self) -> None:
        """Refuse a channel that has no words for the content."""
        if self.channel not in self.content.channels:
            raise ValueError(f"{self.content.template} has no {self.channel}")
