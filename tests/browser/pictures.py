"""Takes the README's pictures: ``python -m tests.browser.pictures``."""

import asyncio
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from service.kit.database import make_pool
from service.kit.embedded_postgres import EmbeddedPostgres
from service.kit.migrations import migrate
from tests.browser.chromium import chromium
from tests.browser.people import People, Person, Windows
from tests.browser.site import open_site
from tests.browser.steps import CHILD, MOTHER, name_guardian, tell_age
from tests.support.clock import StoppedClock
from tests.support.processes import ROOT
from tests.support.service import PASSWORD

PICTURES = ROOT / "deploy" / "pictures"
APP = "terra-maestro"
SHARPNESS = 1.4
UP = "(one) => { one.scrollIntoView(); scrollBy(0, -20); }"


async def main() -> None:
    """Go through a child's sign-up, and keep what is on the screens."""
    PICTURES.mkdir(exist_ok=True)
    async with a_site() as people:
        child = await people.arrive(sharpness=SHARPNESS)
        await child.open(f"/sign-up/{APP}")
        await take(child, "age")
        await tell_age(child, APP, CHILD)
        await child.fill(username="blue.fox", password=PASSWORD)
        await take(child, "form")
        await child.press("form.sign_up")
        await name_guardian(child)
        await take(child, "waiting")
        guardian = await people.arrive(sharpness=SHARPNESS)
        await guardian.open(await people.site.link_for(MOTHER))
        await guardian.tab.get_by_role(
            "heading", name=guardian.words("guardian.future")
        ).evaluate(UP)
        await take(guardian, "guardian")


async def take(person: Person, name: str) -> None:
    """Keep what is on the screen."""
    await person.tab.evaluate("document.activeElement.blur()")
    await person.tab.screenshot(path=PICTURES / f"{name}.png")


@asynccontextmanager
async def a_site() -> AsyncGenerator[People]:
    """Yield people at a site whose database is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="agegate-pictures-") as directory:
        Path(directory).chmod(0o755)  # the server may run under another account
        with EmbeddedPostgres(Path(directory) / "postgres") as server:
            pool = await make_pool(server.start())
            async with pool, chromium() as browser:
                await migrate(pool)
                async with open_site(pool, StoppedClock()) as site:
                    yield People(Windows(browser), site)


if __name__ == "__main__":
    asyncio.run(main())
