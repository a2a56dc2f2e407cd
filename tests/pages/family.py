"""A family in which a guardian is asked."""

from tests.pages.journeys import Somebody, match_code
from tests.pages.visitor import Page

ACTION = "/guardian/answer"
COOKIE = "__Host-agegate-guardian"


class Family:
    """A child who waits, and a guardian who has opened the link."""

    def __init__(self, child: Somebody, waiting: Page) -> None:
        self.child, self.code = child, match_code(waiting)
        self.service = child.service

    async def open(self, language: str = "en") -> None:
        self.guardian, self.page = await self.child.guardian(language)

    async def answer(self, answer: str = "", **typed: str | list[str]) -> Page:
        chosen = {"answer": answer} if answer else {}
        return await self.guardian.send(self.page, ACTION, **chosen, **typed)

    async def registrations(self) -> int:
        return await self.service.count("registration")
