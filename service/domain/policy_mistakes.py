"""What is wrong with the purposes, the policy's versions and the texts of a profile."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import pairwise
from typing import Final
from urllib.parse import urlsplit

from service.domain.consent_methods import TAKEN, Method, objection
from service.domain.forms import Texts
from service.domain.guardian_contacts import can_use, kinds_of
from service.domain.profiles import (
    AgeMode,
    Mistake,
    PolicyProfile,
    PolicyVersion,
    Purpose,
)

STRENGTHS: Final = range(1, 4)
BY_MAIL: Final = 1
"""The strength of e-mail plus and text plus."""

_PURPOSE: Final = re.compile(r"[a-z][a-z0-9_]{0,62}")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


def policy_mistakes(profile: PolicyProfile) -> Iterator[Mistake]:
    """Yield everything wrong with the purposes and the policy of *profile*."""
    yield from _of_purposes(profile)
    yield from _of_versions(profile.policy_versions)
    yield from _of_notice(profile)
    yield from _of_languages(profile)
    for key, texts in _texts(profile):
        for language in profile.languages:
            if language not in texts:
                yield Mistake(f"{key}.{language}", "is missing")
        for language in texts:
            if language not in profile.languages:
                yield Mistake(f"{key}.{language}", "is not one of the languages")


def is_address(url: str) -> bool:
    """Say whether *url* is an https address, or an http one of this very machine."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    local = parts.scheme == "http" and parts.hostname in {"localhost", "127.0.0.1"}
    known = bool(parts.hostname) and parts.username is None
    return known and (parts.scheme == "https" or local)


def _of_purposes(profile: PolicyProfile) -> Iterator[Mistake]:
    yield from _twice("purposes", (purpose.id for purpose in profile.purposes))
    if not any(purpose.essential for purpose in profile.purposes):
        yield Mistake("purposes", "one must be essential: what an account is for")
    children = profile.age.mode is AgeMode.GUARDIAN
    yield from _of_methods(profile.consent.methods)
    for purpose in profile.purposes:
        if _PURPOSE.fullmatch(purpose.id) is None:
            yield Mistake(f"purposes.{purpose.id}.id", "must be a word in lower_case")
        yield from _of_strength(purpose)
        yield from _of_pairing(purpose)
        if purpose.quorum is not None and not children:
            key = f"purposes.{purpose.id}.quorum"
            yield Mistake(key, "means nothing where no guardian is asked")
        if children and purpose.essential:
            yield from _of_essential(purpose, profile.consent.methods)


def _of_strength(purpose: Purpose) -> Iterator[Mistake]:
    """Name a purpose that no guardian could lawfully consent to."""
    key, strength = f"purposes.{purpose.id}", purpose.min_consent_strength
    if strength not in STRENGTHS:
        yield Mistake(f"{key}.min_consent_strength", "must be 1, 2 or 3")
    if purpose.discloses_to_third_parties and strength <= BY_MAIL:
        yield Mistake(
            f"{key}.min_consent_strength",
            "must be 2 or more: by e-mail plus no guardian can consent to a disclosure"
            " (COPPA 16 CFR 312.5(b)(2)(viii))",
        )


def _of_methods(methods: tuple[Method, ...]) -> Iterator[Mistake]:
    if not methods:
        yield Mistake("consent.methods", "must name one: nobody could consent")
    yield from _twice("consent.methods", methods)
    for method in methods:
        if method not in TAKEN:
            yield Mistake("consent.methods", f"{method} can't be taken yet")


def _of_pairing(purpose: Purpose) -> Iterator[Mistake]:
    """Name a method that the operator allows and the law, or its strength, does not.

    A guardian's account is worth what it rests on, which is seen when it is used.
    """
    key = f"purposes.{purpose.id}.consent_methods"
    yield from _twice(key, purpose.consent_methods)
    for method in purpose.consent_methods:
        why = objection(method, purpose, verified_by=Method.DOCUMENT)
        if why is not None:
            yield Mistake(key, why)


def _of_essential(purpose: Purpose, methods: tuple[Method, ...]) -> Iterator[Mistake]:
    """Name what no child could have an account without, and no guardian consent to."""
    for kind in kinds_of(methods):
        usable = [one for one in methods if can_use(kind, one)]
        if usable and all(objection(one, purpose) is not None for one in usable):
            yield Mistake(
                f"purposes.{purpose.id}.min_consent_strength",
                "is more than any of consent.methods has, so no child could register",
            )
            return


def _of_versions(versions: tuple[PolicyVersion, ...]) -> Iterator[Mistake]:
    if not versions:
        yield Mistake("policy_versions", "must have one: nobody could agree to it")
    yield from _twice("policy_versions", (one.version for one in versions))
    for one in versions:
        key = f"policy_versions.{one.version}"
        if _SHA256.fullmatch(one.text_sha256) is None:
            yield Mistake(f"{key}.text_sha256", "must be 64 hexadecimal digits")
        elif one.text is not None:
            found = sha256(one.text.encode()).hexdigest()
            if found != one.text_sha256:
                yield Mistake(f"{key}.text_sha256", f"is not that of the text: {found}")
        if not is_address(one.url):
            yield Mistake(f"{key}.url", "must be an https address")
    for earlier, later in pairwise(versions):
        if earlier.effective_date >= later.effective_date:
            key = f"policy_versions.{later.version}.effective_date"
            yield Mistake(key, f"must be after that of {earlier.version}")


def _of_notice(profile: PolicyProfile) -> Iterator[Mistake]:
    """Name a version that takes effect sooner than the operator promised (TQ-8)."""
    for place, one in enumerate(profile.policy_versions):
        notice = one.effective_date - one.published_date
        key = f"policy_versions.{one.version}.effective_date"
        if notice.days < 0:
            yield Mistake(key, "must not be before published_date")
        elif place > 0 and one.significant and notice < profile.notice_period:
            days = profile.notice_period.days
            yield Mistake(key, f"must be {days} days or more after published_date")


def _of_languages(profile: PolicyProfile) -> Iterator[Mistake]:
    if not profile.languages:
        yield Mistake("languages", "must name one")
    yield from _twice("languages", profile.languages)
    for language in profile.languages:
        if _LANGUAGE.fullmatch(language) is None:
            yield Mistake("languages", f"{language} is not a language (BCP 47)")


def _texts(profile: PolicyProfile) -> Iterator[tuple[str, Texts]]:
    """Yield everything that is said in each language."""
    for rule in profile.fields:
        yield f"fields.{rule.name}.label", rule.label
    for purpose in profile.purposes:
        yield f"purposes.{purpose.id}.title", purpose.title
        yield f"purposes.{purpose.id}.description", purpose.description
    for one in profile.policy_versions:
        yield f"policy_versions.{one.version}.title", one.title
        yield f"policy_versions.{one.version}.changes", one.changes


def _twice(key: str, names: Iterable[str]) -> Iterator[Mistake]:
    for name, times in Counter(names).items():
        if times > 1:
            yield Mistake(key, f"{name} stands there more than once")
