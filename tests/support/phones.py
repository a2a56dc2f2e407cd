"""Guardians who are asked by text message: operators, children and what they get."""

from dataclasses import replace

from service.domain.consent_methods import Method
from service.domain.forms import FieldRule, Need
from service.domain.profiles import PolicyProfile
from tests.support.families import Family, a_child
from tests.support.operators import SHIPPED
from tests.support.service import Json, Service
from tests.support.wards import Ward

NUMBER = "+4915112345678"
OTHER_NUMBER = "+4915112345679"
PREMIUM = "+499001234567"

BY_TEXT = (Method.TEXT_PLUS, Method.GUARDIAN_ACCOUNT)
EITHER_WAY = (Method.EMAIL_PLUS, *BY_TEXT)


def asking_by(
    profile: PolicyProfile = SHIPPED["terra-maestro"],
    methods: tuple[Method, ...] = BY_TEXT,
) -> PolicyProfile:
    """Return *profile* with *methods*, and the fields that go with them."""
    either = Method.EMAIL_PLUS in methods
    rule = profile.field("guardian_email")
    assert rule is not None
    email = replace(rule, for_children=Need.OPTIONAL)
    phone = FieldRule(
        name="guardian_phone",
        label=dict.fromkeys(profile.languages, "手机 (phone)"),
        for_adults=Need.ABSENT,
        for_children=Need.OPTIONAL if either else Need.REQUIRED,
    )
    others = [one for one in profile.fields if one.name != "guardian_email"]
    fields = (*others, email, phone) if either else (*others, phone)
    consent = replace(profile.consent, methods=methods)
    return replace(profile, fields=fields, consent=consent)


async def ask_by_text(service: Service, number: str = NUMBER, **form: Json) -> Family:
    """Return a child and the guardian it named by a *number*, who has a text."""
    child = await a_child(service, **form)
    response = await child.post("guardian-requests", guardian_phone=number)
    assert response.status == 202, await response.text()
    code = (await response.json())["match_code"]
    mailbox = await service.send_messages()
    return Family(service, child, number, code, mailbox.link_for(number))


async def a_ward_by_text(service: Service, number: str = NUMBER, **form: Json) -> Ward:
    """Return a child whose guardian has given consent by text plus."""
    family = await ask_by_text(service, number, **form)
    response = await family.answer("give", purposes=["improvement"])
    assert response.status == 200, await response.text()
    mailbox = await service.send_messages()
    return Ward(service, family, mailbox.link_for(number))
