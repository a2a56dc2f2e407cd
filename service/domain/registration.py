"""A sign-up: what a person fills in, which step is due, and how it ends."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NewType, assert_never
from uuid import UUID

from service.domain.actors import Actor
from service.domain.decisions import AgeBand, DecisionKind
from service.domain.events import Cause, Event, EventType
from service.domain.forms import ContactKind
from service.domain.guardian_contacts import GuardianContact
from service.domain.profiles import AppName, LegalGround, PolicyProfile

RegistrationId = NewType("RegistrationId", UUID)

CODE_TRIES: Final = 5
CODE_SENDS: Final = 5
PROOF_TRIES: Final = 3
TO_ACCEPT: Final = timedelta(hours=72)
"""How long, at least, somebody has to accept the policy once they may do so."""


class State(StrEnum):
    """Where a registration stands. The last two are final."""

    CONFIRM_CONTACT = "confirm_contact"
    ASK_GUARDIAN = "ask_guardian"
    AWAITING_GUARDIAN = "awaiting_guardian"
    ASK_PROOF = "ask_proof"
    AWAITING_PROOF = "awaiting_proof"
    ASK_ACCEPTANCE = "ask_acceptance"
    COMPLETED = "completed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What is known of a registration without its data key or its operator's profile.

    It is enough to end one (TM-4).
    """

    registration_id: RegistrationId
    app: AppName
    state: State
    band: AgeBand
    policy_version: str
    expires_at: datetime

    def event(
        self,
        event_type: EventType,
        cause: Cause,
        actor: Actor,
        *,
        legal_ground: LegalGround = LegalGround.CONTRACT,
        before: str | None = None,
        after: str | None = None,
        purposes: tuple[str, ...] = (),
        assurance: str | None = None,
    ) -> Event:
        """Return what happened to this registration, as others are told."""
        return Event(
            type=event_type,
            subject_id=self.registration_id,
            app=self.app,
            cause=cause,
            actor=actor,
            before=before,
            after=after,
            policy_version=self.policy_version,
            legal_ground=legal_ground,
            purposes=purposes,
            assurance=assurance,
            age_band=self.band,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration(Outline):
    """A registration as its flows work with it, opened from its seal.

    *to_accept* tells that the applicant has not accepted the policy for themself: they
    signed up as somebody whose guardian decides, and decide alone by now.
    """

    decision_id: UUID
    decision: DecisionKind
    country: str | None
    language: str
    email: str | None
    phone: str | None
    username: str | None
    guardian_contact: GuardianContact | None
    extras: Mapping[str, str]
    password_hash: str
    purposes: tuple[str, ...]
    confirmed: frozenset[ContactKind]
    to_accept: bool = False
    started_at: datetime

    def contact(self, kind: ContactKind) -> str | None:
        """Return the contact of *kind*, if there is one."""
        return self.email if kind is ContactKind.EMAIL else self.phone

    @property
    def contacts(self) -> Mapping[ContactKind, str]:
        """Return the contacts that were given."""
        given = {kind: self.contact(kind) for kind in ContactKind}
        return {kind: contact for kind, contact in given.items() if contact}

    def unconfirmed(self, profile: PolicyProfile) -> frozenset[ContactKind]:
        """Return the contacts that still have to be confirmed by a code.

        An operator who does not check contacts (TS-4) has none confirmed; nobody can
        sign in by them, then.
        """
        given = {kind for kind in profile.confirms if self.contact(kind) is not None}
        return frozenset(given) - self.confirmed


def state_of(
    decision: DecisionKind,
    *,
    unconfirmed: Collection[ContactKind],
    guardian_asked: bool = False,
    proof_under_way: bool = False,
    to_accept: bool = False,
) -> State:
    """Return the step that is due: the applicant's own contact always comes first.

    A guardian is written to only when the applicant's contact, where there is one, is
    confirmed: so nobody can have a stranger written to from a stranger's address.
    Nobody gets an account who has yet *to_accept* the policy.
    """
    if unconfirmed:
        return State.CONFIRM_CONTACT
    match decision:
        case DecisionKind.ADMIT:
            return State.ASK_ACCEPTANCE if to_accept else State.COMPLETED
        case DecisionKind.ASK_GUARDIAN:
            return State.AWAITING_GUARDIAN if guardian_asked else State.ASK_GUARDIAN
        case DecisionKind.ASK_PROOF:
            return State.AWAITING_PROOF if proof_under_way else State.ASK_PROOF
        case DecisionKind.TURN_AWAY:
            return State.ENDED
        case _:
            assert_never(decision)


def lifetime_ends(
    profile: PolicyProfile, state: State, *, started_at: datetime, now: datetime
) -> datetime:
    """Return when a registration that came to *state* now is deleted, if it stays.

    All of them count from the start, so that no repeated step keeps a child's data
    longer (COPPA 16 CFR 312.5(c)(1)). Who has come of the age to decide alone while
    others were waited for has some days for it in any case; that happens once.
    """
    timers = profile.timers
    match state:
        case State.CONFIRM_CONTACT:
            return started_at + timers.confirm_contact
        case State.ASK_GUARDIAN | State.AWAITING_GUARDIAN:
            return started_at + timers.awaiting_guardian
        case State.ASK_PROOF | State.AWAITING_PROOF:
            return started_at + timers.awaiting_proof
        case State.ASK_ACCEPTANCE:
            return max(started_at + timers.awaiting_guardian, now + TO_ACCEPT)
        case State.COMPLETED | State.ENDED:
            return started_at
        case _:
            assert_never(state)
