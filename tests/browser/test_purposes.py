"""What data may be used for: decided, and looked at, in a real browser."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta

import pytest

from service.domain.age_rules import Quorum
from service.kit.database import Pool
from service.pages.words import EN, ZH, Language
from tests.browser.holders import APP, come_in, sign_in
from tests.browser.looking import mistakes
from tests.browser.people import DESKTOP, PHONE, People, Person, Windows
from tests.browser.site import open_site
from tests.browser.steps import FATHER, MOTHER, ask_guardian, code_on_screen, reply
from tests.support.clock import StoppedClock
from tests.support.operators import SHIPPED

pytestmark = pytest.mark.browser

HERE = "/account/purposes"
NAME = "blue.fox"
LOOKS = """
(value) => [...document.querySelectorAll(`button[value=${value}]`)].map((one) => {
  const style = getComputedStyle(one), box = one.getBoundingClientRect();
  return {
    height: Math.round(box.height),
    font: [style.fontSize, style.fontWeight, style.fontFamily],
    colour: [style.color, style.backgroundColor, style.borderTopColor],
    shown: [style.visibility, style.opacity, one.disabled],
    order: one.tabIndex,
  };
})
"""


@pytest.fixture
async def together(
    windows: Windows, pool: Pool, clock: StoppedClock
) -> AsyncGenerator[People]:
    """Everybody at a site where child and guardian consent together."""
    profile, quorum = SHIPPED[APP], Quorum.CHILD_AND_GUARDIAN
    joint = replace(profile, age=replace(profile.age, quorum=quorum))
    async with open_site(pool, clock, joint) as site:
        here = People(windows, site)
        yield here
        for person in await here.leave():
            assert person.complaints == []
            assert person.strangers == []


async def a_child_with_two(people: People, language: Language, born: str) -> Person:
    """Return a child at its own page, for whom two guardians have said yes."""
    child = await people.arrive(language=language)
    code = await ask_guardian(child, APP, born)
    guardian = await people.arrive(language=language)
    await guardian.open(await people.site.link_for(MOTHER))
    await guardian.tab.check("#use-improvement")
    await reply(guardian, "give", code)
    people.site.clock.advance(timedelta(minutes=1))
    await guardian.open(await people.site.link_for(MOTHER))
    await guardian.fill(guardian_email=FATHER)
    await guardian.tab.check("input[value=parent]")
    number = await guardian.tab.inner_text("#invite-code-hint strong")
    await guardian.control("invite-code").fill(number)
    await guardian.press("second.invite")
    code = await code_on_screen(guardian)
    other = await people.arrive(language=language)
    await other.open(await people.site.link_for(FATHER))
    await reply(other, "give", code)
    await sign_in(child, address=NAME)
    await child.open(HERE)
    return child


async def test_a_child_says_its_own_yes_and_takes_it_back(together: People) -> None:
    child = await a_child_with_two(together, ZH, "2014-04-03")
    await child.is_at("who_sees.title")
    assert await mistakes(child.tab) == []
    row = child.tab.locator("li", has=child.control("name-improvement")).last
    waiting, on = child.words("who_sees.waiting"), child.words("who_sees.on")
    assert await row.locator(".state").inner_text() == waiting

    await child.follow(row.locator("button[value=agree]"))
    assert await row.locator(".state").inner_text() == on
    await child.follow(row.locator("button[value=withdraw]"))
    assert await row.locator(".state").inner_text() == waiting

    for size in (PHONE, DESKTOP):
        await child.tab.set_viewport_size(size)
        agree = await child.tab.evaluate(LOOKS, "agree")
        assert agree
        assert agree == await child.tab.evaluate(LOOKS, "withdraw")


async def test_without_an_essential_yes_it_is_paused_and_goes_on(
    together: People,
) -> None:
    child = await a_child_with_two(together, EN, "2014-04-03")
    row = child.tab.locator("li", has=child.control("name-account")).last
    await child.follow(row.locator("button[value=withdraw]"))
    await child.is_at("sign_in.title")
    await sign_in(child, address=NAME)
    await child.open(HERE)
    assert await mistakes(child.tab) == []
    await child.follow(row.locator("button[value=agree]"))
    assert await child.tab.locator(".notice").count() == 1


async def test_a_young_person_takes_the_choices_over(people: People) -> None:
    birthday = people.site.clock.now() + timedelta(days=10)
    born = f"{birthday.year - 14}-{birthday:%m-%d}"
    child = await a_child_with_two(people, EN, born)
    people.site.clock.advance(timedelta(days=12))
    assert await people.site.parts.coming_of_age.step() == 1
    await child.open("/account")
    await child.follow(child.tab.locator(f".notice a[href='{HERE}']"))
    await child.is_at("purposes.title")
    assert await mistakes(child.tab) == []
    agree, withdraw = [
        (await child.tab.evaluate(LOOKS, one))[0] for one in ("agree", "withdraw")
    ]
    assert agree == withdraw

    await child.press("purposes.confirm")

    assert await child.tab.locator("text=" + child.words("purposes.due")).count() == 0
    over = "consent_grant WHERE state = 'handed_over'"
    assert await people.site.count(over) == 5


async def test_an_adult_decides_about_each(people: People) -> None:
    holder = await people.arrive()
    await come_in(holder)
    await holder.follow(holder.tab.locator(f"a[href^='{HERE}']"))
    await holder.is_at("purposes.title")
    row = holder.tab.locator("li", has=holder.control("name-improvement")).last
    await holder.follow(row.locator("button[value=agree]"))
    on = holder.words("purposes.on")
    assert await row.locator(".state").inner_text() == on
    assert await mistakes(holder.tab) == []
