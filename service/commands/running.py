"""What several commands need: an event loop, a database, ports that are free."""

import asyncio
import errno
import socket
import sys
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager
from typing import TypeVar

from service.kit import migrations
from service.kit.database import Pool, make_pool
from service.settings import PREFIX, Settings, SettingWrongError

if sys.platform == "win32":  # uvloop is not made for it
    from asyncio import new_event_loop
else:
    from uvloop import new_event_loop

T = TypeVar("T")


def run(coroutine: Coroutine[object, object, T]) -> T:
    """Run *coroutine* to its end, on uvloop where there is one."""
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(coroutine)


def check_database(settings: Settings) -> None:
    """Refuse to go on when no database was named."""
    if not settings.database_url:
        raise SettingWrongError("AGEGATE_DATABASE_URL is not set")


@asynccontextmanager
async def open_pool(settings: Settings) -> AsyncGenerator[Pool]:
    """Yield a pool on the database that is set, whatever its schema."""
    check_database(settings)
    pool = await make_pool(
        settings.database_url, max_size=2, application="agegate-command"
    )
    async with pool:
        yield pool


@asynccontextmanager
async def open_migrated_pool(settings: Settings) -> AsyncGenerator[Pool]:
    """Yield a pool on the database, or raise MigrationsPendingError."""
    async with open_pool(settings) as pool:
        await migrations.check(pool)
        yield pool


def check_listeners(settings: Settings) -> None:
    """Raise SettingWrongError naming the setting that nobody can listen by."""
    _check_listener("HOST", settings.host, "PORT", settings.port)
    _check_listener(
        "ADMIN_HOST", settings.admin_host, "ADMIN_PORT", settings.admin_port
    )


def check_worker_listener(settings: Settings) -> None:
    """Raise the same where a worker can't listen, if it is to."""
    if settings.worker_port:
        host, port = settings.admin_host, settings.worker_port
        _check_listener("ADMIN_HOST", host, "WORKER_PORT", port)


def _check_listener(host_name: str, host: str, port_name: str, port: int) -> None:
    try:
        found = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        for family, _, _, _, place in found:
            socket.create_server((str(place[0]), port), family=family).close()
    except OSError as error:
        match error.errno:
            case errno.EADDRINUSE:
                what = f"{port_name}: port {port} is taken by another program"
            case errno.EACCES:
                what = f"{port_name}: port {port} needs an account with more rights"
            case _:
                what = f"{host_name}: {host} is not an address of this machine"
        raise SettingWrongError(f"{PREFIX}{what}") from error
