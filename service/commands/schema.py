"""The commands that bring the database to the schema of this program."""

import click

from service.commands.running import open_pool
from service.kit import migrations
from service.kit.database import connection
from service.settings import Settings


async def migrate(settings: Settings) -> None:
    """Apply what is missing."""
    async with open_pool(settings) as pool:
        for name in await migrations.migrate(pool):
            click.echo(f"applied {name}")
    click.echo("The schema is up to date.")


async def check(settings: Settings) -> None:
    """Name what is missing, and change nothing."""
    async with open_pool(settings) as pool:
        async with connection(pool) as one:
            names = await migrations.pending(one)
        for name in names:
            click.echo(f"pending {name}")
        await migrations.check(pool)
    click.echo("The schema is up to date.")
