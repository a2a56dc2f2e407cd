"""By what a guardian who is signed in has proven who they are, and what that is worth.

A link and its code prove the mailbox, as consent by e-mail does. What an account is
good for beyond that rests on a second factor: a passkey that verified its user, or an
authenticator app beside the link or a password.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from service.domain.accounts import AccountId
from service.domain.authenticators import FRESH, Factor
from service.domain.consent import GuardianId, Reply
from service.domain.consent_methods import Method
from service.domain.refusals import GuardianAccountInsufficient, StepUpRequired

SECOND: Final = (Factor.PASSKEY, Factor.TOTP)
"""What a guardian can add, the strongest first."""

RECOVERY_WAITS: Final = timedelta(days=3)
"""How long the mailbox alone waits before it stands in for factors that are lost."""

RESTS_ON: Final = {1: Method.EMAIL_PLUS, 2: Method.CARD, 3: Method.DOCUMENT}
"""A method as strong as consent that a guardian's account carried, and as lawful."""


class Lacking(StrEnum):
    """What is missing for consent by a guardian's account."""

    VERIFICATION = "verification"
    SECOND_FACTOR = "second_factor"


class GuardianCause(StrEnum):
    """What a letter about a guardian's security tells of."""

    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    PASSKEY_REFUSED = "passkey_refused"
    TOTP_ADDED = "totp_added"
    TOTP_REMOVED = "totp_removed"
    PASSWORD_SET = "password_set"  # noqa: S105 -- no password
    PASSWORD_REMOVED = "password_removed"  # noqa: S105
    RECOVERY_ASKED = "recovery_asked"
    RECOVERED = "recovered"
    CHILD_PASSWORD_CHANGED = "child_password_changed"  # noqa: S105


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianReport:
    """A guardian said "this wasn't me" about something at *caused_at*.

    With an *account_id* it is about the account of a child.
    """

    guardian_id: GuardianId
    account_id: AccountId | None
    cause: GuardianCause
    caused_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianSession:
    """A guardian who is signed in: by what, proven when, and what they could prove."""

    guardian_id: GuardianId
    methods: frozenset[Factor]
    proven_at: datetime
    enrolled: frozenset[Factor]
    session_hash: bytes = field(repr=False)

    @property
    def carries_second_factor(self) -> bool:
        """Tell whether a second factor was used to get here."""
        return carries_second_factor(self.methods)

    def check_proven(self) -> None:
        """Raise StepUpRequired where there is a second factor, and it was not used.

        Whoever reads a guardian's mail may look, and withdraw: never more, once the
        guardian has a second factor.
        """
        if self.enrolled and not self.carries_second_factor:
            raise StepUpRequired(provable(self.enrolled))

    def check_fresh(self, enrolled: Collection[Factor], *, now: datetime) -> None:
        """Raise StepUpRequired unless enough was proven, and not long ago.

        *enrolled* is what the guardian has by now. Without a second factor it is the
        link and the code that are to be fresh.
        """
        recent = now - self.proven_at < FRESH
        if not recent or (enrolled and not self.carries_second_factor):
            raise StepUpRequired(provable(enrolled) or (Factor.EMAIL_LINK,))


def provable(enrolled: Collection[Factor]) -> tuple[Factor, ...]:
    """Return by which second factors somebody can prove who they are."""
    return tuple(one for one in SECOND if one in enrolled)


def carries_second_factor(methods: Collection[Factor]) -> bool:
    """Tell whether *methods* are more than a mailbox, or more than a password.

    A passkey is two factors in one; an app's code always stands beside another.
    """
    return any(one in SECOND for one in methods)


def check_known(
    proven: Collection[Factor],
    enrolled: Collection[Factor],
    verified_by: Method | None,
) -> None:
    """Raise GuardianAccountInsufficient unless the account can carry consent."""
    missing = []
    if verified_by is None:
        missing.append(Lacking.VERIFICATION)
    if not carries_second_factor(proven):
        missing.append(Lacking.SECOND_FACTOR)
    if missing:
        raise GuardianAccountInsufficient(missing, provable(enrolled))


def rested_on(method: str, strength: int, *, recovered: bool) -> Method:
    """Return the method that consent shows a guardian to be verified by.

    What a guardian's account carried shows what that rested on, however long ago the
    first consent was. What is older than a recovery by the mailbox shows the mailbox.
    """
    if recovered:
        return Method.EMAIL_PLUS
    named = Method(method)
    return RESTS_ON[strength] if named is Method.GUARDIAN_ACCOUNT else named


def answered_by(reply: Reply, session: GuardianSession | None) -> Reply:
    """Return a reply as that of who is signed in, if somebody is."""
    if session is None:
        return reply
    return replace(
        reply,
        signed_in=session.guardian_id,
        proven=session.methods,
        enrolled=session.enrolled,
    )
