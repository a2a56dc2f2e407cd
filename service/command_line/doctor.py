"""The command that looks at everything a process needs."""

import sys

import click


@click.command()
def doctor() -> None:
    """Look at everything a process needs, and say what is wrong.

    The settings, the database and its migrations, the profiles, the subscribers, the
    keys, what hashing one password costs, and what Argon2 was built for.
    """
    from service.commands.doctor import examine
    from service.settings import Settings

    if not examine(Settings.read()):
        sys.exit(1)
