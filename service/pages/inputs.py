"""The fields of a sign-up form, drawn from what the operator asks of this person."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from service.domain.decisions import AgeBand, DecisionKind
from service.domain.forms import GUARDIAN_FIELDS, FieldRule, Need
from service.domain.languages import in_language
from service.domain.profiles import PolicyProfile
from service.domain.sign_ups import EXTRA_LENGTH
from service.pages.mistakes import name_of
from service.pages.typed import Typed
from service.pages.words import Language, say

KINDS: Final[Mapping[str, str]] = {
    "email": "email",
    "guardian_email": "email",
    "guardian_phone": "tel",
    "phone": "tel",
    "password": "password",
}
ISO_DAY: Final = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

# WCAG 1.3.5: what a browser may fill in by itself.
FILLED_IN: Final[Mapping[str, str]] = {
    "email": "email",
    "phone": "tel",
    "username": "username",
    "password": "new-password",
    "guardian_email": "off",
    "guardian_phone": "off",
    "name": "name",
    "birthday": "bday",
    "gender": "sex",
    "organisation": "organization",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What the gate found out: enough to draw the form, and no age."""

    band: AgeBand
    kind: DecisionKind
    country: str | None = None
    ticket: str | None = None

    @property
    def has_guardian(self) -> bool:
        """Tell whether a guardian decides."""
        return self.kind is DecisionKind.ASK_GUARDIAN


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One field as a person sees it."""

    name: str
    label: str
    kind: str
    needed: bool
    hint: str | None
    filled_in: str | None
    choices: tuple[str, ...]
    value: str


def asked(profile: PolicyProfile, person: Person) -> Iterator[FieldRule]:
    """Yield the fields of the form; the guardian is named in a step of its own."""
    for rule in profile.fields_for(person.band, person.kind):
        if not (rule.name in GUARDIAN_FIELDS.values() and person.has_guardian):
            yield rule


def inputs(
    profile: PolicyProfile,
    person: Person,
    language: Language,
    typed: Typed,
) -> list[Input]:
    """Return the fields to draw, with what was typed before; a password never."""
    return [
        Input(
            name=name_of(rule.name),
            label=in_language(rule.label, language),
            kind=_kind(rule),
            needed=rule.need(person.band, person.kind) is Need.REQUIRED,
            hint=_hint(rule, profile, person, language),
            filled_in=FILLED_IN.get(rule.name),
            choices=rule.rules.choices,
            value="" if rule.name == "password" else typed.one(name_of(rule.name)),
        )
        for rule in asked(profile, person)
    ]


def _kind(rule: FieldRule) -> str:
    if rule.rules.choices:
        return "select"
    if rule.rules.pattern == ISO_DAY:
        return "date"
    return KINDS.get(rule.name, "text")


def _hint(
    rule: FieldRule, profile: PolicyProfile, person: Person, language: Language
) -> str | None:
    match rule.name:
        case "password":
            return say(language, "form.password", least=profile.password.min_length)
        case "username":
            key = "username" if person.has_guardian else "username_plain"
            return say(language, f"form.{key}")
        case "phone" if person.country is None and not profile.age.default_country:
            return say(language, "form.phone")
        case _:
            return _length_hint(rule, language)


def _length_hint(rule: FieldRule, language: Language) -> str | None:
    """Return the rule on the length, where it is one that people may run into."""
    rules = rule.rules
    if rules.min_length:
        most = rules.max_length or EXTRA_LENGTH
        return say(language, "form.from_to", least=rules.min_length, most=most)
    return None
