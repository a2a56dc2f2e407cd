"""A real Chromium: the ways on foot, by keyboard, and what axe-core has to say."""

import re
import shutil
from collections.abc import AsyncGenerator, Sequence

import pytest
from playwright.async_api import Browser, async_playwright

from service.pages.words import EN, WORDS
from tests.pages.browsing import Person
from tests.pages.journeys import ADA, MOTHER
from tests.support.service import PASSWORD, Service

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium"),
]


@pytest.fixture(scope="module")
async def browser() -> AsyncGenerator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"]
        )
        yield browser
        await browser.close()


async def child_at(service: Service, browser: Browser, language: str) -> Person:
    child = await Person(browser, service, language).arrive()
    await child.open("/sign-up/terra-maestro")
    await child.press()
    await child.fill(day="3", month="4", year="2014")
    await child.tab.select_option("#country", "CN")
    await child.press()
    await child.fill(username="blue.fox", password=PASSWORD)
    await child.press()
    await child.fill(guardian_email=MOTHER)
    await child.press()
    return child


@pytest.mark.parametrize("language", ["en-GB", "zh-CN"])
async def test_a_child_and_a_guardian_on_their_phones(
    service: Service, browser: Browser, language: str
) -> None:
    child = await child_at(service, browser, language)
    code = re.sub(r"\s", "", await child.tab.inner_text(".big"))
    link = (await service.send_messages()).link_for(MOTHER)
    guardian = await Person(browser, service, language).arrive()
    await guardian.open(f"/guardian/{link}")
    assert guardian.tab.url == f"{guardian.base}/guardian"
    await guardian.press()
    await guardian.tab.check("input[value=give]")
    await guardian.tab.check("#adult")
    await guardian.fill(code=code)
    await guardian.press()
    assert await service.count("account") == 1
    await child.tab.locator(".big").wait_for(state="detached", timeout=20_000)
    await child.look()
    assert await service.count("registration") == 0


async def test_an_adult_signs_up_with_the_keyboard_alone(
    service: Service, browser: Browser
) -> None:
    adult = await Person(browser, service, "en-GB").arrive()
    keys = adult.tab.keyboard
    await adult.open("/sign-up/plain")
    await type_into(adult, ["day", "month", "year"], ["3", "4", "1990"])
    await keys.press("Enter")
    await adult.tab.wait_for_url("**/form")
    await type_into(adult, ["email", "password"], ["nowhere", PASSWORD])
    await keys.press("Enter")
    await adult.tab.wait_for_selector(".wrong")
    focused = "document.activeElement.className"
    assert await adult.tab.evaluate(focused) == "wrong"
    await keys.press("Tab")
    await keys.press("Enter")
    assert await adult.tab.evaluate("location.hash") == "#email"
    await adult.tab.fill("#email", ADA)
    await type_into(adult, ["password"], [PASSWORD])
    await keys.press("Tab")
    await keys.press("Space")
    assert await adult.tab.is_checked("input[value=improvement]")
    await keys.press("Enter")
    await adult.tab.wait_for_url("**/registration")
    mailbox = await service.send_messages()
    await type_into(adult, ["email_code"], [mailbox.code_for(ADA)])
    await keys.press("Enter")
    await adult.tab.wait_for_selector("h1:has-text('ready')")
    await adult.look()


async def type_into(
    person: Person, names: Sequence[str], values: Sequence[str]
) -> None:
    """Go from field to field with the tab key, in this order, and type."""
    for name, value in zip(names, values, strict=True):
        for _ in range(12):
            if await person.tab.evaluate("document.activeElement.id") == name:
                break
            await person.tab.keyboard.press("Tab")
        assert await person.tab.evaluate("document.activeElement.id") == name
        await person.tab.keyboard.type(value)


async def test_proof_policies_and_refusals(service: Service, browser: Browser) -> None:
    adult = await Person(browser, service, "en-GB").arrive()
    await adult.open("/sign-up/platform")
    await adult.fill(day="3", month="4", year="1990")
    await adult.press()
    await adult.fill(email=ADA, password=PASSWORD)
    await adult.press()
    await adult.fill(email_code="000000")
    await adult.press()
    mailbox = await service.send_messages()
    await adult.fill(email_code=mailbox.code_for(ADA))
    await adult.press()
    await adult.press()
    await adult.open("/registration/give-up")
    await adult.press()
    assert await adult.title() == "This sign-up has ended"
    for path in (
        "/sign-up/terran-studio",
        "/sign-up/nowhere",
        "/policies/terra-maestro",
        "/policies/terra-maestro/2024-09-02",
        "/guardian",
    ):
        await adult.open(path)
    young = await Person(browser, service, "en-GB").arrive()
    await young.open("/sign-up/platform")
    await young.fill(day="3", month="4", year="2015")
    await young.press()
    assert await young.title() == WORDS[EN]["refusals.turned_away.title"]


async def test_refusing_is_as_easy_as_giving(
    service: Service, browser: Browser
) -> None:
    """The same form, the same fields, the same button: only the code differs."""
    await child_at(service, browser, "en-GB")
    link = (await service.send_messages()).link_for(MOTHER)
    guardian = await Person(browser, service, "en-GB").arrive()
    await guardian.open(f"/guardian/{link}")
    boxes = [
        await guardian.tab.locator(f".choice:has(input[value={one}])").bounding_box()
        for one in ("give", "refuse", "not_my_child")
    ]
    assert len({(box["width"], box["height"], box["x"]) for box in boxes if box}) == 1
    await guardian.tab.check("input[value=refuse]")
    await guardian.fill(code=await guardian.tab.inner_text("#code-hint strong"))
    await guardian.press()
    assert await guardian.title() == "You refused"
    assert await service.count("registration") == 0
