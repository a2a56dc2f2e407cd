"""What a guardian typed about another one."""

from aiohttp import web

from service.caller import RESERVED_DOMAINS
from service.domain.consent import Relation
from service.domain.refusals import FieldMistake, FieldsWrong
from service.guardians.schemas import guardian_address
from service.guardians.second import Invitation
from service.pages.typed import Typed


def wish_of(request: web.Request, typed: Typed) -> Invitation:
    """Return whom a guardian names, or raise FieldsWrong with all that is missing."""
    mistakes, email = list[FieldMistake](), ""
    try:
        email = guardian_address(
            typed.one("guardian_email"), reserved=request.app[RESERVED_DOMAINS]
        )
    except FieldsWrong as refusal:
        mistakes += refusal.mistakes
    if typed.one("relation") not in {*Relation}:
        words = "Please say who that is."
        mistakes.append(FieldMistake("/relation", "missing", words))
    if mistakes:
        raise FieldsWrong(mistakes)
    return Invitation(email=email, relation=Relation(typed.one("relation")))
