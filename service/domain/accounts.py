"""An account: what it is made of, and in which states it can be."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType, Self
from uuid import UUID

from service.domain.actors import Actor
from service.domain.decisions import AgeBand, DecisionKind
from service.domain.events import Cause, Event, EventType
from service.domain.forms import ContactKind, Identifier
from service.domain.profiles import AppName, LegalGround

AccountId = NewType("AccountId", UUID)

ERASED: Final = "erased"
"""What an account is, as others are told, that is no more."""


class AccountState(StrEnum):
    """What may be done with an account."""

    ACTIVE = "active"
    RESTRICTED = "restricted"
    SUSPENDED = "suspended"
    CLOSING = "closing"


class Suspension(StrEnum):
    """Why an account is suspended: it is stored, and used for nothing else."""

    CONSENT = "consent"
    AGE_REVIEW = "age_review"


class AccountStep(StrEnum):
    """What can happen to an account because of consent or age."""

    LOSE_CONSENT = "lose_consent"
    REGAIN_CONSENT = "regain_consent"
    FREEZE = "freeze"
    CLEAR = "clear"
    ASK_CONSENT = "ask_consent"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """Everything an account opens with.

    A contact that was not *confirmed* is kept, but nobody is found by it. The account
    keeps the id and the data key of the registration it grew from, and it rests on
    the age decision named: the database takes no account without one.
    """

    account_id: AccountId
    app: AppName
    decision_id: UUID
    band: AgeBand
    country: str | None
    language: str
    email: str | None
    phone: str | None
    username: str | None
    confirmed: frozenset[ContactKind]
    extras: Mapping[str, str]
    password_hash: str
    policy_version: str
    opened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """An account's state, why it is suspended, and what it is once it is not."""

    state: AccountState
    suspended_for: Suspension | None = None
    resumes: AccountState | None = None

    @property
    def suspended(self) -> bool:
        """Tell whether the account is stored, and used for nothing else."""
        return self.state is AccountState.SUSPENDED


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountOutline:
    """What needs no key to read of an account.

    *assured*: the holder's age was proven, not declared. *own_word_due*: a guardian's
    consent still holds, and the holder, who decides alone by now, has not confirmed,
    changed or withdrawn it (EDPB 05/2020, 147 to 149).
    """

    account_id: AccountId
    app: AppName
    condition: Condition
    suspended_at: datetime | None
    decision_id: UUID
    decision: DecisionKind
    assured: bool
    band: AgeBand
    country: str | None
    language: str
    policy_version: str
    own_word_due: bool

    def at(self, condition: Condition, *, since: datetime | None) -> Self:
        """Return the same account in another condition."""
        return replace(self, condition=condition, suspended_at=since)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account as flows work with it, opened from its seal.

    *found_by* are the kinds of identifier by which it is found: a contact that is not
    among them was never confirmed. A *password_short* can't stand alone. While it is
    *locked* nobody can sign in, and while the age of the holder is reviewed.
    """

    account_id: AccountId
    app: AppName
    state: AccountState
    band: AgeBand
    language: str
    email: str | None
    phone: str | None
    username: str | None
    found_by: frozenset[Identifier]
    extras: Mapping[str, str]
    password_hash: str = field(repr=False)
    password_short: bool
    locked: bool
    suspended_for: Suspension | None = None

    def contact(self, kind: ContactKind) -> str | None:
        """Return the contact of *kind*, if there is one."""
        return self.email if kind is ContactKind.EMAIL else self.phone

    @property
    def confirmed(self) -> Mapping[ContactKind, str]:
        """Return the contacts that are the holder's own, e-mail first."""
        return {
            kind: contact
            for kind in ContactKind
            if (contact := self.contact(kind)) is not None
            and Identifier(kind) in self.found_by
        }

    @property
    def own_words(self) -> tuple[str | None, ...]:
        """Return what no password should be made of: others know it."""
        return (self.username, self.email, self.phone, *self.extras.values())

    def event(
        self,
        event_type: EventType,
        cause: Cause,
        actor: Actor,
        *,
        before: str | None = None,
        after: str | None = None,
    ) -> Event:
        """Return what happened to this account, as others are told."""
        return Event(
            type=event_type,
            subject_id=self.account_id,
            app=self.app,
            cause=cause,
            actor=actor,
            before=before,
            after=after,
            legal_ground=LegalGround.CONTRACT,
            age_band=self.band,
        )


_OPEN: Final = frozenset({AccountState.ACTIVE, AccountState.RESTRICTED})


def stepped(condition: Condition, step: AccountStep) -> Condition | None:
    """Return where *step* leads an account; None where it changes nothing.

    An age review is stricter than missing consent, and lasts until it is decided: then
    the account goes on, or waits for consent.
    """
    consent = condition.suspended_for is Suspension.CONSENT
    review = condition.suspended_for is Suspension.AGE_REVIEW
    match step:
        case AccountStep.LOSE_CONSENT if condition.state in _OPEN:
            return _suspended(condition, Suspension.CONSENT)
        case AccountStep.FREEZE if condition.state in _OPEN or consent:
            return _suspended(condition, Suspension.AGE_REVIEW)
        case AccountStep.ASK_CONSENT if review:
            return _suspended(condition, Suspension.CONSENT)
        case AccountStep.REGAIN_CONSENT if consent:
            return Condition(state=condition.resumes or AccountState.ACTIVE)
        case AccountStep.CLEAR if review:
            return Condition(state=condition.resumes or AccountState.ACTIVE)
        case _:
            return None


def _suspended(before: Condition, why: Suspension) -> Condition:
    resumes = before.resumes if before.suspended else before.state
    return Condition(state=AccountState.SUSPENDED, suspended_for=why, resumes=resumes)
