"""The command that looks at everything a process needs, and says what it finds."""

import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import click

from service.age_assurance.http_provider import configured
from service.commands import argon2_build, files, keys
from service.commands.mistakes import lines_of
from service.commands.running import open_migrated_pool, open_pool, run
from service.kit import migrations
from service.kit.database import connection
from service.outbox.reader import read_subscribers
from service.parts import check_traces, make_passwords
from service.profiles.reader import read_profiles
from service.service_tokens import read_tokens
from service.settings import Settings, is_exposed, table

HASHES: Final = 3


class NotWellError(Exception):
    """Something works, and still should not stay as it is; the message says why."""


def examine(settings: Settings) -> bool:
    """Print what is found, a line for each thing, and tell whether all is well."""
    found = [_is_well(name, look, settings) for name, look in LOOKS.items()]
    return all(found)


def _is_well(name: str, look: Callable[[Settings], str], settings: Settings) -> bool:
    try:
        click.echo(f"ok     {name:<12} {look(settings)}")
    except NotWellError as error:
        click.echo(f"wrong  {name:<12} {error}")
    except Exception as error:  # noqa: BLE001 -- the next thing is looked at as well
        for line in lines_of(error):
            click.echo(f"wrong  {name:<12} {line}")
    else:
        return True
    return False


def _settings(settings: Settings) -> str:
    settings.check_production()
    check_traces(settings)
    chosen = sum(row.source != "default" for row in table())
    return f"{settings.env}, {chosen} set, the others as they come"


def _database(settings: Settings) -> str:
    async def look() -> str:
        async with open_pool(settings) as pool, connection(pool) as one:
            started = time.perf_counter()
            version = await one.fetchval("SHOW server_version")
            milliseconds = (time.perf_counter() - started) * 1000
        return f"PostgreSQL {version}, answers in {milliseconds:.1f} ms"

    return run(look())


def _migrations(settings: Settings) -> str:
    async def look() -> str:
        async with open_migrated_pool(settings):
            return f"all {len(migrations.files())} are applied"

    return run(look())


def _profiles(settings: Settings) -> str:
    providers = configured(settings) if settings.production else None
    profiles = read_profiles(files.profiles_directory(settings), providers=providers)
    return ", ".join(profiles)


def _subscribers(settings: Settings) -> str:
    profiles = read_profiles(files.profiles_directory(settings))
    every = read_subscribers(settings.subscribers_file, profiles).every
    return ", ".join(one.name for one in every) or "none: nobody is told of events"


def _tokens(settings: Settings) -> str:
    profiles = read_profiles(files.profiles_directory(settings))
    every = read_subscribers(settings.subscribers_file, profiles).every
    names = [one.name for one in every]
    tokens = read_tokens(settings.service_tokens_file, names).every
    return ", ".join(one.name for one in tokens) or "none: no service may act here"


def _keys(settings: Settings) -> str:
    ring = keys.read(settings)
    if settings.keys_file and is_exposed(settings.keys_file):
        raise NotWellError(f"{settings.keys_file} is open to other accounts: chmod 600")
    others = len(ring.secrets) - 1 - len(ring.waiting)
    waiting = f", {ring.waiting[-1]} waits to be promoted" if ring.waiting else ""
    return f"the primary key is {ring.primary}, {others} older{waiting}"


def _hashing(settings: Settings) -> str:
    async def fastest() -> float:
        passwords, seconds = make_passwords(settings), list[float]()
        for _ in range(HASHES):
            started = time.perf_counter()
            await passwords.hash("correct horse battery staple")
            seconds.append(time.perf_counter() - started)
        passwords.close()
        return min(seconds)

    return (
        f"a hash takes {run(fastest()) * 1000:.0f} ms and"
        f" {settings.argon2_memory_kib / 1024:.0f} MiB"
        f" (t={settings.argon2_time_cost}, p={settings.argon2_parallelism});"
        f" {settings.hash_workers} at a time"
    )


def _argon2(_: Settings) -> str:
    found = argon2_build.instructions()
    if found is None:
        return "which instructions it was built for can't be told"
    if found == "SSE2" and argon2_build.processor_has_avx2():
        return "built for SSE2; built for AVX2, which is here, it would be faster"
    return f"built for {found}"


LOOKS: Final[Mapping[str, Callable[[Settings], str]]] = MappingProxyType(
    {
        "settings": _settings,
        "database": _database,
        "migrations": _migrations,
        "profiles": _profiles,
        "subscribers": _subscribers,
        "tokens": _tokens,
        "keys": _keys,
        "hashing": _hashing,
        "argon2": _argon2,
    }
)
