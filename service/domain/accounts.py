"""An account: what it is made of, and in which states it can be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from service.domain.actors import Actor
from service.domain.decisions import AgeBand
from service.domain.events import Cause, Event, EventType
from service.domain.forms import ContactKind, Identifier
from service.domain.profiles import AppName, LegalGround

AccountId = NewType("AccountId", UUID)


class AccountState(StrEnum):
    """What may be done with an account."""

    ACTIVE = "active"
    RESTRICTED = "restricted"
    SUSPENDED = "suspended"
    CLOSING = "closing"


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
class Account:
    """An account as flows work with it, opened from its seal.

    *found_by* are the kinds of identifier by which it is found: a contact that is not
    among them was never confirmed. A *password_short* can't stand alone. While it is
    *locked* nobody can sign in.
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
