"""The command that changes the schema of the database."""

import click


@click.command()
@click.option("--check", is_flag=True, help="Change nothing; fail if one is pending.")
def migrate(*, check: bool) -> None:
    """Bring the database to the schema of this program.

    Applies every pending migration, each in a transaction of its own. May be run by
    several processes at once.
    """
    from service.commands import running, schema
    from service.settings import Settings

    step = schema.check if check else schema.migrate
    running.run(step(Settings.read()))
