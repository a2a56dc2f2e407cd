"""What a guardian typed about another one."""

from aiohttp import web

from service.domain.consent import Relation
from service.domain.guardian_contacts import by_email
from service.domain.profiles import PolicyProfile
from service.domain.refusals import FieldMistake, FieldsWrong
from service.guardians.second import Invitation
from service.pages.naming import named_in
from service.pages.typed import Typed


def wish_of(request: web.Request, typed: Typed, profile: PolicyProfile) -> Invitation:
    """Return whom a guardian names, or raise FieldsWrong with all that is missing."""
    mistakes, contact = list[FieldMistake](), by_email("")
    try:
        contact = named_in(request, typed, profile)
    except FieldsWrong as refusal:
        mistakes += refusal.mistakes
    if typed.one("relation") not in {*Relation}:
        words = "Please say who that is."
        mistakes.append(FieldMistake("/relation", "missing", words))
    if mistakes:
        raise FieldsWrong(mistakes)
    return Invitation(contact=contact, relation=Relation(typed.one("relation")))
