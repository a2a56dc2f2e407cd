"""The commands that work on the database."""

import click

from service.commands.running import open_migrated_pool, open_pool
from service.kit import migrations
from service.kit.clock import SystemClock
from service.kit.database import connection
from service.parts import Given, join, make_passwords
from service.settings import Settings
from service.vault.flows import Vault
from service.worker import sweep


async def migrate(settings: Settings) -> None:
    """Apply what is missing."""
    async with open_pool(settings) as pool:
        for name in await migrations.migrate(pool):
            click.echo(f"applied {name}")
    click.echo("The schema is up to date.")


async def check_migrations(settings: Settings) -> None:
    """Name what is missing, and change nothing."""
    async with open_pool(settings) as pool:
        async with connection(pool) as one:
            names = await migrations.pending(one)
        for name in names:
            click.echo(f"pending {name}")
        await migrations.check(pool)
    click.echo("The schema is up to date.")


async def rewrap(given: Given) -> None:
    """Wrap every data key by the primary key."""
    async with open_migrated_pool(given.settings) as pool:
        changed = await Vault(keys=given.keys).rewrap(pool)
    click.echo(f"{changed} data keys are wrapped anew, by the key {given.keys.primary}.")


async def run_retention(given: Given) -> None:
    """Delete what was kept long enough, until nothing more is found."""
    deleted = 0
    async with open_migrated_pool(given.settings) as pool:
        passwords = make_passwords(given.settings)
        parts = join(given, pool=pool, clock=SystemClock(), passwords=passwords)
        while found := await sweep(parts):
            deleted += found
    click.echo(f"{deleted} rows were kept long enough and are deleted.")
