"""The operator, the subjects and the contents that the tests of messages use."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from service.domain.messages import (
    AccountOpened,
    AccountReactivated,
    AccountSuspended,
    AcknowledgementOverdue,
    AgeReviewed,
    AgeReviewedFinally,
    AlreadyRegistered,
    AppealOpened,
    AppealRejected,
    Channel,
    ChildPasswordChanged,
    ChildPasswordReset,
    ChoicesAreYours,
    ConsentAskedAnew,
    ConsentCode,
    ConsentEnded,
    ConsentEnding,
    ConsentNarrowed,
    ConsentNoLongerNeeded,
    ConsentToBeConfirmed,
    ConsentWithdrawn,
    ContactAdded,
    ContactAlreadyUsed,
    ContactChanged,
    ContactCode,
    Content,
    CountryChanged,
    CountryChangeWaits,
    DecideYourself,
    DisputeSettled,
    FormRejected,
    FormsWait,
    FreshLink,
    GuardianAsked,
    GuardianFreed,
    GuardianInvited,
    GuardianJoined,
    GuardianReminder,
    GuardiansDisagree,
    GuardianSecured,
    GuardianSecurity,
    GuardianSignIn,
    GuardianThanks,
    LinkInUse,
    Message,
    NewContactCode,
    PasskeyAdded,
    PasskeyRefused,
    PasskeyRemoved,
    PasswordChanged,
    PasswordReset,
    RecoveryCodesReplaced,
    RecoveryCodeUsed,
    SecondContact,
    SecondFactorsReset,
    SessionReused,
    SignInsFailed,
    TotpAdded,
    TotpRemoved,
)
from service.domain.profiles import (
    AgeMode,
    AgeRules,
    AppName,
    Contact,
    Identifier,
    PolicyProfile,
    PolicyVersion,
)
from service.kit.secrets import SealingKey

BASE_URL = "https://gate.example"

PROFILE = PolicyProfile(
    app=AppName("playground"),
    name="Playground",
    operator="Sandbox Games Ltd.",
    contact=Contact(
        email="help@sandbox.example",
        appeals="appeals@sandbox.example",
        phone="+44 20 7946 0958",
        dpo_email="dpo@sandbox.example",
        authority="Office of the Commissioner, commissioner@authority.example",
    ),
    region="any",
    languages=("en", "zh-CN"),
    age=AgeRules(mode=AgeMode.GUARDIAN, clause="4.1", guardian_below=14),
    fields=(),
    purposes=(),
    policy_versions=(
        PolicyVersion(
            version="2026-07",
            published_date=date(2026, 7, 1),
            effective_date=date(2026, 7, 8),
            text_sha256="0" * 64,
            url="https://sandbox.example/privacy",
            title={"en": "Privacy policy"},
            changes={"en": "New"},
        ),
    ),
    identifiers=(Identifier.EMAIL,),
)

BARE_PROFILE = replace(
    PROFILE, contact=Contact(email="help@sandbox.example", appeals="a@sandbox.example")
)

RECEIPT = f"{BASE_URL}/receipts/0b2f5a1e-9c1d-4f6e-8a53-2f8b6d3e7c25"
PURPOSES = ("Save your progress", "Play with <friends> & family")
LINK = f"{BASE_URL}/guardian/uTqJ0qfVuhHYcvh_M3vdvZMULXYzGZV2ptSYwFQr5wQ"

CHOICES_LINK = f"{BASE_URL}/account/purposes"
UNDO_LINK = f"{BASE_URL}/undo#M3vdvZMULXYzGZV2ptSYwFQr5wQuTqJ0qfVuhHYcvh_"

CONTENTS: tuple[Content, ...] = (
    ContactCode(code="482605", minutes=37),
    AlreadyRegistered(),
    GuardianAsked(link=LINK, days=26, app_name="Playground Plus"),
    GuardianReminder(link=LINK, days=5, app_name="Playground Plus"),
    GuardianThanks(
        purposes=PURPOSES,
        policy_version="2026-07",
        link=LINK,
        receipt=RECEIPT,
        withdraw_contact="withdraw@sandbox.example",
    ),
    ConsentToBeConfirmed(purposes=PURPOSES, policy_version="2026-07", hours=26),
    SecondContact(purposes=PURPOSES, link=LINK, hours=27),
    ConsentNarrowed(purposes=PURPOSES, link=LINK, receipt=RECEIPT),
    ConsentWithdrawn(purposes=PURPOSES, days=29, link=LINK, receipt=RECEIPT),
    ConsentEnding(days=7, link=LINK),
    ConsentEnded(days=28, link=LINK),
    ConsentAskedAnew(
        policy_version="2026-07", changes="We show <maps> & plans.", link=LINK
    ),
    ConsentCode(code="482605"),
    GuardianInvited(link=LINK, days=9, app_name="Playground"),
    GuardianJoined(link=LINK),
    GuardiansDisagree(link=LINK),
    DisputeSettled(link=LINK),
    FormRejected(link=LINK),
    FormsWait(count="3", oldest_at="2026-07-08 09:45 UTC"),
    FreshLink(link=LINK, days=30),
    LinkInUse(),
    GuardianSignIn(link=LINK, minutes=9),
    GuardianFreed(),
    ChoicesAreYours(link=CHOICES_LINK),
    AccountSuspended(days=28),
    AgeReviewed(days=26, appeal="appeals@sandbox.example", link=LINK),
    AgeReviewedFinally(days=25, appeal="appeals@sandbox.example", link=LINK),
    AppealOpened(days=24, appeal="appeals@sandbox.example"),
    AppealRejected(days=23, appeal="appeals@sandbox.example"),
    CountryChanged(),
    CountryChangeWaits(days=93),
    AccountReactivated(),
    ConsentNoLongerNeeded(),
    DecideYourself(),
    AccountOpened(),
    AcknowledgementOverdue(
        count="3",
        oldest_at="2026-07-08 09:45 UTC",
        subscribers=("rights-service", "consent-service"),
    ),
    TotpAdded(link=LINK),
    TotpRemoved(link=LINK),
    PasskeyAdded(link=LINK),
    PasskeyRemoved(link=LINK),
    PasskeyRefused(link=LINK),
    RecoveryCodesReplaced(link=LINK),
    RecoveryCodeUsed(left=3, link=LINK),
    SignInsFailed(link=LINK),
    SessionReused(link=LINK),
    SecondFactorsReset(link=LINK),
    PasswordReset(link=LINK, minutes=37),
    ChildPasswordReset(link=LINK, hours=26),
    PasswordChanged(link=LINK),
    ChildPasswordChanged(link=LINK),
    GuardianSecurity(what="passkey_added", link=LINK),
    GuardianSecured(link=LINK),
    NewContactCode(code="482605", minutes=37),
    ContactChanged(undo_link=UNDO_LINK, link=LINK, hours=26),
    ContactAdded(link=LINK),
    ContactAlreadyUsed(),
)

ADDRESS = {Channel.EMAIL: "ada@people.example", Channel.SMS: "+447700900123"}


@dataclass(frozen=True)
class Subject:
    """Somebody with a data key."""

    id: UUID
    key: SealingKey


EVERY_MESSAGE = [
    (content, channel, language)
    for content in CONTENTS
    for channel in sorted(content.channels)
    for language in ("en", "zh")
]
"""Each content on each of its channels in each language."""


def message_to(
    subject: Subject,
    content: Content,
    channel: Channel = Channel.EMAIL,
    *,
    recipient: str | None = None,
) -> Message:
    return Message(
        app=PROFILE.app,
        subject_id=subject.id,
        channel=channel,
        recipient=recipient or ADDRESS[channel],
        language="en",
        content=content,
    )
