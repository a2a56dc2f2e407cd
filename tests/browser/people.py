"""People at real browsers: what they do, and what their browsers have to say."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    Response,
    ViewportSize,
    WebError,
)

from service.pages.words import EN, ZH, Language, say
from tests.browser.site import Site

PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
LOCALES = {EN: "en-GB", ZH: "zh-CN"}

PATIENCE_MILLISECONDS = 30_000
STOPS = 40
REFUSED = "Failed to load resource: the server responded with a status of 4"


@dataclass(repr=False)
class Person:
    """Somebody at a browser of their own."""

    site: Site
    context: BrowserContext
    tab: Page
    language: Language
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def listen(self) -> Self:
        """Keep every address that is asked for, and every complaint.

        Chromium complains of what the content policy forbids, too.
        """
        self.context.on("request", self._asked)
        self.context.on("response", self._answered)
        self.context.on("console", self._said)
        self.context.on("weberror", self._threw)
        return self

    def _asked(self, request: Request) -> None:
        self.requests.append(request.url)

    def _answered(self, response: Response) -> None:
        page = response.request.is_navigation_request()
        if response.status >= 500 or (response.status >= 400 and not page):
            self.complaints.append(f"{response.status} {response.url}")

    def _said(self, message: ConsoleMessage) -> None:
        if not message.text.startswith(REFUSED):
            self.complaints.append(message.text)

    def _threw(self, error: WebError) -> None:
        self.complaints.append(error.error.message)

    @property
    def strangers(self) -> list[str]:
        """Return the addresses asked for that are not the site's own."""
        ours = f"{self.site.url}/"
        return [url for url in self.requests if not url.startswith(ours)]

    def words(self, key: str, **facts: object) -> str:
        """Return a text of the pages in the person's language."""
        return say(self.language, key, **facts)

    async def open(self, address: str) -> None:
        """Go to a path of the site, or to a whole address."""
        await self.tab.goto(address)

    async def title(self) -> str:
        return await self.tab.inner_text("h1")

    async def is_at(self, key: str, **facts: object) -> None:
        """Expect the page with this title."""
        assert await self.title() == self.words(key, **facts)

    def control(self, name: str) -> Locator:
        """Return the field called *name*."""
        return self.tab.locator(f'[id="{name}"]')

    async def fill(self, **typed: str) -> None:
        """Type into fields; a name's double underscore stands for a dot."""
        for name, value in typed.items():
            await self.control(name.replace("__", ".")).fill(value)

    async def press(self, key: str) -> None:
        """Press the button with these words, and wait for the page that follows."""
        button = self.tab.get_by_role("button", name=self.words(key), exact=True)
        await self.follow(button.first)

    async def follow(self, control: Locator) -> None:
        """Click, and wait for the page that follows."""
        async with self.tab.expect_navigation():
            await control.click()

    async def tab_to(self, name: str) -> None:
        """Go to a field, by its id, with the tab key alone."""
        for _ in range(STOPS):
            await self.tab.keyboard.press("Tab")
            if await self.tab.evaluate("document.activeElement.id") == name:
                return
        raise AssertionError(f"the tab key does not lead to {name}")

    async def hit(self, *keys: str) -> None:
        for key in keys:
            await self.tab.keyboard.press(key)

    async def enter(self) -> None:
        """Send a form with the enter key, and wait for the page that follows."""
        async with self.tab.expect_navigation():
            await self.tab.keyboard.press("Enter")


class People:
    """Everybody at a site, each with a browser profile of their own."""

    def __init__(self, browser: Browser, site: Site) -> None:
        self.site = site
        self._browser = browser
        self._here: list[Person] = []

    async def arrive(
        self,
        *,
        size: ViewportSize = PHONE,
        language: Language = EN,
        scripts: bool = True,
        sharpness: float = 1.0,
    ) -> Person:
        """Return somebody who has just opened a browser."""
        context = await self._browser.new_context(
            base_url=self.site.url,
            device_scale_factor=sharpness,
            has_touch=size is PHONE,
            is_mobile=size is PHONE,
            java_script_enabled=scripts,
            locale=LOCALES[language],
            viewport=size,
        )
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        tab = await context.new_page()
        person = Person(self.site, context, tab, language).listen()
        self._here.append(person)
        return person

    async def leave(self) -> Sequence[Person]:
        """Close every browser, and return who was here."""
        for person in self._here:
            await person.context.close()
        return self._here
