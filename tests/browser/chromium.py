"""A real Chromium, which speaks to this machine alone."""

import os
import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, async_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
SWITCHES = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)
AS_ROOT = ("--no-sandbox",)


def find() -> Path | None:
    """Return the browser of this machine, if it has one."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return None if found is None else Path(found)


@asynccontextmanager
async def chromium() -> AsyncGenerator[Browser]:
    """Yield the browser, running without a window."""
    program = find()
    assert program is not None
    switches = [*SWITCHES, *(() if os.geteuid() else AS_ROOT)]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=program, args=switches
        )
        try:
            yield browser
        finally:
            await browser.close()
