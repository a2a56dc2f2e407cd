"""Giving up, finding the way back, and staying in one's language."""

from datetime import timedelta

import pytest

from tests.pages.journeys import ADA, ADAS_PHONE, GROWN_UP, Somebody, child_waiting
from tests.pages.visitor import Page, Visitor
from tests.support.service import Service

HERE = "/registration"


@pytest.fixture
async def page(service: Service, visitor: Visitor) -> Page:
    """An adult, who has an e-mail address and a phone number to confirm."""
    adult = Somebody(service, visitor, "terra-maestro")
    form = await adult.answer_age(GROWN_UP)
    return await adult.fill_in(form, username="ada.l", email=ADA, phone=ADAS_PHONE)


async def test_giving_up_asks_first_and_deletes_everything(service: Service) -> None:
    child, _ = await child_waiting(service)
    page = await child.visitor.get("/registration/give-up")
    assert page.title == "Stop the sign-up?"
    unsure = await child.visitor.ask("POST", "/registration/give-up", {})
    assert unsure.title == "Stop the sign-up?"
    assert await service.count("registration") == 1
    page = await child.visitor.submit(page, "/registration/give-up")
    assert page.title == "This sign-up has ended"
    assert await service.count("registration") == 0
    late = await child.visitor.ask("POST", "/registration/remind", {})
    assert late.status == 410
    assert late.title == "This sign-up has ended"


async def test_there_is_no_way_to_give_up_what_is_over(service: Service) -> None:
    studio = Somebody(service, Visitor(service.client), "terran-studio")
    page = await studio.visitor.get("/sign-up/terran-studio")
    page = await studio.fill_in(page, username="somebody.else")
    assert page.title == "Your account is ready"
    page = await studio.visitor.get("/registration/give-up")
    assert page.title == "Your account is ready"


async def test_the_sign_up_leads_back_to_an_unfinished_one(
    service: Service, page: Page, visitor: Visitor
) -> None:
    again = await visitor.get("/sign-up/terra-maestro")
    assert "You have begun to sign up" in again.text
    assert HERE in again.links()
    await visitor.submit(
        await visitor.get("/registration/give-up"), "/registration/give-up"
    )
    again = await visitor.get("/sign-up/terra-maestro")
    assert "You have begun" not in again.text
    service.clock.advance(timedelta(days=3))
    await service.pool.execute("DELETE FROM registration_end")
    again = await visitor.get("/sign-up/terra-maestro")
    assert "You have begun" not in again.text


async def test_a_browser_without_a_registration_is_told_so(visitor: Visitor) -> None:
    page = await visitor.get(HERE)
    assert page.status == 401
    assert page.title == "No sign-up is under way here"
    for path in ("confirm", "code", "guardian", "remind", "proof", "give-up"):
        page = await visitor.ask("POST", f"/registration/{path}", {})
        assert page.status == 401


async def test_a_registration_long_gone_is_told_so(
    service: Service, page: Page, visitor: Visitor
) -> None:
    await service.pool.execute("DELETE FROM contact_code")
    await service.pool.execute("DELETE FROM registration")
    gone = await visitor.get(HERE)
    assert gone.status == 404
    assert gone.title == "There is no such sign-up"
    late = await visitor.send(page, "/registration/code")
    assert late.status == 404


async def test_the_language_chosen_stays_on_the_way(service: Service) -> None:
    visitor = Visitor(service.client)
    page = await visitor.get("/sign-up/terraquanta?lang=zh")
    assert page.language == "zh-Hans"
    typed = {"day": "3", "month": "4", "year": "2014", "country": "CN"}
    page = await visitor.submit(page, "/sign-up/terraquanta/age", **typed)
    assert page.language == "zh-Hans"
    typed = {"username": "blue.fox", "password": "violin harbour 27 umbrellas"}
    page = await visitor.submit(page, "/sign-up/terraquanta/form", **typed)
    assert page.language == "zh-Hans"
    sent = await visitor.send(page, "/registration/guardian", guardian_email="")
    assert sent.language == "zh-Hans"
    assert {one for one in sent.links() if "lang=" in one} >= {"/registration?lang=en"}
