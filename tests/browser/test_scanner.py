"""A mail scanner opens the guardian's link with everything it has: nothing changes.

AGEGATE_TEST_VISITS asks for more visits of the scanner that has a browser:

    AGEGATE_TEST_VISITS=1000 python -m pytest tests/browser/test_scanner.py
"""

import json
import os
from dataclasses import dataclass
from itertools import product
from random import Random
from typing import Any

import pytest
from aiohttp import ClientSession, CookieJar
from playwright.async_api import Browser, Locator, Page

from service.domain.consent import MATCH_CODE_TRIES, Answer
from tests.browser.people import People
from tests.browser.site import Site
from tests.browser.steps import MOTHER, NUMBER_ON_PAGE, ask_guardian, reply
from tests.support.databases import find_tables

pytestmark = pytest.mark.browser

FETCHES = 100
VISITS = int(os.environ.get("AGEGATE_TEST_VISITS") or 24)
LIMITS = "rate_limit"
PRESSED = "a:not([href^=mailto]), button, input:not([type=text])"
FETCHED = (
    "async link => (await fetch(link)).text()",
    "async link => (await fetch(link, {method: 'HEAD'})).status",
    "async link => (await fetch(link, {headers: {Purpose: 'prefetch'}})).status",
)
TICK_ALL = "document.querySelectorAll('input').forEach((one) => one.click())"

Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Asked:
    """A child who waits, the code on the screen, and the link that was sent."""

    code: str
    link: str


@pytest.fixture
async def asked(people: People) -> Asked:
    code = await ask_guardian(await people.arrive(), "terra-maestro")
    return Asked(code, await people.site.link_for(MOTHER))


async def rows(site: Site) -> Rows:
    """Return everything that is stored, but counted requests."""
    found = {}
    for table in await find_tables(site.pool):
        if LIMITS not in table:
            kept = await site.pool.fetch(
                f"SELECT to_jsonb(one)::text AS row FROM {table} AS one ORDER BY row"  # noqa: S608
            )
            found[table] = [json.loads(one["row"]) for one in kept]
    return found


async def answer_in_person(people: People, asked: Asked, answer: str) -> None:
    guardian = await people.arrive()
    await guardian.open(asked.link)
    code = asked.code if answer == "give" else ""
    await reply(guardian, answer, code)
    await guardian.is_at(f"answered.{answer}_title")
    assert await people.site.count("registration") == 0
    assert await people.site.count("account") == int(answer == "give")


async def test_fetching_the_link_changes_nothing(people: People, asked: Asked) -> None:
    before = await rows(people.site)
    jar = CookieJar(unsafe=True, treat_as_secure_origin=people.site.url)
    async with ClientSession(cookie_jar=jar) as scanner:
        for fetched in range(FETCHES):
            method = ("GET", "HEAD")[fetched % 2]
            async with scanner.request(method, asked.link) as answer:
                assert answer.status == 200
                assert answer.url.path == "/guardian"
    assert await rows(people.site) == before
    await answer_in_person(people, asked, "refuse")


async def test_a_scanner_with_a_browser_changes_nothing(
    people: People, asked: Asked, browser: Browser
) -> None:
    before = await rows(people.site)
    visits = 0
    while visits < VISITS:
        context = await browser.new_context()
        tab = await context.new_page()
        visits += await press_each(tab, asked.link, most=VISITS - visits)
        visits += await send_unfilled(tab, asked.link)
        visits += await prefetch(tab, asked.link)
        assert await rows(people.site) == before
        await context.close()
    await answer_in_person(people, asked, "give")


async def test_digits_typed_at_random_use_up_a_try(
    people: People, asked: Asked, browser: Browser
) -> None:
    """Six digits, and the word of an adult: that is what no scanner sends."""
    before = await rows(people.site)
    context = await browser.new_context()
    await type_at_random(await context.new_page(), asked)
    after = await rows(people.site)
    await context.close()
    [request] = after["public.consent_request"]
    assert request["tries_left"] == MATCH_CODE_TRIES - 1
    assert request["browser_hash"] is not None  # another browser has a fresh link sent
    request.update(tries_left=MATCH_CODE_TRIES, browser_hash=None)
    assert after == before
    [registration] = after["public.registration"]
    assert registration["state"] == "awaiting_guardian"


async def press_each(tab: Page, link: str, *, most: int) -> int:
    """Open the page again and again, and press each time what comes next.

    Return how many visits that were, *most* of them at most.
    """
    await tab.goto(link)
    places = await tab.locator(PRESSED).count()
    assert places > 10
    for place in range(min(places, most)):
        await tab.goto(link)
        await press(tab, tab.locator(PRESSED).nth(place))
    return 1 + min(places, most)


async def press(tab: Page, control: Locator) -> None:
    """Click, and wait for the page that follows, where one does."""
    match await control.evaluate("one => one.target || one.tagName"):
        case "_blank":
            async with tab.expect_popup() as opened:
                await control.click()
            await (await opened.value).close()
        case "A" | "BUTTON":
            async with tab.expect_navigation():
                await control.click()
        case _:
            await control.click()


async def send_unfilled(tab: Page, link: str) -> int:
    """Tick and choose all there is, and send the form as scripts do."""
    for send, box in (("submit", "answer"), ("requestSubmit", "answer-refuse")):
        await tab.goto(link)
        await tab.evaluate(TICK_ALL)
        await tab.check(f"#{box}")
        async with tab.expect_navigation():
            await tab.evaluate(f"document.forms[0].{send}()")
    return 2


async def prefetch(tab: Page, link: str) -> int:
    """Fetch the link from its own page: ahead of time, by a script, and its head."""
    await tab.goto(link)
    for fetched in FETCHED:
        await tab.evaluate(fetched, link)
    return 1 + len(FETCHED)


async def type_at_random(tab: Page, asked: Asked) -> None:
    """Choose each answer in turn, and type numbers as long as the two codes are."""
    random = Random(2026)  # noqa: S311 -- a scanner that does the same each time
    await tab.goto(asked.link)
    known = {asked.code, await tab.inner_text(NUMBER_ON_PAGE)}
    for length, answer in product((4, 6), Answer):
        number = asked.code
        while number in known:
            number = f"{random.randrange(10**length):0{length}}"
        for box in await tab.locator("input[type=checkbox]").all():
            await box.check()
        await tab.check(f"input[value={answer}]")
        await tab.fill("#code", number)
        async with tab.expect_navigation():
            await tab.click("form button")
        assert await tab.get_by_role("alert").count() == 1
