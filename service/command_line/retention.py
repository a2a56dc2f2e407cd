"""The commands that delete what was kept long enough."""

import click


@click.group()
def retention() -> None:
    """Delete what was kept long enough."""


@retention.command("run")
def run_retention() -> None:
    """Delete at once what the profiles' periods of retention are over for.

    Workers do the same every ten minutes.
    """
    from service.commands import retention, running
    from service.settings import Settings

    running.run(retention.run(Settings.read()))
