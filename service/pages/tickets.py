"""The gate's ticket, from the question to the form: a cookie for half an hour."""

from typing import Final

from aiohttp import web

from service.caller import APP, CLOCK, KEYS
from service.domain.decisions import AgeBand, DecisionKind
from service.domain.explanations import Explanation, explain
from service.domain.profiles import AgeMode, PolicyProfile
from service.domain.refusals import TicketInvalid
from service.gate.checks import AgeCheck, read_ticket
from service.pages import cookies
from service.pages.drawing import reads
from service.pages.inputs import Person

COOKIE: Final = "__Host-agegate-ticket"
"""One for each app, so that two sign-ups side by side do not meet."""


def hand_out(response: web.StreamResponse, profile: PolicyProfile, ticket: str) -> None:
    """Give the browser the ticket of who passed the gate."""
    lifetime = profile.timers.gate_ticket
    cookies.keep(response, f"{COOKIE}-{profile.app}", ticket, lifetime=lifetime)


def take_back(response: web.StreamResponse, profile: PolicyProfile) -> None:
    """Have the browser forget a ticket that was used."""
    cookies.drop(response, f"{COOKIE}-{profile.app}")


def person_of(request: web.Request) -> Person:
    """Return whom the gate let pass, or raise TicketInvalid."""
    check = _check(request)
    if check is None:
        return Person(band=AgeBand.NOT_ASKED, kind=DecisionKind.ADMIT)
    return Person(
        band=check.decision.band,
        kind=check.decision.kind,
        country=check.country,
        ticket=_held(request),
    )


def explanation(request: web.Request) -> Explanation | None:
    """Return why more than a form is needed, in the person's language."""
    check = _check(request)
    if check is None or check.decision.kind is DecisionKind.ADMIT:
        return None
    contact = request[APP].contact
    return explain(check.decision, reads(request), contact=contact)


def _check(request: web.Request) -> AgeCheck | None:
    """Return the check behind the ticket; None where no age is asked."""
    profile, held = request[APP], _held(request)
    if profile.age.mode is AgeMode.NONE:
        return None
    if held is None:
        raise TicketInvalid
    now = request.app[CLOCK].now()
    return read_ticket(request.app[KEYS], held, app=profile.app, now=now)


def _held(request: web.Request) -> str | None:
    return request.cookies.get(f"{COOKIE}-{request[APP].app}")
