"""A sign-up: what a person fills in, which step is due, and how it ends."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType, assert_never
from uuid import UUID

from service.domain.decisions import AgeBand, DecisionKind
from service.domain.forms import CORE_FIELDS, ContactKind, FieldRule, Need
from service.domain.profiles import AppName, PolicyProfile
from service.domain.refusals import FieldMistake

RegistrationId = NewType("RegistrationId", UUID)

USERNAME: Final = re.compile(r"[a-z][a-z0-9._-]{2,31}")
"""Never an e-mail address or a phone number: all three share one namespace."""

EXTRA_LENGTH: Final = 200
CODE_TRIES: Final = 5
CODE_SENDS: Final = 5
PROOF_TRIES: Final = 3


class State(StrEnum):
    """Where a registration stands. The last two are final."""

    CONFIRM_CONTACT = "confirm_contact"
    ASK_GUARDIAN = "ask_guardian"
    AWAITING_GUARDIAN = "awaiting_guardian"
    ASK_PROOF = "ask_proof"
    AWAITING_PROOF = "awaiting_proof"
    COMPLETED = "completed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUp:
    """What a person sends to register, canonical and checked against the profile.

    *extras* are the profile's own fields; *password* is normalised (NFKC).
    """

    email: str | None
    phone: str | None
    username: str | None
    password: str
    extras: Mapping[str, str]
    guardian_email: str | None
    country: str | None
    policy_version: str
    purposes: tuple[str, ...]
    language: str

    def contact(self, kind: ContactKind) -> str | None:
        """Return the contact of *kind*, if it was given."""
        match kind:
            case ContactKind.EMAIL:
                return self.email
            case ContactKind.PHONE:
                return self.phone
            case _:
                assert_never(kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A registration as its flows work with it, opened from its seal."""

    registration_id: RegistrationId
    app: AppName
    state: State
    decision_id: UUID
    decision: DecisionKind
    band: AgeBand
    policy_version: str
    country: str | None
    language: str
    email: str | None
    phone: str | None
    username: str | None
    guardian_email: str | None
    extras: Mapping[str, str]
    password_hash: str
    purposes: tuple[str, ...]
    confirmed: frozenset[ContactKind]
    started_at: datetime
    expires_at: datetime

    def contact(self, kind: ContactKind) -> str | None:
        """Return the contact of *kind*, if there is one."""
        return self.email if kind is ContactKind.EMAIL else self.phone

    @property
    def unconfirmed(self) -> frozenset[ContactKind]:
        """Return the contacts that still have to be confirmed by a code."""
        given = {kind for kind in ContactKind if self.contact(kind) is not None}
        return frozenset(given) - self.confirmed


def state_of(
    decision: DecisionKind,
    *,
    unconfirmed: Collection[ContactKind],
    guardian_asked: bool = False,
    proof_under_way: bool = False,
) -> State:
    """Return the step that is due: the applicant's own contact always comes first.

    A guardian is written to only when the applicant's contact, where there is one, is
    confirmed: so nobody can have a stranger written to from a stranger's address.
    """
    if unconfirmed:
        return State.CONFIRM_CONTACT
    match decision:
        case DecisionKind.ADMIT:
            return State.COMPLETED
        case DecisionKind.ASK_GUARDIAN:
            return State.AWAITING_GUARDIAN if guardian_asked else State.ASK_GUARDIAN
        case DecisionKind.ASK_PROOF:
            return State.AWAITING_PROOF if proof_under_way else State.ASK_PROOF
        case DecisionKind.TURN_AWAY:
            return State.ENDED
        case _:
            assert_never(decision)


def lifetime_ends(
    profile: PolicyProfile, state: State, *, started_at: datetime
) -> datetime:
    """Return when a registration in *state* that makes no progress is deleted.

    All of them count from the start, so that no repeated step keeps a child's data
    longer (COPPA 16 CFR 312.5(c)(1)).
    """
    timers = profile.timers
    match state:
        case State.CONFIRM_CONTACT:
            return started_at + timers.confirm_contact
        case State.ASK_GUARDIAN | State.AWAITING_GUARDIAN:
            return started_at + timers.awaiting_guardian
        case State.ASK_PROOF | State.AWAITING_PROOF:
            return started_at + timers.awaiting_proof
        case State.COMPLETED | State.ENDED:
            return started_at
        case _:
            assert_never(state)


def field_mistakes(
    profile: PolicyProfile,
    band: AgeBand,
    decision: DecisionKind,
    given: Mapping[str, str],
) -> Iterator[FieldMistake]:
    """Yield what is wrong with the fields *given*, by the operator's rules (TS-3).

    A field that this operator does not ask of this person is refused, so that nothing
    needless is ever taken (TS-1, TQ-1).
    """
    known = {rule.name: rule for rule in profile.fields}
    for name in given:
        rule = known.get(name)
        if rule is None or rule.need(band, decision) is Need.ABSENT:
            yield FieldMistake(_pointer(name), "not_asked", "This is not asked here.")
    for rule in profile.fields_for(band, decision):
        value = given.get(rule.name)
        if value:
            yield from _content_mistakes(rule, value)
        elif rule.need(band, decision) is Need.REQUIRED and not _later(rule, decision):
            yield FieldMistake(_pointer(rule.name), "missing", "This is required.")


def _later(rule: FieldRule, decision: DecisionKind) -> bool:
    """Tell whether a field may come later: a guardian has a step of their own."""
    return rule.name == "guardian_email" and decision is DecisionKind.ASK_GUARDIAN


def _content_mistakes(rule: FieldRule, value: str) -> Iterator[FieldMistake]:
    rules, pointer = rule.rules, _pointer(rule.name)
    longest = rules.max_length or EXTRA_LENGTH
    if rule.name in {"password", "email", "phone", "guardian_email"}:
        return  # each has a form of its own, checked where it is made canonical
    if len(value) > longest:
        yield FieldMistake(pointer, "too_long", f"At most {longest} characters.")
        return
    if len(value) < (rules.min_length or 0):
        yield FieldMistake(
            pointer, "too_short", f"At least {rules.min_length} characters."
        )
    if rules.pattern and re.fullmatch(rules.pattern, value) is None:
        yield FieldMistake(pointer, "wrong_form", "This does not have the right form.")
    if rules.choices and value not in rules.choices:
        yield FieldMistake(pointer, "not_a_choice", "This is not one of the choices.")
    if rule.name == "username" and USERNAME.fullmatch(value) is None:
        yield FieldMistake(
            pointer,
            "wrong_form",
            "3 to 32 characters: a letter first, then letters, digits, dot, dash or"
            " underscore.",
        )


def _pointer(name: str) -> str:
    """Return where a field stands in the body of a sign-up."""
    return f"/{name}" if name in CORE_FIELDS else f"/profile/{name}"


def purpose_mistakes(
    profile: PolicyProfile, decision: DecisionKind, purposes: Collection[str]
) -> Iterator[FieldMistake]:
    """Yield what is wrong with the optional purposes a person agrees to.

    For who needs a guardian's consent, the guardian agrees (TM-19).
    """
    if purposes and decision is DecisionKind.ASK_GUARDIAN:
        words = "Your guardian is asked about this."
        yield FieldMistake("/purposes", "not_asked", words)
    for place, purpose_id in enumerate(purposes):
        purpose = profile.purpose(purpose_id)
        if purpose is None:
            yield FieldMistake(
                f"/purposes/{place}", "unknown", "There is no such purpose."
            )
    if len(set(purposes)) != len(purposes):
        yield FieldMistake("/purposes", "twice", "A purpose is named twice.")
