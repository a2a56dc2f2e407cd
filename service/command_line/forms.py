"""The commands about forms that guardians have signed by hand."""

from pathlib import Path
from typing import Final
from uuid import UUID

import click

from service.command_line.options import FILE, REASON

REVIEWER: Final = click.option(
    "--by", "reviewer", required=True, help="Who you are; kept in the action log."
)


@click.group()
def forms() -> None:
    """Look at the forms that guardians have signed by hand, and decide."""


@forms.command("list")
def list_forms() -> None:
    """Show the forms that wait, the oldest first: ids, and who has approved."""
    from service.commands import forms, running
    from service.settings import Settings

    running.run(forms.show_every(Settings.read()))


@forms.command("show")
@click.argument("form_id", type=click.UUID)
@click.option(
    "--out", required=True, type=FILE, help="Where to write it, for its owner only."
)
@REVIEWER
def show_form(form_id: UUID, out: Path, reviewer: str) -> None:
    """Write a form to a new file, and show what it should say.

    Compare the number, look for a name, a date and a signature, and delete the file
    afterwards. That you looked is kept in the action log.
    """
    from service.commands import forms, running
    from service.settings import Settings

    running.run(forms.show(Settings.read(), form_id, out, reviewer))


@forms.command("approve")
@click.argument("form_id", type=click.UUID)
@REVIEWER
@REASON
def approve_form(form_id: UUID, reviewer: str, reason: str) -> None:
    """Say that a form counts; with the second person's word it does.

    The picture is deleted then, and its hash is kept with what was granted.
    """
    from service.commands import forms, running
    from service.settings import Settings

    running.run(forms.approve(Settings.read(), form_id, reviewer, reason))


@forms.command("reject")
@click.argument("form_id", type=click.UUID)
@REVIEWER
@REASON
def reject_form(form_id: UUID, reviewer: str, reason: str) -> None:
    """Say that a form does not count: one person is enough.

    The picture is deleted, and the guardian is written to and may send another.
    """
    from service.commands import forms, running
    from service.settings import Settings

    running.run(forms.reject(Settings.read(), form_id, reviewer, reason))
