"""A real PostgreSQL of our own, a stopped clock, and every table empty for each test.

The server is an embedded one in a temporary directory; AGEGATE_TEST_DATABASE_URL names
another, on which the tests make and drop databases as a superuser.
"""

import os
import tempfile
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import pytest

from service.kit.database import Pool, make_pool
from service.kit.embedded_postgres import EmbeddedPostgres
from tests.support.clock import StoppedClock
from tests.support.databases import Server, delete_rows, find_tables
from tests.support.service import Service, running

# The rows of a test need not survive the machine.
FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture(scope="session")
def postgres() -> Generator[Server]:
    """The server of this session."""
    if url := os.environ.get("AGEGATE_TEST_DATABASE_URL"):
        yield Server(url)
        return
    with tempfile.TemporaryDirectory(prefix="agegate-tests-") as directory:
        Path(directory).chmod(0o755)  # the server may run under another account
        server = EmbeddedPostgres(Path(directory) / "postgres", FAST)
        try:
            yield Server(server.start(), server.log)
        finally:
            server.stop()


@pytest.fixture(scope="session")
def postgres_log(postgres: Server) -> Path:
    """The server's log, for tests of what must not be in it."""
    if postgres.log is None:
        pytest.skip("the log of AGEGATE_TEST_DATABASE_URL is out of reach")
    return postgres.log


@pytest.fixture(scope="session")
async def template(postgres: Server) -> AsyncGenerator[str]:
    """The name of a database with every migration applied, to copy from."""
    async with postgres.database() as name:
        await postgres.migrate(name)
        yield name


@pytest.fixture(scope="session")
async def database_url(postgres: Server, template: str) -> AsyncGenerator[str]:
    """The migrated database that the tests share."""
    async with postgres.database(template=template) as name:
        yield postgres.url_of(name)


@pytest.fixture
async def own_database_url(postgres: Server, template: str) -> AsyncGenerator[str]:
    """A migrated database for one test alone."""
    async with postgres.database(template=template) as name:
        yield postgres.url_of(name)


@pytest.fixture
async def empty_database_url(postgres: Server) -> AsyncGenerator[str]:
    """A database for one test alone, without a single table."""
    async with postgres.database() as name:
        yield postgres.url_of(name)


@pytest.fixture(scope="session")
async def session_pool(database_url: str) -> AsyncGenerator[tuple[Pool, list[str]]]:
    """The shared pool, and the tables that hold what a test wrote."""
    pool = await make_pool(database_url)
    async with pool:
        yield pool, await find_tables(pool)


@pytest.fixture
async def pool(session_pool: tuple[Pool, list[str]]) -> AsyncGenerator[Pool]:
    """A pool on the shared database, with every table emptied afterwards."""
    shared, tables = session_pool
    yield shared
    await delete_rows(shared, tables)


@pytest.fixture
async def service(pool: Pool, clock: StoppedClock) -> AsyncGenerator[Service]:
    """The whole service, behind a client."""
    async with running(pool, clock) as one:
        yield one
