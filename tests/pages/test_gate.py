"""Past the gate or turned away: what a browser holds of it, and what nobody does."""

import re
from datetime import timedelta

from service.pages.words import EN, WORDS
from tests.pages.journeys import CHILD, GROWN_UP, Somebody
from tests.pages.visitor import Visitor
from tests.support.scan import cells
from tests.support.service import Service

MAESTRO = "/sign-up/terra-maestro"
SORRY = WORDS[EN]["refusals.turned_away.title"]


async def test_who_is_turned_away_is_told_how_to_appeal(
    service: Service, visitor: Visitor
) -> None:
    page = await Somebody(service, visitor, "platform").answer_age(CHILD)
    assert page.status == 403
    assert page.title == SORRY
    assert "mailto:support@platform.example" in page.links()
    assert not re.search(r"\b18\b", page.text)


async def test_nothing_is_kept_of_who_is_turned_away(
    service: Service, visitor: Visitor
) -> None:
    await Somebody(service, visitor, "platform").answer_age(CHILD)
    assert await service.count("registration") == 0
    assert await service.count("age_decision") == 0
    kept = {one.text for one in await cells(service.pool)}
    assert not [one for one in kept if "2014" in one]


async def test_another_answer_does_not_help_within_the_day(
    service: Service, visitor: Visitor
) -> None:
    young = Somebody(service, visitor, "platform")
    await young.answer_age(CHILD)
    page = await visitor.get("/sign-up/platform")
    assert page.status == 403
    assert not page.has_form("/sign-up/platform/age")
    fields = {"day": "3", "month": "4", "year": "1990"}
    again = await visitor.ask("POST", "/sign-up/platform/age", fields)
    assert again.status == 403
    service.clock.advance(timedelta(hours=24))
    assert (await young.answer_age(GROWN_UP)).path == "/sign-up/platform/form"


async def test_a_younger_answer_before_asks_the_guardian_all_the_same(
    service: Service, visitor: Visitor
) -> None:
    somebody = Somebody(service, visitor, "terra-maestro")
    await somebody.answer_age(CHILD)
    page = await somebody.answer_age(GROWN_UP)
    assert "parent or guardian" in page.text
    assert "given here shortly before" in page.text


async def test_cookies_are_out_of_reach(service: Service, visitor: Visitor) -> None:
    page = await visitor.get(MAESTRO)
    born = {"day": "3", "month": "4", "year": "1990", "country": "CN"}
    page = await visitor.send(page, f"{MAESTRO}/age", **born)
    assert {*page.set_cookies} == {
        "__Host-agegate-gate",
        "__Host-agegate-ticket-terra-maestro",
    }
    headers = {"Origin": str(service.client.make_url("/")).rstrip("/")}
    sent = await visitor.ask("POST", f"{MAESTRO}/age", born, headers)
    for cookie in (*page.set_cookies.values(), *sent.set_cookies.values()):
        assert cookie["secure"]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert cookie["path"] == "/"
        assert not cookie["domain"]


async def test_an_expired_age_check_is_asked_again(
    service: Service, visitor: Visitor
) -> None:
    adult = Somebody(service, visitor, "terra-maestro")
    page = await adult.answer_age(GROWN_UP)
    service.clock.advance(timedelta(minutes=31))
    assert (await visitor.get(f"{MAESTRO}/form")).path == MAESTRO
    page = await visitor.send(page, f"{MAESTRO}/form", username="ada")
    assert page.status == 422
    assert "age check is no longer valid" in page.text
    assert page.has_form(f"{MAESTRO}/age")


async def test_the_form_is_not_reached_past_the_question(visitor: Visitor) -> None:
    assert (await visitor.get(f"{MAESTRO}/form")).path == MAESTRO
    visitor.cookies["__Host-agegate-ticket-terra-maestro"] = "made.up"
    assert (await visitor.get(f"{MAESTRO}/form")).path == MAESTRO


async def test_a_ticket_is_good_for_its_own_app(
    service: Service, visitor: Visitor
) -> None:
    await Somebody(service, visitor, "terra-maestro").answer_age(GROWN_UP)
    ticket = visitor.cookies["__Host-agegate-ticket-terra-maestro"]
    visitor.cookies["__Host-agegate-ticket-terraquanta"] = ticket
    page = await visitor.get("/sign-up/terraquanta/form")
    assert page.path == "/sign-up/terraquanta"
