"""The commands about what hashing a password costs."""

import click


@click.group()
def passwords() -> None:
    """Choose what hashing a password costs."""


@passwords.command("calibrate")
@click.option(
    "--milliseconds",
    type=click.IntRange(10, 5000),
    default=250,
    show_default=True,
    help="How long one hash may take.",
)
@click.option(
    "--memory", default="64MiB", show_default=True, help="How much memory it may take."
)
@click.option(
    "--parallelism",
    type=click.IntRange(1, 16),
    default=1,
    show_default=True,
    help="How many lanes it has; one hash takes as many threads.",
)
def calibrate_passwords(milliseconds: int, memory: str, parallelism: int) -> None:
    """Measure this machine, and print the Argon2id settings that fit.

    Run it where serve runs, while nothing else does. The memory is lowered, and then
    the passes raised, until one hash takes as long as it may. Nothing is changed: put
    the lines into the settings of every web process.
    """
    from service.commands.calibration import calibrate
    from service.settings import Settings

    workers = Settings.read().hash_workers
    calibrate(milliseconds, memory, parallelism, workers)
