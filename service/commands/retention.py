"""The command that deletes what was kept long enough."""

import click

from service.commands.running import open_migrated_pool
from service.kit.clock import SystemClock
from service.parts import Given, join, make_passwords
from service.settings import Settings
from service.worker import sweep


async def run(settings: Settings) -> None:
    """Sweep until nothing more is found."""
    given, deleted = Given.read(settings), 0
    async with open_migrated_pool(settings) as pool:
        passwords = make_passwords(settings)
        parts = join(given, pool=pool, clock=SystemClock(), passwords=passwords)
        while found := await sweep(parts):
            deleted += found
    click.echo(f"Deleted {deleted} rows that were kept long enough.")
