"""People at real browsers: what they do, and what their browsers have to say."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urljoin

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
    tab: Page
    language: Language
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    @property
    def context(self) -> BrowserContext:
        return self.tab.context

    def listen(self) -> None:
        """Keep every address that is asked for, and every complaint.

        Chromium complains of what the content policy forbids, too.
        """
        self.context.on("request", self._asked)
        self.context.on("response", self._answered)
        self.context.on("console", self._said)
        self.context.on("weberror", self._threw)

    def stop_listening(self) -> None:
        self.context.remove_listener("request", self._asked)
        self.context.remove_listener("response", self._answered)
        self.context.remove_listener("console", self._said)
        self.context.remove_listener("weberror", self._threw)

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
        await self.tab.goto(urljoin(self.site.url, address))

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


@dataclass(frozen=True)
class Kind:
    """What a browser is like; *timed*: the test moves the clock of its pages."""

    width: int
    height: int
    language: Language
    scripts: bool
    sharpness: float
    timed: bool


class Windows:
    """Windows that stay open for the next test, each of a browser profile of its own.

    Opening one takes longer than most of what people do in it.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: defaultdict[Kind, list[Page]] = defaultdict(list)

    async def take(self, kind: Kind) -> Page:
        """Return a window in which nobody has ever been, as far as one can tell."""
        free = self._free[kind]
        return free.pop() if free else await self._open(kind)

    async def give_back(self, kind: Kind, tab: Page) -> None:
        """Leave a window as it was."""
        await tab.goto("about:blank")
        await tab.context.clear_cookies()
        await tab.emulate_media(color_scheme="null")
        await tab.set_viewport_size({"width": kind.width, "height": kind.height})
        self._free[kind].append(tab)

    async def _open(self, kind: Kind) -> Page:
        small = kind.width == PHONE["width"]
        context = await self._browser.new_context(
            device_scale_factor=kind.sharpness,
            has_touch=small,
            is_mobile=small,
            java_script_enabled=kind.scripts,
            locale=LOCALES[kind.language],
            viewport={"width": kind.width, "height": kind.height},
        )
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        if kind.timed:
            await context.clock.install()
        return await context.new_page()


class People:
    """Everybody at a site, each at a browser of their own."""

    def __init__(self, windows: Windows, site: Site) -> None:
        self.site = site
        self._windows = windows
        self._here: list[tuple[Kind, Page, Person]] = []

    async def arrive(
        self,
        *,
        size: ViewportSize = PHONE,
        language: Language = EN,
        scripts: bool = True,
        sharpness: float = 1.0,
        timed: bool = False,
    ) -> Person:
        """Return somebody who has just opened a browser."""
        kind = Kind(size["width"], size["height"], language, scripts, sharpness, timed)
        tab = await self._windows.take(kind)
        person = Person(self.site, tab, language)
        person.listen()
        self._here.append((kind, tab, person))
        return person

    async def leave(self) -> Sequence[Person]:
        """Go away from every browser, and return who was here."""
        for kind, tab, person in self._here:
            person.stop_listening()
            await self._windows.give_back(kind, tab)
        return [person for *_, person in self._here]
