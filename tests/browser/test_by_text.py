"""A child names its guardian by a phone number; who is asked by text message."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

import pytest

from service.domain.consent_methods import Method
from service.kit.database import Pool
from service.pages.words import EN, ZH, Language
from tests.browser.looking import mistakes
from tests.browser.people import DESKTOP, People, Person, Windows
from tests.browser.site import open_site
from tests.browser.steps import (
    CHILD,
    answer_age,
    code_on_screen,
    reply,
    sign_up,
)
from tests.support.clock import StoppedClock
from tests.support.phones import BY_TEXT, EITHER_WAY, NUMBER, asking_by

pytestmark = pytest.mark.browser

APP = "terra-maestro"
MINE = "guardian_phone"


@asynccontextmanager
async def at_a_site(
    windows: Windows, pool: Pool, clock: StoppedClock, methods: tuple[Method, ...]
) -> AsyncIterator[People]:
    async with open_site(pool, clock, asking_by(methods=methods)) as site:
        here = People(windows, site)
        yield here
        for person in await here.leave():
            assert person.complaints == []
            assert person.strangers == []


@pytest.fixture
async def texted(
    windows: Windows, pool: Pool, clock: StoppedClock
) -> AsyncGenerator[People]:
    async with at_a_site(windows, pool, clock, BY_TEXT) as here:
        yield here


@pytest.fixture
async def either(
    windows: Windows, pool: Pool, clock: StoppedClock
) -> AsyncGenerator[People]:
    async with at_a_site(windows, pool, clock, EITHER_WAY) as here:
        yield here


async def look(person: Person, state: str) -> None:
    assert await mistakes(person.tab) == [], state


async def sign_in(guardian: Person) -> None:
    """Come in by the link in a text, and the code on the screen."""
    site = guardian.site
    await guardian.open(f"/guardian/sign-in/{APP}")
    await look(guardian, "signing in")
    await guardian.fill(guardian_phone=NUMBER)
    await guardian.press("entry.begin")
    await guardian.is_at("phone.entry.sent_title")
    code = await code_on_screen(guardian)
    await site.parts.guardian_sign_ins.step()
    await guardian.open(await site.link_for(NUMBER))
    await guardian.fill(code=code)
    await guardian.press("entry.enter")


@pytest.mark.parametrize("language", [EN, ZH])
async def test_a_family_goes_all_the_way_by_text(
    texted: People, language: Language
) -> None:
    site = texted.site
    child = await texted.arrive(language=language)
    await answer_age(child, APP, CHILD)
    await sign_up(child, username="blue.fox")
    assert child.words("phone.ask_guardian.words") in await child.tab.inner_text("main")
    assert await child.tab.locator("[name=guardian_email]").count() == 0
    await look(child, "whom to ask")
    await child.fill(guardian_phone="nowhere")
    await child.press("phone.ask_guardian.ask")
    assert await child.control(MINE).get_attribute("aria-invalid") == "true"
    await look(child, "whom to ask, a mistake")
    await child.fill(guardian_phone=NUMBER)
    await child.press("phone.ask_guardian.ask")
    code = await code_on_screen(child)
    await look(child, "waiting")
    guardian = await texted.arrive(size=DESKTOP, language=language)
    await guardian.open(await site.link_for(NUMBER))
    assert guardian.words("phone.guardian.if_refuse") in await guardian.tab.inner_text(
        "main"
    )
    await reply(guardian, "give", code)
    await guardian.is_at("answered.give_title")
    said = await guardian.tab.inner_text("main")
    assert guardian.words("phone.answered.give_words") in said
    await guardian.open(await site.link_for(NUMBER))
    await look(guardian, "consent that was given")
    await sign_in(guardian)
    await guardian.is_at("child.every_title")
    assert site.mailbox.emails == []


async def test_one_of_two_names_a_guardian_without_scripts(either: People) -> None:
    child = await either.arrive(scripts=False)
    await answer_age(child, APP, CHILD)
    await sign_up(child, username="blue.fox")
    await child.press("either.ask_guardian.ask")
    assert await child.control("guardian_email").get_attribute("aria-invalid") == "true"
    await child.fill(guardian_email="mum@family.example", guardian_phone=NUMBER)
    await child.press("either.ask_guardian.ask")
    assert await child.control(MINE).get_attribute("aria-invalid") == "true"
    await child.fill(guardian_email="", guardian_phone=NUMBER)
    await child.press("either.ask_guardian.ask")
    assert len(await code_on_screen(child)) == 6
    assert await either.site.link_for(NUMBER)
