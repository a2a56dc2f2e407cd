"""What is wrong with a policy profile that no single value shows.

Every mistake is named at once, with its dotted key, so that an operator mends a file
in one go. A profile with a mistake is never used.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import fields
from datetime import timedelta
from typing import Final, assert_never
from urllib.parse import urlsplit

from service.domain.consent_methods import PROVIDED, Method
from service.domain.form_mistakes import form_mistakes
from service.domain.forms import LONGEST_PASSWORD
from service.domain.policy_mistakes import is_address, policy_mistakes
from service.domain.profiles import (
    AgeMode,
    AgeRules,
    Mistake,
    PolicyProfile,
    ProofMethod,
    Quorum,
)
from service.domain.regions import REGIONS

__all__ = ["Mistake", "mistakes"]

OLDEST_THRESHOLD: Final = 21
YOUNGEST_ADULT: Final = 18
LONGEST_KEPT: Final = timedelta(days=3650)
SHORTEST_PASSWORD: Final = 15
SHORTEST_WITH_SECOND_FACTOR: Final = 8
LONGEST_PASSWORD_IN: Final = range(64, LONGEST_PASSWORD + 1)

_APP: Final = re.compile(r"[a-z][a-z0-9-]{0,62}")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_ZERO: Final = timedelta(0)


def mistakes(
    profile: PolicyProfile,
    *,
    countries: Collection[str],
    providers: Collection[str] | None = None,
    texts: bool | None = None,
) -> list[Mistake]:
    """Return everything wrong with *profile*, taken as a whole.

    *countries* are the ISO 3166-1 codes; *providers* the providers of age proofs that
    are configured, *texts* whether an SMS provider is: None where that is left open.
    """
    return [
        *_of_operator(profile, countries),
        *_of_age(profile.age, countries),
        *_of_proof(profile, providers),
        *form_mistakes(profile),
        *policy_mistakes(profile),
        *_of_texts(profile, texts=texts),
        *_of_timers(profile),
        *_of_retention(profile),
        *_of_password(profile),
    ]


def _of_operator(
    profile: PolicyProfile, countries: Collection[str]
) -> Iterator[Mistake]:
    contact = profile.contact
    if _APP.fullmatch(profile.app) is None:
        yield Mistake("app", "must be lower-case letters, digits and dashes")
    if profile.region not in REGIONS and profile.region not in countries:
        yield Mistake("region", "must be a country (ISO 3166-1), EU, EEA or any")
    for key, email in (("email", contact.email), ("dpo_email", contact.dpo_email)):
        if email is not None and _EMAIL.fullmatch(email) is None:
            yield Mistake(f"contact.{key}", "must be an e-mail address")
    urls = {"contact.url": contact.url, "welcome_url": profile.welcome_url}
    for key, url in urls.items():
        if url is not None and not is_address(url):
            yield Mistake(key, "must be an https address")
    if len(set(profile.step_up)) != len(profile.step_up):
        yield Mistake("step_up", "one stands there twice")
    yield from _of_addresses(profile)


def _of_addresses(profile: PolicyProfile) -> Iterator[Mistake]:
    for origin in profile.allowed_origins:
        if not is_address(origin) or origin != _origin(origin):
            yield Mistake("allowed_origins", f"{origin} is not an https origin")
    for audience in profile.audiences:
        if not is_address(audience):
            yield Mistake("audiences", f"{audience} is not an https address")
    for key in ("allowed_origins", "audiences"):
        named: tuple[str, ...] = getattr(profile, key)
        if len(set(named)) != len(named):
            yield Mistake(key, "one stands there twice")


def _origin(url: str) -> str:
    """Return the scheme, host and port of *url*, as a browser sends them."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _of_age(rules: AgeRules, countries: Collection[str]) -> Iterator[Mistake]:
    home = rules.default_country
    if home is not None and home[:2] not in countries:
        yield Mistake("age.default_country", "is not a country (ISO 3166-1)")
    if rules.ask_country and not rules.law_applies:
        yield Mistake("age.ask_country", "asks for nothing where the law doesn't apply")
    if len(set(rules.proof)) != len(rules.proof):
        yield Mistake("age.proof", "a method stands there twice")
    ages = {"guardian_below": rules.guardian_below, "minimum": rules.minimum}
    for key, age in ages.items():
        if age is not None and not 1 <= age <= OLDEST_THRESHOLD:
            yield Mistake(f"age.{key}", f"must be from 1 to {OLDEST_THRESHOLD}")
    match rules.mode:
        case AgeMode.NONE:
            yield from _of_no_age(rules)
        case AgeMode.GUARDIAN:
            yield from _of_guardian(rules)
        case AgeMode.ADULTS_ONLY_PROVEN:
            yield from _of_adults_only(rules)
        case _:
            assert_never(rules.mode)


def _of_no_age(rules: AgeRules) -> Iterator[Mistake]:
    for key, given in (
        ("guardian_below", rules.guardian_below is not None),
        ("minimum", rules.minimum is not None),
        ("proof", bool(rules.proof)),
        ("law_applies", rules.law_applies),
        ("quorum", rules.quorum is not Quorum.ANY),
    ):
        if given:
            yield Mistake(f"age.{key}", "means nothing where no age is asked")


def _of_guardian(rules: AgeRules) -> Iterator[Mistake]:
    below, minimum = rules.guardian_below, rules.minimum
    if below is None:
        yield Mistake("age.guardian_below", "must say until which age")
    elif minimum is not None and minimum >= below:
        yield Mistake("age.minimum", "leaves nobody to ask a guardian for")


def _of_adults_only(rules: AgeRules) -> Iterator[Mistake]:
    if rules.minimum is None or rules.minimum < YOUNGEST_ADULT:
        yield Mistake("age.minimum", f"must be {YOUNGEST_ADULT} or more")
    if rules.guardian_below is not None:
        yield Mistake("age.guardian_below", "means nothing where only adults register")
    if rules.quorum is not Quorum.ANY:
        yield Mistake("age.quorum", "means nothing where only adults register")
    if not rules.proof:
        yield Mistake("age.proof", "must name a method, since proof is required")


def _of_proof(
    profile: PolicyProfile, providers: Collection[str] | None
) -> Iterator[Mistake]:
    """Name a proof that nobody takes; a wallet's proof the service takes itself."""
    needed = {str(one) for one in profile.age.proof if one is not ProofMethod.WALLET}
    if profile.age.mode is AgeMode.GUARDIAN:
        needed |= {str(one) for one in profile.consent.methods if one in PROVIDED}
    provider = profile.age_proof_provider
    if provider is not None and not needed:
        yield Mistake("age_proof_provider", "has no document or card to look at")
    if providers is None or not needed:
        return
    if provider is None:
        yield Mistake("age_proof_provider", "must name who takes the proof of age")
    elif provider not in providers:
        yield Mistake("age_proof_provider", f"{provider} is not configured")


def _of_texts(profile: PolicyProfile, *, texts: bool | None) -> Iterator[Mistake]:
    """Name what no guardian could be asked by: nobody sends a text."""
    if texts is False and Method.TEXT_PLUS in profile.consent.methods:
        words = "text_plus needs an SMS provider: AGEGATE_SMS_URL is not set"
        yield Mistake("consent.methods", words)


def _of_timers(profile: PolicyProfile) -> Iterator[Mistake]:
    timers = profile.timers
    for name in (one.name for one in fields(timers)):
        value: object = getattr(timers, name)
        if isinstance(value, timedelta) and value <= _ZERO and name != "erasure_grace":
            yield Mistake(f"timers.{name}", "must be longer than nothing")
    if timers.erasure_grace < _ZERO:
        yield Mistake("timers.erasure_grace", "must not be less than nothing")
    if timers.second_contact_after >= timers.second_contact_before:
        yield Mistake("timers.second_contact_after", "must be before its end")
    if timers.consent_link > timers.awaiting_guardian:
        yield Mistake("timers.consent_link", "must not outlive the wait for a guardian")
    if timers.contact_code > timers.confirm_contact:
        yield Mistake("timers.contact_code", "must not outlive the wait for it")
    notices = timers.renewal_notices
    if list(notices) != sorted(set(notices), reverse=True) or any(
        not _ZERO < notice < timers.consent_validity for notice in notices
    ):
        yield Mistake(
            "timers.renewal_notices", "must be within consent_validity, longest first"
        )


def _of_retention(profile: PolicyProfile) -> Iterator[Mistake]:
    for name in (one.name for one in fields(profile.retention)):
        value: timedelta = getattr(profile.retention, name)
        if not _ZERO < value <= LONGEST_KEPT:
            yield Mistake(
                f"retention.{name}",
                "must have an end within ten years: nothing is kept for ever"
                " (COPPA 16 CFR 312.10)",
            )


def _of_password(profile: PolicyProfile) -> Iterator[Mistake]:
    if profile.password.min_length < SHORTEST_PASSWORD:
        yield Mistake(
            "password.min_length",
            f"must be {SHORTEST_PASSWORD} or more, since a password may be the only"
            " factor (NIST SP 800-63B-4)",
        )
    if profile.password.max_length not in LONGEST_PASSWORD_IN:
        yield Mistake("password.max_length", f"must be from 64 to {LONGEST_PASSWORD}")
    if profile.password.min_length > profile.password.max_length:
        yield Mistake("password.min_length", "must not be above max_length")
    shorter = profile.password.min_length_with_second_factor
    if shorter is not None and not (
        SHORTEST_WITH_SECOND_FACTOR <= shorter <= profile.password.min_length
    ):
        yield Mistake(
            "password.min_length_with_second_factor",
            f"must be from {SHORTEST_WITH_SECOND_FACTOR} to min_length"
            " (NIST SP 800-63B-4)",
        )
