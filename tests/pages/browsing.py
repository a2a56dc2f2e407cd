"""Somebody at a real browser, who looks at every page with axe-core's eyes."""

from typing import Literal

from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Browser, ConsoleMessage, Page, ViewportSize

from tests.support.service import Service

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES = {"runOnly": {"type": "tag", "values": STANDARDS}}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PHONE: ViewportSize = {"width": 390, "height": 844}
SIZES: tuple[ViewportSize, ...] = (
    {"width": 320, "height": 600},
    {"width": 1280, "height": 800},
    PHONE,
)


class Person:
    """Somebody at a real browser."""

    def __init__(self, browser: Browser, service: Service, language: str) -> None:
        self.browser, self.service, self.language = browser, service, language
        self.base = str(service.client.make_url("/")).rstrip("/")
        self.complaints: list[str] = []

    async def arrive(self) -> "Person":
        context = await self.browser.new_context(viewport=PHONE, locale=self.language)
        self.tab: Page = await context.new_page()
        self.tab.on("console", self._hear)
        return self

    def _hear(self, message: ConsoleMessage) -> None:
        if "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    async def open(self, path: str) -> None:
        await self.tab.goto(self.base + path)
        await self.look()

    async def press(self, number: int = 0) -> None:
        await self.tab.locator("main form button").nth(number).click()
        await self.look()

    async def fill(self, **typed: str) -> None:
        for name, value in typed.items():
            await self.tab.fill(f"#{name}", value)

    async def look(self) -> None:
        """Check the page one is at, in every light and at every width."""
        for scheme in SCHEMES:
            await self.tab.emulate_media(color_scheme=scheme)
            found = await Axe().run(self.tab, options=RULES)
            assert found.violations_count == 0, found.generate_report()
        for size in SIZES:
            await self.tab.set_viewport_size(size)
            wide = "document.documentElement.scrollWidth > window.innerWidth"
            assert not await self.tab.evaluate(wide), (self.tab.url, size)
        assert self.complaints == []

    async def title(self) -> str:
        return await self.tab.inner_text("h1")
