"""A policy profile without mistakes, to change one thing of in a test."""

from datetime import date
from hashlib import sha256

from service.domain.age_rules import AgeMode, AgeRules, ProofMethod
from service.domain.forms import ContactKind, FieldRule, Identifier, Need
from service.domain.profiles import (
    AppName,
    Contact,
    LegalGround,
    PolicyProfile,
    PolicyVersion,
    Purpose,
)

BELOW_14 = AgeRules(mode=AgeMode.GUARDIAN, guardian_below=14, clause="Below 14.")
BELOW_18 = AgeRules(mode=AgeMode.GUARDIAN, guardian_below=18, clause="Below 18.")
NO_AGE = AgeRules(mode=AgeMode.NONE, clause="No age.")
ADULTS_ONLY = AgeRules(
    mode=AgeMode.ADULTS_ONLY_PROVEN,
    minimum=18,
    proof=(ProofMethod.DOCUMENT, ProofMethod.CARD),
    clause="Adults only.",
)

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
