"""The sign-up form: what a person fills in, and what may be wrong with it."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from service.domain.decisions import AgeBand, DecisionKind
from service.domain.forms import (
    CORE_FIELDS,
    GUARDIAN_FIELDS,
    ContactKind,
    FieldRule,
    Need,
)
from service.domain.guardian_contacts import GuardianContact
from service.domain.profiles import AgeMode, PolicyProfile
from service.domain.quorums import jointly
from service.domain.refusals import FieldMistake

USERNAME: Final = re.compile(r"[a-z][a-z0-9._-]{2,31}")
"""Never an e-mail address or a phone number: all three share one namespace."""

EXTRA_LENGTH: Final = 200


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
    guardian_contact: GuardianContact | None
    country: str | None
    policy_version: str
    purposes: tuple[str, ...]
    language: str

    @property
    def contacts(self) -> Mapping[ContactKind, str]:
        """Return the contacts that were given."""
        given = {ContactKind.EMAIL: self.email, ContactKind.PHONE: self.phone}
        return {kind: contact for kind, contact in given.items() if contact}

    @property
    def own_words(self) -> tuple[str | None, ...]:
        """Return what no password should be made of: others know it."""
        return (self.username, self.email, self.phone, *self.extras.values())


def age_mistakes(
    profile: PolicyProfile, *, born: str | None, ticket: str | None
) -> Iterator[FieldMistake]:
    """Yield what is wrong with how the age was told: once, and only where asked."""
    if born is None:
        return
    if profile.age.mode is AgeMode.NONE:
        yield FieldMistake("/date_of_birth", "not_asked", "This is not asked here.")
    elif ticket is not None:
        words = "The ticket has the answer already."
        yield FieldMistake("/date_of_birth", "twice", words)


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
    guardian = rule.name in GUARDIAN_FIELDS.values()
    return guardian and decision is DecisionKind.ASK_GUARDIAN


def _content_mistakes(rule: FieldRule, value: str) -> Iterator[FieldMistake]:
    rules, pointer = rule.rules, _pointer(rule.name)
    longest = rules.max_length or EXTRA_LENGTH
    if rule.name in {"password", "email", "phone", *GUARDIAN_FIELDS.values()}:
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
    profile: PolicyProfile,
    decision: DecisionKind,
    purposes: Collection[str],
    *,
    joint: bool = False,
) -> Iterator[FieldMistake]:
    """Yield what is wrong with the optional purposes a person agrees to.

    For who needs a guardian's consent, the guardian agrees (TM-19); where child and
    guardian do so together, by the profile or because the law says *joint*, both.
    """
    both = {one.id for one in jointly(profile, joint=joint)}
    if decision is DecisionKind.ASK_GUARDIAN and not both.issuperset(purposes):
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
