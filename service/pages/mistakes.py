"""What is wrong with what a person typed, in their language."""

from collections.abc import Mapping
from typing import Final

from service.domain.forms import (
    CORE_FIELDS,
    GUARDIAN_FIELDS,
    NO_RULES,
    PasswordRules,
)
from service.domain.languages import in_language
from service.domain.profiles import PolicyProfile
from service.domain.refusals import (
    AccountWaiting,
    CodeWrong,
    FieldMistake,
    FieldsWrong,
    GuardianIsApplicant,
    GuardianMustBeAdult,
    GuardianUnavailable,
    MatchCodeWrong,
    ProofMethodUnknown,
    Refusal,
    TooManyRequests,
    UsernameTaken,
)
from service.domain.sign_ups import EXTRA_LENGTH
from service.pages.drawing import Wrong
from service.pages.words import Language, knows, say, say_by

AT_FIELD: Final[Mapping[type[Refusal], str]] = {
    CodeWrong: "code",
    GuardianIsApplicant: "guardian_email",
    GuardianMustBeAdult: "adult",
    GuardianUnavailable: "guardian_email",
    MatchCodeWrong: "code",
    ProofMethodUnknown: "method",
    UsernameTaken: "username",
}
"""The field beside which a refusal is explained."""

OWN_FORM: Final = {
    ("malformed", "email"): "malformed_email",
    ("malformed", "guardian_email"): "malformed_email",
    ("malformed", "guardian_phone"): "malformed_phone",
    ("malformed", "phone"): "malformed_phone",
    ("missing", "relation"): "relation_missing",
    ("twice", "guardian_phone"): "guardian_twice",
    ("wrong_form", "username"): "wrong_username",
}


def wrongs(
    refusal: Refusal,
    profile: PolicyProfile,
    language: Language,
    *,
    field: str | None = None,
) -> list[Wrong]:
    """Return what a refusal has to say, each beside its field where it has one."""
    if isinstance(refusal, FieldsWrong):
        return [in_words(one, profile, language) for one in refusal.mistakes]
    place = field or AT_FIELD.get(type(refusal))
    way = "phone" if place == "guardian_phone" else "email"
    return [Wrong(told(refusal, language, way=way), place)]


def told(
    refusal: Refusal, language: Language, part: str = "words", *, way: str = "email"
) -> str:
    """Return a refusal in words."""
    facts = {}
    if isinstance(refusal, TooManyRequests):
        facts["seconds"] = refusal.retry_after
    if isinstance(refusal, AccountWaiting) and part == "words":
        key = f"refusals.{refusal.code}.{refusal.state}"
        part = refusal.state if knows(key) else part
    return say_by(way, language, f"refusals.{refusal.code}.{part}", **facts)


def password_wrongs(
    refusal: FieldsWrong, language: Language, rules: PasswordRules, *, least: int
) -> list[Wrong]:
    """Return what is wrong with a new password, of *least* so many characters."""
    words = []
    for one in refusal.mistakes:
        key = f"mistakes.{one.code}"
        if one.code == "password_weak":
            key = f"password_mistakes.{one.detail}"
        known = key if knows(key) else "mistakes.wrong"
        words.append(say(language, known, least=least, most=rules.max_length))
    return [Wrong(one, "new_password") for one in words]


def in_words(
    mistake: FieldMistake, profile: PolicyProfile, language: Language
) -> Wrong:
    """Return one wrong field in words, by the rules the operator has for it."""
    name = field_of(mistake.pointer)
    rule = profile.field(name.removeprefix("profile."))
    key = f"mistakes.{OWN_FORM.get((mistake.code, name), mistake.code)}"
    if mistake.code == "password_weak":
        key = f"password_mistakes.{mistake.detail}"
    if not knows(key):
        key = "mistakes.wrong"
    least, most = _lengths(profile, name)
    whose = name in GUARDIAN_FIELDS.values()  # each page has its own word for that
    return Wrong(
        say(language, key, least=least, most=most),
        name,
        None if rule is None or whose else in_language(rule.label, language),
    )


def field_of(pointer: str) -> str:
    """Return the field of a page that a JSON pointer speaks of."""
    top, *rest = pointer.removeprefix("/").split("/")
    return f"profile.{'/'.join(rest)}" if top == "profile" else top


def _lengths(profile: PolicyProfile, name: str) -> tuple[int, int]:
    if name == "password":
        return profile.password.min_length, profile.password.max_length
    rule = profile.field(name.removeprefix("profile."))
    rules = NO_RULES if rule is None else rule.rules
    return rules.min_length or 0, rules.max_length or EXTRA_LENGTH


def name_of(rule_name: str) -> str:
    """Return what a field of the profile is called on a page."""
    return rule_name if rule_name in CORE_FIELDS else f"profile.{rule_name}"
