"""The guardian's link: a secret for half an hour, one answer, and three days."""

from datetime import timedelta

import pytest

from tests.pages.family import ACTION, COOKIE, Family
from tests.pages.journeys import MOTHER, child_waiting, number_on
from tests.pages.visitor import Visitor
from tests.support.service import Service


async def test_the_link_becomes_a_cookie_and_leaves_the_address_bar(
    service: Service, family: Family
) -> None:
    link = (await service.send_messages()).link_for(MOTHER)
    guardian = Visitor(service.client)
    sent = await guardian.ask("GET", f"/guardian/{link}")
    assert sent.status == 303
    assert sent.location == "/guardian"
    assert sent.headers["Cache-Control"] == "no-store"
    assert sent.headers["Referrer-Policy"] == "no-referrer"
    cookie = sent.set_cookies[COOKIE]
    assert link not in cookie.value
    assert cookie["secure"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == "1800"
    page = await guardian.get("/guardian")
    assert link not in page.body
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "same-origin"


async def test_an_answer_counts_once(family: Family) -> None:
    held = dict(family.guardian.cookies)
    await family.answer("refuse", code=number_on(family.page))
    family.guardian.cookies = held
    page = await family.answer("give", code=family.code, adult="yes")
    assert page.status == 409
    assert page.title == "This question has been answered"
    _, again = await family.child.guardian()
    assert again.status == 409


async def test_an_old_link_says_how_to_get_a_new_one(family: Family) -> None:
    family.service.clock.advance(timedelta(hours=72))
    _, page = await family.child.guardian()
    assert page.status == 200
    assert "You can have a fresh one sent" in page.text


async def test_a_link_is_replaced_by_the_next_one(family: Family) -> None:
    page = await family.child.visitor.get("/registration")
    await family.child.visitor.submit(page, "/registration/remind")
    old = await family.guardian.get("/guardian")
    assert old.status == 410
    _, page = await family.child.guardian()
    assert page.status == 200


async def test_an_open_page_closes_after_half_an_hour(family: Family) -> None:
    family.service.clock.advance(timedelta(minutes=30))
    page = await family.answer("refuse", code=number_on(family.page))
    assert page.status == 404
    assert page.title == "Please open the link in the message again"
    assert await family.registrations() == 1


@pytest.mark.parametrize("link", ["x", "a" * 42, "a" * 44, "%00" * 43, "!" * 43])
async def test_a_broken_link_is_explained(visitor: Visitor, link: str) -> None:
    page = await visitor.get(f"/guardian/{link}")
    assert page.status == 404
    assert "copy the whole link" in page.text
    assert visitor.cookies == {}


async def test_a_made_up_link_is_told_apart_only_by_the_page(visitor: Visitor) -> None:
    page = await visitor.ask("GET", f"/guardian/{'a' * 43}")
    assert page.status == 303
    page = await visitor.get("/guardian")
    assert page.status == 404


@pytest.mark.parametrize("cookie", ["", "x", "k.AAAA", "a" * 4000])
async def test_a_made_up_cookie_opens_nothing(visitor: Visitor, cookie: str) -> None:
    visitor.cookies[COOKIE] = cookie
    assert (await visitor.get("/guardian")).status == 404
    assert (await visitor.ask("POST", ACTION, {"answer": "give"})).status == 404


async def test_the_page_is_in_the_guardians_language(service: Service) -> None:
    child, _ = await child_waiting(service)
    _, page = await child.guardian("zh")
    assert page.language == "zh-Hans"
    assert "孩子选择的用户名是 blue.fox" in page.text
    assert "我同意" in page.text
    nobody, _ = await child.guardian("fr")
    page = await nobody.get("/guardian?lang=zh")
    assert page.form(ACTION)["action"] == f"{ACTION}?lang=zh"
    sent = await nobody.send(page, ACTION)
    assert sent.language == "zh-Hans"


async def test_without_a_wish_the_page_is_in_the_language_of_the_message(
    service: Service,
) -> None:
    child, _ = await child_waiting(service, "zh")
    _, page = await child.guardian("fr")
    assert page.language == "zh-Hans"
