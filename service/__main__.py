"""The command line: `agegate`, or `python -m service`."""

from importlib import import_module
from typing import Final

import click

from service import __version__

PAGES: Final = {
    "accounts": "accounts",
    "dev": "processes",
    "disputes": "disputes",
    "forms": "forms",
    "doctor": "doctor",
    "events": "events",
    "guardians": "guardians",
    "keys": "keys",
    "migrate": "schema",
    "passwords": "passwords",
    "profiles": "files",
    "receipts": "receipts",
    "retention": "retention",
    "serve": "processes",
    "settings": "files",
    "subscribers": "files",
    "tokens": "tokens",
    "work": "processes",
}
"""On which page of service/command_line/ a command is."""


class Commands(click.Group):
    """Loads a command's page when it is asked for, and ends in no traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the name of every command."""
        return sorted({*super().list_commands(ctx), *PAGES})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command; all are loaded to tell which one a wrong name may mean."""
        if cmd_name not in self.commands:
            for name in [cmd_name] if cmd_name in PAGES else PAGES:
                page = import_module(f"service.command_line.{PAGES[name]}")
                self.add_command(getattr(page, name))
        return super().get_command(ctx, cmd_name)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; the exit code is 1 when it can't be done.

        What goes wrong is told in a clear line.
        """
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except BrokenPipeError:
            raise  # whoever reads has enough: click ends without a word
        except Exception as error:  # noqa: BLE001 -- told in a line, whatever it is
            from service.commands.mistakes import lines_of  # noqa: PLC0415 -- big

            for line in lines_of(error):
                click.echo(line, err=True)
            ctx.exit(1)


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 88},
)
def main() -> None:
    """Run and look after an age gate and registration service.

    Settings are environment variables that begin with AGEGATE_; agegate settings shows
    them all. To look around, run agegate dev.
    """


@main.command()
def version() -> None:
    """Print the version."""
    click.echo(f"agegate {__version__}")


if __name__ == "__main__":
    main(prog_name="agegate")
