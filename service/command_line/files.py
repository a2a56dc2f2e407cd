"""The commands that check what an operator wrote, and show what is set."""

from pathlib import Path

import click

from service.command_line.options import FILE


@click.group()
def profiles() -> None:
    """Check the operators' policy profiles."""


@profiles.command("check")
@click.argument("directory", metavar="[DIR]", type=FILE, required=False)
@click.option(
    "--development",
    is_flag=True,
    help="Leave open who takes proofs of age, as agegate dev does.",
)
def check_profiles(directory: Path | None, *, development: bool) -> None:
    """Name every mistake in the profiles of DIR, or of AGEGATE_PROFILES_DIR.

    One line for each: the file, the key, and what is wrong with it.
    """
    from service.commands import files

    files.check_profiles(directory, development=development)


@click.group(invoke_without_command=True)
@click.pass_context
def subscribers(context: click.Context) -> None:
    """Show the services that events are sent to.

    Where each lies, what it is told and why it may be, and how it is delivered to;
    no secret, and no more of its address than the host.
    """
    from service.commands import files

    if context.invoked_subcommand is None:
        files.show_subscribers()


@subscribers.command("check")
@click.argument("file", metavar="[FILE]", type=FILE, required=False)
def check_subscribers(file: Path | None) -> None:
    """Name every mistake in FILE, or in AGEGATE_SUBSCRIBERS_FILE.

    One line for each: the file, the key, and what is wrong with it.
    """
    from service.commands import files

    files.check_subscribers(file)


@click.command()
def settings() -> None:
    """Show every setting and where its value comes from.

    Secrets are hidden. Each setting may also be given as a file, named by the variable
    with _FILE at its end.
    """
    from service.commands import files

    files.show_settings()
