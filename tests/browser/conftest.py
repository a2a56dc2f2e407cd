from collections.abc import AsyncGenerator

import pytest
from playwright.async_api import Browser

from service.kit.database import Pool
from tests.browser.chromium import chromium, find
from tests.browser.people import People, Windows
from tests.browser.site import Site, open_site
from tests.support.clock import StoppedClock


@pytest.fixture(scope="package")
async def browser() -> AsyncGenerator[Browser]:
    if find() is None:
        pytest.skip("there is no Chromium on this machine")
    async with chromium() as one:
        yield one


@pytest.fixture
async def site(
    browser: Browser, pool: Pool, clock: StoppedClock
) -> AsyncGenerator[Site]:
    async with open_site(pool, clock) as one:
        yield one


@pytest.fixture(scope="package")
def windows(browser: Browser) -> Windows:
    return Windows(browser)


@pytest.fixture
async def people(windows: Windows, site: Site) -> AsyncGenerator[People]:
    """Everybody at the site; in the end no browser has complained, or gone astray."""
    here = People(windows, site)
    yield here
    for person in await here.leave():
        assert person.complaints == []
        assert person.strangers == []
