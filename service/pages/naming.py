"""The fields by which a page lets a guardian be named: address, number, or either."""

from aiohttp import web

from service.caller import RESERVED_DOMAINS
from service.domain.forms import GUARDIAN_FIELDS
from service.domain.guardian_contacts import GuardianContact, kinds_of
from service.domain.profiles import PolicyProfile
from service.guardians.naming import named
from service.pages.typed import Typed


def fields_of(profile: PolicyProfile) -> tuple[str, ...]:
    """Return the fields that are drawn, in order."""
    return tuple(GUARDIAN_FIELDS[kind] for kind in kinds_of(profile.consent.methods))


def typed_in(typed: Typed, profile: PolicyProfile) -> dict[str, str]:
    """Return the fields that are drawn and were filled in; the first, if none was."""
    drawn = fields_of(profile)
    told = {name: typed.one(name) for name in drawn if typed.one(name)}
    return told or {drawn[0]: ""}


def field_in(typed: Typed, profile: PolicyProfile) -> str:
    """Return the field in which a guardian was named, or could be."""
    return next(iter(typed_in(typed, profile)))


def named_in(
    request: web.Request, typed: Typed, profile: PolicyProfile
) -> GuardianContact:
    """Return which guardian is named in a form, or raise FieldsWrong."""
    told = typed_in(typed, profile)
    return named(
        told,
        reserved=request.app[RESERVED_DOMAINS],
        region=profile.age.default_country,
    )


def asks_by(profile: PolicyProfile) -> str:
    """Return the way of texts about naming a guardian here: email, phone or either."""
    kinds = kinds_of(profile.consent.methods)
    return kinds[0] if len(kinds) == 1 else "either"
