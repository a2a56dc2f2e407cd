"""A guardian adds a passkey, and comes in by it, at a real browser."""

import pytest

from service.pages.words import EN
from tests.browser.guardian_walks import (
    ENTRY,
    SECURITY,
    a_guardian,
    come_in_by_link,
)
from tests.browser.holders import device_of
from tests.browser.people import People

pytestmark = pytest.mark.browser


async def test_a_passkey_lets_a_guardian_in_and_agree(people: People) -> None:
    """Chromium's own device makes it, and signs in with it, by nobody's name."""
    guardian = await a_guardian(people, EN)
    async with device_of(guardian):
        await guardian.open(f"{SECURITY}/passkeys/new")
        await guardian.fill(name="My laptop")
        await guardian.press("passkey.add")
        await guardian.is_at("ways.title")
        assert "My laptop" in await guardian.tab.inner_text("main")
        await guardian.press("entry.out")

        await guardian.open(ENTRY)
        await guardian.press("ways.enter_passkey")
        await guardian.is_at("child.every_title")
        assert await proven(people) == [["passkey"]]
        await guardian.press("entry.out")

        await come_in_by_link(people, guardian)
        await guardian.open("/guardian/confirm")
        await guardian.press("second_factor.use_passkey")
        await guardian.is_at("ways.title")
        assert await proven(people) == [["email_link", "passkey"]]


async def proven(people: People) -> list[list[str]]:
    """Return by what the guardians are signed in that are."""
    rows = await people.site.pool.fetch("SELECT methods FROM guardian_session")
    return [row["methods"] for row in rows]
