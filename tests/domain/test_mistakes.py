"""Every mistake a profile can have, each with its key."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from service.domain.age_rules import ProofMethod
from service.domain.authenticators import Action
from service.domain.consent_methods import Method
from service.domain.consent_rules import ConsentRules
from service.domain.forms import (
    ContactKind,
    FieldRule,
    FieldRules,
    Identifier,
    Need,
    PasswordRules,
)
from service.domain.mistakes import mistakes
from service.domain.periods import Retention, Timers
from service.domain.profiles import AppName, PolicyProfile
from tests.domain.examples import (
    ADULTS_ONLY,
    BELOW_14,
    EMAIL,
    FIRST,
    GUARDIAN_EMAIL,
    NO_AGE,
    PASSWORD,
    SERVICE,
    USERNAME,
    a_profile,
)

COUNTRIES = frozenset({"CN", "DE"})
SECOND = replace(
    FIRST,
    version="2",
    published_date=date(2026, 3, 1),
    effective_date=date(2026, 3, 8),
    significant=True,
)
GUARDIAN_OF_ALL = replace(GUARDIAN_EMAIL, for_adults=Need.OPTIONAL)
ADULT_FIELDS = tuple(
    replace(rule, for_children=Need.ABSENT) for rule in (EMAIL, PASSWORD)
)
GUARDED = a_profile()
ADULTS = replace(
    a_profile(ADULTS_ONLY), fields=ADULT_FIELDS, identifiers=(Identifier.EMAIL,)
)
OPEN = replace(ADULTS, age=NO_AGE)


@pytest.mark.parametrize("profile", [GUARDED, ADULTS, OPEN], ids=["14", "18", "none"])
def test_the_examples_have_no_mistakes(profile: PolicyProfile) -> None:
    assert mistakes(profile, countries=COUNTRIES) == []


BY_MAIL, BY_TEXT = (Method.EMAIL_PLUS,), (Method.TEXT_PLUS,)
EITHER_WAY = (*BY_MAIL, *BY_TEXT)
GUARDIAN_PHONE = replace(GUARDIAN_EMAIL, name="guardian_phone")


def asked_by(methods: tuple[Method, ...], *more: FieldRule) -> PolicyProfile:
    fields = (*GUARDED.fields, *more)
    return replace(GUARDED, fields=fields, consent=ConsentRules(methods=methods))


def keys(profile: PolicyProfile) -> list[str]:
    return [one.key for one in mistakes(profile, countries=COUNTRIES)]


def named_by(methods: tuple[Method, ...], *rules: FieldRule) -> PolicyProfile:
    fields = (*GUARDED.fields[:3], *rules)
    return replace(GUARDED, fields=fields, consent=ConsentRules(methods=methods))


def test_how_a_guardian_is_named_follows_from_the_methods() -> None:
    optional = [
        replace(rule, for_children=Need.OPTIONAL)
        for rule in (GUARDIAN_EMAIL, GUARDIAN_PHONE)
    ]
    for right in (
        named_by(BY_MAIL, GUARDIAN_EMAIL),
        named_by(BY_TEXT, GUARDIAN_PHONE),
        named_by(EITHER_WAY, *optional),
        named_by((Method.GUARDIAN_ACCOUNT, *BY_TEXT), GUARDIAN_PHONE),
    ):
        assert keys(right) == []
        assert mistakes(right, countries=COUNTRIES, texts=True) == []


def test_text_plus_needs_who_sends_texts() -> None:
    by_text = named_by(BY_TEXT, GUARDIAN_PHONE)
    (mistake,) = mistakes(by_text, countries=COUNTRIES, texts=False)
    assert mistake.key == "consent.methods"
    assert "AGEGATE_SMS_URL" in mistake.what
    assert mistakes(GUARDED, countries=COUNTRIES, texts=False) == []


def test_whoever_is_named_either_way_can_consent_to_what_is_essential() -> None:
    by_mail = replace(SERVICE, consent_methods=BY_MAIL)
    optional = [
        replace(rule, for_children=Need.OPTIONAL)
        for rule in (GUARDIAN_EMAIL, GUARDIAN_PHONE)
    ]
    either = replace(named_by(EITHER_WAY, *optional), purposes=(by_mail,))
    assert keys(either) == ["purposes.service.min_consent_strength"]


def age(**changes: Any) -> PolicyProfile:
    return replace(GUARDED, age=replace(BELOW_14, **changes))


def adults(**changes: Any) -> PolicyProfile:
    return replace(ADULTS, age=replace(ADULTS_ONLY, **changes))


def username(**changes: Any) -> PolicyProfile:
    rule = replace(USERNAME, rules=FieldRules(**changes))
    return replace(GUARDED, fields=(rule, EMAIL, PASSWORD, GUARDIAN_EMAIL))


def purpose(**changes: Any) -> PolicyProfile:
    return replace(GUARDED, purposes=(SERVICE, replace(SERVICE, **changes)))


def consent(**changes: Any) -> PolicyProfile:
    return replace(GUARDED, consent=ConsentRules(**changes))


def allowing(
    method: Method, *, strength: int = 2, discloses: bool = False
) -> PolicyProfile:
    return purpose(
        id="b",
        essential=False,
        min_consent_strength=strength,
        discloses_to_third_parties=discloses,
        consent_methods=(method,),
    )


def version(**changes: Any) -> PolicyProfile:
    return replace(GUARDED, policy_versions=(replace(FIRST, **changes),))


def second(**changes: Any) -> PolicyProfile:
    later = replace(SECOND, **changes)
    return replace(
        GUARDED, policy_versions=(FIRST, later), notice_period=timedelta(days=7)
    )


def timers(**changes: Any) -> PolicyProfile:
    return replace(GUARDED, timers=replace(Timers(), **changes))


def notices(*days: int) -> PolicyProfile:
    times = tuple(timedelta(days=day) for day in days)
    return replace(GUARDED, timers=Timers(renewal_notices=times))


def contact(**changes: Any) -> PolicyProfile:
    return replace(GUARDED, contact=replace(GUARDED.contact, **changes))


def passwords(shortest: int, longest: int, beside: int | None = None) -> PolicyProfile:
    rules = PasswordRules(
        min_length=shortest, max_length=longest, min_length_with_second_factor=beside
    )
    return replace(GUARDED, password=rules)


def password_field(**changes: Any) -> PolicyProfile:
    rule = replace(PASSWORD, **changes)
    return replace(GUARDED, fields=(USERNAME, EMAIL, rule, GUARDIAN_EMAIL))


def children(*needs: Need) -> PolicyProfile:
    """Return a profile that asks children for their fields as *needs* say."""
    rules = zip((USERNAME, PASSWORD, GUARDIAN_EMAIL), needs, strict=True)
    changed = tuple(replace(rule, for_children=need) for rule, need in rules)
    return replace(GUARDED, fields=(EMAIL, *changed))


DAY, NOTHING = timedelta(days=1), timedelta(0)
OUT, MUST = Need.ABSENT, Need.REQUIRED


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        # the operator
        (replace(GUARDED, app=AppName("Some App")), "app"),
        (replace(GUARDED, region="XX"), "region"),
        (contact(email="nobody"), "contact.email"),
        (contact(dpo_email="nobody"), "contact.dpo_email"),
        (contact(url="ftp://example.test"), "contact.url"),
        (replace(GUARDED, welcome_url="http://example.test"), "welcome_url"),
        (replace(GUARDED, welcome_url="https://["), "welcome_url"),
        (replace(GUARDED, welcome_url="https://a:b@example.test"), "welcome_url"),
        (replace(GUARDED, allowed_origins=("*",)), "allowed_origins"),
        (replace(GUARDED, allowed_origins=("https://a.test/",)), "allowed_origins"),
        (replace(GUARDED, allowed_origins=("http://a.test",)), "allowed_origins"),
        (replace(GUARDED, allowed_origins=("https://a.test",) * 2), "allowed_origins"),
        (replace(GUARDED, audiences=("game",)), "audiences"),
        (replace(GUARDED, audiences=("http://a.test",)), "audiences"),
        (replace(GUARDED, audiences=("https://a.test/x",) * 2), "audiences"),
        (replace(GUARDED, step_up=(Action.MAKE_TOKENS,) * 2), "step_up"),
        # the age
        (age(guardian_below=None), "age.guardian_below"),
        (age(guardian_below=0), "age.guardian_below"),
        (age(guardian_below=22), "age.guardian_below"),
        (age(minimum=14), "age.minimum"),
        (age(default_country="XX"), "age.default_country"),
        (age(ask_country=True), "age.ask_country"),
        (adults(minimum=None), "age.minimum"),
        (adults(minimum=17), "age.minimum"),
        (adults(guardian_below=14), "age.guardian_below"),
        (adults(proof=()), "age.proof"),
        (adults(proof=(ProofMethod.CARD,) * 2), "age.proof"),
        (replace(OPEN, age=replace(NO_AGE, minimum=13)), "age.minimum"),
        (replace(OPEN, age=replace(NO_AGE, law_applies=True)), "age.law_applies"),
        (replace(GUARDED, age_proof_provider="who"), "age_proof_provider"),
        # the form
        (replace(GUARDED, fields=(*GUARDED.fields, EMAIL)), "fields.email"),
        (username(min_length=5, max_length=4), "fields.username.rules.min_length"),
        (username(max_length=0), "fields.username.rules.max_length"),
        (username(max_length=201), "fields.username.rules.max_length"),
        (username(pattern="(", max_length=9), "fields.username.rules.pattern"),
        (username(pattern="a+"), "fields.username.rules.pattern"),
        (username(pattern="a{9}" * 99, max_length=9), "fields.username.rules.pattern"),
        (
            username(pattern="a{%s}" % 9**99, max_length=9),
            "fields.username.rules.pattern",
        ),
        (
            username(pattern="(a+)+[0-9]", max_length=99),
            "fields.username.rules.pattern",
        ),
        (username(choices=("a", "a")), "fields.username.rules.choices"),
        (replace(GUARDED, fields=GUARDED.fields[:2]), "fields.password"),
        (password_field(for_adults=Need.OPTIONAL), "fields.password.for_adults"),
        (password_field(locked=True), "fields.password.locked"),
        (password_field(name="Pass Word"), "fields.Pass Word.name"),
        (children(MUST, OUT, MUST), "fields.password.for_children"),
        (children(MUST, MUST, OUT), "fields.guardian_email.for_children"),
        (children(OUT, MUST, MUST), "identifiers"),
        (
            replace(OPEN, fields=(*ADULT_FIELDS, USERNAME)),
            "fields.username.for_children",
        ),
        (
            replace(OPEN, fields=(*ADULT_FIELDS, GUARDIAN_EMAIL)),
            "fields.guardian_email",
        ),
        (
            replace(GUARDED, fields=GUARDED.fields[:3]),
            "fields.guardian_email.for_children",
        ),
        (
            replace(GUARDED, fields=(*GUARDED.fields[:3], GUARDIAN_OF_ALL)),
            "fields.guardian_email.for_adults",
        ),
        (asked_by(BY_TEXT), "fields.guardian_email"),
        (asked_by(BY_TEXT, GUARDIAN_PHONE), "fields.guardian_email"),
        (asked_by(BY_MAIL, GUARDIAN_PHONE), "fields.guardian_phone"),
        (asked_by(EITHER_WAY, GUARDIAN_PHONE), "fields.guardian_email.for_children"),
        (
            replace(OPEN, fields=(*ADULT_FIELDS, GUARDIAN_PHONE)),
            "fields.guardian_phone",
        ),
        (replace(GUARDED, identifiers=()), "identifiers"),
        (replace(GUARDED, identifiers=(Identifier.EMAIL,) * 2), "identifiers"),
        (replace(GUARDED, identifiers=(Identifier.PHONE,)), "identifiers"),
        (replace(GUARDED, identifiers=(Identifier.USERNAME,)), "identifiers"),
        (replace(GUARDED, confirms=(ContactKind.PHONE,)), "confirms"),
        (replace(GUARDED, confirms=(ContactKind.EMAIL,) * 2), "confirms"),
        # the purposes
        (replace(GUARDED, purposes=()), "purposes"),
        (purpose(), "purposes"),
        (purpose(id="A Purpose"), "purposes.A Purpose.id"),
        (purpose(id="b", min_consent_strength=0), "purposes.b.min_consent_strength"),
        (purpose(id="b", min_consent_strength=4), "purposes.b.min_consent_strength"),
        (
            purpose(id="b", essential=False, discloses_to_third_parties=True),
            "purposes.b.min_consent_strength",
        ),
        (purpose(id="b", min_consent_strength=3), "purposes.b.min_consent_strength"),
        (consent(methods=()), "consent.methods"),
        (consent(methods=(Method.EMAIL_PLUS,) * 2), "consent.methods"),
        (consent(methods=(Method.WALLET,)), "consent.methods"),
        (allowing(Method.EMAIL_PLUS, discloses=True), "purposes.b.consent_methods"),
        (allowing(Method.TEXT_PLUS, discloses=True), "purposes.b.consent_methods"),
        (allowing(Method.EMAIL_PLUS, strength=2), "purposes.b.consent_methods"),
        (allowing(Method.SIGNED_FORM, strength=3), "purposes.b.consent_methods"),
        (purpose(id="b", title={}), "purposes.b.title.en"),
        (purpose(id="b", title={"en": "B", "zh": "B"}), "purposes.b.title.zh"),
        # the policy
        (replace(GUARDED, policy_versions=()), "policy_versions"),
        (replace(GUARDED, policy_versions=(FIRST, FIRST)), "policy_versions"),
        (version(text_sha256="0" * 63), "policy_versions.1.text_sha256"),
        (version(text="Another policy."), "policy_versions.1.text_sha256"),
        (version(url="example.test"), "policy_versions.1.url"),
        (version(changes={}), "policy_versions.1.changes.en"),
        (version(published_date=date(2025, 1, 2)), "policy_versions.1.effective_date"),
        (second(effective_date=date(2026, 3, 7)), "policy_versions.2.effective_date"),
        (second(effective_date=date(2024, 3, 7)), "policy_versions.2.effective_date"),
        (replace(GUARDED, languages=()), "languages"),
        (replace(GUARDED, languages=("en", "English!")), "languages"),
        (replace(GUARDED, languages=("en", "en")), "languages"),
        (replace(GUARDED, languages=("en", "zh")), "fields.username.label.zh"),
        # the periods
        (timers(gate_lock=NOTHING), "timers.gate_lock"),
        (timers(erasure_grace=-DAY), "timers.erasure_grace"),
        (timers(second_contact_after=DAY * 2), "timers.second_contact_after"),
        (timers(consent_link=DAY * 15), "timers.consent_link"),
        (timers(contact_code=DAY * 4), "timers.contact_code"),
        (notices(1, 7), "timers.renewal_notices"),
        (notices(365), "timers.renewal_notices"),
        (notices(0), "timers.renewal_notices"),
        (replace(GUARDED, retention=Retention(events=NOTHING)), "retention.events"),
        (replace(GUARDED, retention=Retention(events=DAY * 9999)), "retention.events"),
        (passwords(14, 256), "password.min_length"),
        (passwords(15, 63), "password.max_length"),
        (passwords(15, 1025), "password.max_length"),
        (passwords(70, 64), "password.min_length"),
        (passwords(15, 64, 7), "password.min_length_with_second_factor"),
        (passwords(15, 64, 16), "password.min_length_with_second_factor"),
    ],
)
def test_every_mistake_is_named_with_its_key(wrong: PolicyProfile, key: str) -> None:
    found = mistakes(wrong, countries=COUNTRIES)
    assert key in {one.key for one in found}
    assert all(one.what for one in found)


def test_in_production_somebody_must_take_the_proof_of_age() -> None:
    def keys(profile: PolicyProfile, *providers: str) -> list[str]:
        found = mistakes(profile, countries=COUNTRIES, providers=providers)
        return [one.key for one in found]

    named = replace(ADULTS, age_proof_provider="provider")
    assert keys(ADULTS, "provider") == ["age_proof_provider"]
    assert keys(named) == ["age_proof_provider"]
    assert keys(named, "provider") == []
    assert keys(adults(proof=(ProofMethod.WALLET,))) == []
    assert mistakes(ADULTS, countries=COUNTRIES, providers=None) == []


def test_no_guardian_can_consent_by_mail_to_a_disclosure() -> None:
    wrong = purpose(id="ads", essential=False, discloses_to_third_parties=True)
    found = mistakes(wrong, countries=COUNTRIES)
    assert "COPPA 16 CFR 312.5(b)(2)(viii)" in found[0].what
