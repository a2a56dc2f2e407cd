import signal
import tempfile
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import pytest
from aiohttp import ClientSession, DummyCookieJar

from tests.dev.running import Dev


@pytest.fixture(scope="package")
def reachable() -> Generator[Path]:
    """A directory that every account can reach; pytest's own are private."""
    with tempfile.TemporaryDirectory(prefix="agegate-tests-") as directory:
        Path(directory).chmod(0o755)
        yield Path(directory)


@pytest.fixture(scope="package")
async def browser() -> AsyncGenerator[ClientSession]:
    async with ClientSession(cookie_jar=DummyCookieJar()) as session:
        yield session


@pytest.fixture(scope="package")
async def dev(reachable: Path, browser: ClientSession) -> AsyncGenerator[Dev]:
    """One `agegate dev` for all tests that do not end it."""
    one = Dev(reachable / "shared", browser)
    await one.start()
    yield one
    assert await one.end(signal.SIGINT) == 0
