"""What is wrong with the sign-up form that a policy profile draws."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from service.domain.forms import GUARDIAN_FIELDS, FieldRule, Need
from service.domain.guardian_contacts import PLUS, kinds_of
from service.domain.patterns import LONGEST_PATTERN, is_costly
from service.domain.profiles import AgeMode, Mistake, PolicyProfile

LONGEST_CONTENT: Final = 200
"""A longer content is refused: patterns of an operator must stay cheap to match."""

_FIELD: Final = re.compile(r"[a-z][a-z0-9_]{0,62}")


def form_mistakes(profile: PolicyProfile) -> Iterator[Mistake]:
    """Yield everything wrong with the fields of *profile* and who is asked which."""
    yield from _of_names(profile)
    for rule in profile.fields:
        yield from _of_rules(rule)
        if profile.age.mode is not AgeMode.GUARDIAN:
            yield from _of_no_children(rule)
    yield from _of_password(profile)
    yield from _of_guardian(profile)
    yield from _of_identifiers(profile)
    yield from _of_confirms(profile)


def _of_names(profile: PolicyProfile) -> Iterator[Mistake]:
    for name, times in Counter(rule.name for rule in profile.fields).items():
        if times > 1:
            yield Mistake(f"fields.{name}", "stands there more than once")
        if _FIELD.fullmatch(name) is None:
            yield Mistake(f"fields.{name}.name", "must be a word in lower_case")


def _of_rules(rule: FieldRule) -> Iterator[Mistake]:
    key, rules = f"fields.{rule.name}.rules", rule.rules
    shortest, longest = rules.min_length or 0, rules.max_length
    if shortest < 0 or (longest is not None and not 1 <= longest <= LONGEST_CONTENT):
        yield Mistake(f"{key}.max_length", f"must be from 1 to {LONGEST_CONTENT}")
    if shortest > (LONGEST_CONTENT if longest is None else longest):
        yield Mistake(f"{key}.min_length", "must not be above max_length")
    if rules.pattern is not None:
        if longest is None:
            yield Mistake(f"{key}.pattern", "needs a max_length")
        yield from _of_pattern(f"{key}.pattern", rules.pattern, longest)
    if len(set(rules.choices)) != len(rules.choices):
        yield Mistake(f"{key}.choices", "one stands there twice")


def _of_pattern(key: str, pattern: str, longest: int | None) -> Iterator[Mistake]:
    if len(pattern) > LONGEST_PATTERN:
        yield Mistake(key, f"must not be longer than {LONGEST_PATTERN}")
        return
    try:
        re.compile(pattern)
    except (re.error, OverflowError):
        yield Mistake(key, "is not a regular expression")
        return
    content = LONGEST_CONTENT if longest is None else min(longest, LONGEST_CONTENT)
    if is_costly(pattern, longest=content):
        yield Mistake(
            key,
            "may take too long to match: nothing that repeats may hold repetitions or"
            " alternatives, and few may follow one another",
        )


def _of_no_children(rule: FieldRule) -> Iterator[Mistake]:
    if rule.for_children is not Need.ABSENT:
        yield Mistake(f"fields.{rule.name}.for_children", "no child registers here")


def _of_password(profile: PolicyProfile) -> Iterator[Mistake]:
    rule = profile.field("password")
    if rule is None:
        yield Mistake("fields.password", "is missing: nobody could sign in")
        return
    if rule.for_adults is not Need.REQUIRED:
        yield Mistake("fields.password.for_adults", "must be required")
    children = profile.age.mode is AgeMode.GUARDIAN
    if children and rule.for_children is not Need.REQUIRED:
        yield Mistake("fields.password.for_children", "must be required")
    if rule.locked:
        yield Mistake("fields.password.locked", "a password can always be changed")


def _of_guardian(profile: PolicyProfile) -> Iterator[Mistake]:
    """Name what does not fit how guardians are named, as consent.methods has it.

    By one of two fields: where it may be either, each of them is optional.
    """
    kinds = kinds_of(profile.consent.methods)
    children = profile.age.mode is AgeMode.GUARDIAN
    needed = Need.REQUIRED if len(kinds) == 1 else Need.OPTIONAL
    for kind, name in GUARDIAN_FIELDS.items():
        rule, key = profile.field(name), f"fields.{name}"
        if not children:
            if rule is not None:
                yield Mistake(key, "no guardian is asked here")
        elif kind not in kinds:
            if rule is not None:
                yield Mistake(key, f"means nothing without {PLUS[kind]}")
        else:
            if rule is None or rule.for_children is not needed:
                yield Mistake(f"{key}.for_children", f"must be {needed}")
            if rule is not None and rule.for_adults is not Need.ABSENT:
                yield Mistake(f"{key}.for_adults", "must be absent")


def _of_identifiers(profile: PolicyProfile) -> Iterator[Mistake]:
    if not profile.identifiers:
        yield Mistake("identifiers", "must name one: nobody could sign in")
        return
    if len(set(profile.identifiers)) != len(profile.identifiers):
        yield Mistake("identifiers", "one stands there twice")
    for identifier in profile.identifiers:
        if not _asked(profile.field(identifier)):
            yield Mistake("identifiers", f"there is no field {identifier} to fill in")
    required = [profile.field(identifier) for identifier in profile.identifiers]
    if not any(rule and rule.for_adults is Need.REQUIRED for rule in required):
        yield Mistake("identifiers", "one of them must be required of adults")
    children = profile.age.mode is AgeMode.GUARDIAN
    if children and not any(
        rule and rule.for_children is Need.REQUIRED for rule in required
    ):
        yield Mistake("identifiers", "one of them must be required of children")


def _of_confirms(profile: PolicyProfile) -> Iterator[Mistake]:
    if len(set(profile.confirms)) != len(profile.confirms):
        yield Mistake("confirms", "one stands there twice")
    for kind in profile.confirms:
        if not _asked(profile.field(kind)):
            yield Mistake("confirms", f"there is no field {kind} to confirm")


def _asked(rule: FieldRule | None) -> bool:
    """Say whether a field is asked of anybody."""
    return rule is not None and {rule.for_adults, rule.for_children} != {Need.ABSENT}
