"""Every content there is."""

from typing import Final

from service.domain.messages.accounts import (
    AccountReactivated,
    AccountSuspended,
    AgeReviewed,
    ChoicesAreYours,
)
from service.domain.messages.consent import (
    ConsentAskedAnew,
    ConsentCode,
    ConsentEnded,
    ConsentEnding,
    ConsentNarrowed,
    ConsentToBeConfirmed,
    ConsentWithdrawn,
    GuardianThanks,
    SecondContact,
)
from service.domain.messages.guardians import (
    ConsentNoLongerNeeded,
    DisputeSettled,
    FreshLink,
    GuardianAsked,
    GuardianFreed,
    GuardianInvited,
    GuardianJoined,
    GuardianReminder,
    GuardiansDisagree,
    GuardianSignIn,
    LinkInUse,
)
from service.domain.messages.message import Content
from service.domain.messages.operators import (
    AcknowledgementOverdue,
)
from service.domain.messages.recovery import (
    ChildPasswordChanged,
    ChildPasswordReset,
    ContactAdded,
    ContactAlreadyUsed,
    ContactChanged,
    NewContactCode,
    PasswordChanged,
    PasswordReset,
)
from service.domain.messages.security import (
    PasskeyAdded,
    PasskeyRefused,
    PasskeyRemoved,
    RecoveryCodesReplaced,
    RecoveryCodeUsed,
    SessionReused,
    SignInsFailed,
    TotpAdded,
    TotpRemoved,
)
from service.domain.messages.sign_up import (
    AccountOpened,
    AlreadyRegistered,
    ContactCode,
    DecideYourself,
)

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
