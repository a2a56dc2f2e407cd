"""Adults sign up: on a phone, at a desk, without scripts, and without a mouse."""

import pytest
from playwright.async_api import ViewportSize

from tests.browser.people import DESKTOP, PHONE, People
from tests.browser.steps import ADA, GROWN_UP, answer_age, confirm, sign_up
from tests.support.service import PASSWORD

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("size", "scripts"), [(PHONE, True), (DESKTOP, True), (PHONE, False)]
)
async def test_an_adult_signs_up(
    people: People, size: ViewportSize, *, scripts: bool
) -> None:
    adult = await people.arrive(size=size, scripts=scripts)
    await answer_age(adult, "plain", GROWN_UP)
    await adult.is_at("form.title")
    await sign_up(adult, email=ADA)
    await adult.is_at("confirm_contact.title")
    await confirm(adult, ADA)
    await adult.is_at("completed.title")
    assert "Welcome to Plain!" in await adult.tab.inner_text("main")
    assert await people.site.count("account") == 1
    assert await people.site.count("registration") == 0


async def test_an_adult_makes_and_mends_a_mistake_by_keyboard(people: People) -> None:
    adult = await people.arrive(size=DESKTOP)
    await adult.open("/sign-up/plain")
    for field, digits in (("day", "3"), ("month", "4"), ("year", "1990")):
        await adult.tab_to(field)
        await adult.hit(*digits)
    await adult.enter()
    await adult.tab_to("email")
    await adult.tab.keyboard.type("nowhere")
    await adult.enter()
    wrong = adult.tab.get_by_role("alert")
    assert await wrong.evaluate("one => one === document.activeElement")
    await adult.hit("Tab", "Enter")
    assert await adult.control("email").evaluate("one => location.hash === '#email'")
    await adult.hit("Tab", "Shift+Tab", "Control+A")
    await adult.tab.keyboard.type(ADA)
    await adult.tab_to("password")
    await adult.tab.keyboard.type(PASSWORD)
    await adult.tab_to("use-improvement")
    await adult.hit("Space")
    await adult.enter()
    await adult.tab_to("email_code")
    await adult.tab.keyboard.type(await people.site.code_for(ADA))
    await adult.enter()
    await adult.is_at("completed.title")
    given = await people.site.pool.fetch("SELECT purpose FROM consent_grant")
    assert {one["purpose"] for one in given} == {"service", "improvement"}
