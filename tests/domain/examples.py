"""A moment, places, and a policy profile without mistakes to change one thing of."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

from service.domain.age_rules import AgeMode, AgeRules, ProofMethod
from service.domain.birthdays import BirthDate
from service.domain.decisions import AgeBand
from service.domain.forms import ContactKind, FieldRule, Identifier, Need
from service.domain.jurisdictions import Jurisdiction, LeapBirthday
from service.domain.profiles import (
    AppName,
    Contact,
    LegalGround,
    PolicyProfile,
    PolicyVersion,
    Purpose,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)  # the first instant of the day in UTC-12
GERMANY = Jurisdiction(
    code="DE", name="Germany", self_consent_age=16, law="GDPR Art. 8(1)"
)
USA = Jurisdiction(code="US", name="United States", self_consent_age=13, law="COPPA")
CHINA = Jurisdiction(code="CN", name="China", self_consent_age=14, law="PIPL Art. 31")
KOREA = Jurisdiction(code="KR", name="South Korea", self_consent_age=14, adult_age=19)
JAPAN = Jurisdiction(code="JP", name="Japan", latest_zone="Asia/Tokyo")
TAIWAN = Jurisdiction(code="TW", name="Taiwan", leap_birthday=LeapBirthday.FEBRUARY_28)
THAILAND = Jurisdiction(
    code="TH", name="Thailand", self_consent_age=20, law="PDPA s. 20", adult_age=20
)

CHILD, MINOR, ADULT = AgeBand.CHILD, AgeBand.MINOR, AgeBand.ADULT

BELOW_14 = AgeRules(mode=AgeMode.GUARDIAN, guardian_below=14, clause="Below 14.")
BELOW_18 = AgeRules(mode=AgeMode.GUARDIAN, guardian_below=18, clause="Below 18.")
NO_AGE = AgeRules(mode=AgeMode.NONE, clause="No age.")
ADULTS_ONLY = AgeRules(
    mode=AgeMode.ADULTS_ONLY_PROVEN,
    minimum=18,
    proof=(ProofMethod.DOCUMENT, ProofMethod.CARD),
    clause="Adults only.",
)
LAWFUL_14 = replace(BELOW_14, law_applies=True)
LAWFUL_18 = replace(BELOW_18, law_applies=True)
LAWFUL_ADULTS = replace(ADULTS_ONLY, law_applies=True)
FROM_10 = replace(BELOW_14, minimum=10)

USERNAME = FieldRule(
    name="username",
    label={"en": "Username"},
    for_adults=Need.OPTIONAL,
    for_children=Need.REQUIRED,
)
EMAIL = FieldRule(name="email", label={"en": "E-mail"}, for_adults=Need.REQUIRED)
PASSWORD = FieldRule(
    name="password",
    label={"en": "Password"},
    for_adults=Need.REQUIRED,
    for_children=Need.REQUIRED,
)
GUARDIAN_EMAIL = FieldRule(
    name="guardian_email",
    label={"en": "Guardian's e-mail"},
    for_adults=Need.ABSENT,
    for_children=Need.REQUIRED,
)

SERVICE = Purpose(
    id="service",
    title={"en": "Service"},
    description={"en": "The service itself."},
    legal_ground=LegalGround.CONTRACT,
    essential=True,
)

FIRST = PolicyVersion(
    version="1",
    published_date=date(2025, 1, 1),
    effective_date=date(2025, 1, 1),
    text="The policy.",
    text_sha256=sha256(b"The policy.").hexdigest(),
    url="https://example.test/policy",
    title={"en": "Policy"},
    changes={"en": "First version."},
)


def a_profile(age: AgeRules = BELOW_14) -> PolicyProfile:
    """Return a profile whose form suits a guardian below some age."""
    return PolicyProfile(
        app=AppName("example"),
        name="Example",
        operator="Example Ltd",
        contact=Contact(email="help@example.test", appeals="appeals@example.test"),
        region="any",
        languages=("en",),
        age=age,
        fields=(USERNAME, EMAIL, PASSWORD, GUARDIAN_EMAIL),
        purposes=(SERVICE,),
        policy_versions=(FIRST,),
        identifiers=(Identifier.EMAIL, Identifier.USERNAME),
        confirms=(ContactKind.EMAIL,),
    )


def born(years: int, *, days: int = 0) -> BirthDate:
    """Return the birth date of who turns *years* so many *days* from NOW."""
    day = NOW.date() + timedelta(days=days)
    return BirthDate(day.year - years, day.month, day.day)
