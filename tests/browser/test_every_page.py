"""Every page in every state: for everybody to use, and a secret between two."""

import pytest

from service.pages.words import EN, ZH, Language
from tests.browser.looking import mistakes
from tests.browser.people import People, Person
from tests.browser.walks import WALKS

pytestmark = pytest.mark.browser

IN_CHINESE = {"families", "protecting"}


@pytest.mark.parametrize(
    ("walk", "language"),
    [(walk, ZH if walk in IN_CHINESE else EN) for walk in WALKS],
)
async def test_it_is_accessible(people: People, walk: str, language: Language) -> None:
    """WCAG 2.2 AA as far as programs can tell, and good practice."""
    async for state, person in WALKS[walk](people, language):
        assert await mistakes(person.tab) == [], state
        await only_good_cookies(person, state)


async def only_good_cookies(person: Person, state: str) -> None:
    """No script, no other site and no other host gets at what a browser keeps."""
    for cookie in await person.context.cookies():
        assert cookie["name"].startswith("__Host-"), state
        assert cookie["httpOnly"], (state, cookie["name"])
        assert cookie["secure"], (state, cookie["name"])
        assert cookie["sameSite"] == "Lax", (state, cookie["name"])
        assert cookie["path"] == "/", (state, cookie["name"])
