"""The commands about what guardians disagree about."""

from uuid import UUID

import click

from service.command_line.options import OPERATOR, REASON


@click.group()
def disputes() -> None:
    """Decide what guardians disagree about."""


@disputes.command("list")
def list_disputes() -> None:
    """Show the cases that wait, the oldest first: ids, and what was proposed."""
    from service.commands import disputes, running
    from service.settings import Settings

    running.run(disputes.show(Settings.read()))


@disputes.command("resolve")
@click.argument("dispute_id", type=click.UUID)
@click.option(
    "--outcome",
    type=click.Choice(["stand", "restore"]),
    required=True,
    help="What a guardian stopped stays off, or counts as never stopped.",
)
@OPERATOR
@REASON
def resolve_dispute(dispute_id: UUID, outcome: str, operator: str, reason: str) -> None:
    """Decide a case; where the profile wants two people, propose or confirm it.

    The second operator has to decide the same under another name. Guardians who should
    have no say at all are removed by guardians remove.
    """
    from service.commands import disputes, running
    from service.settings import Settings

    running.run(
        disputes.resolve(Settings.read(), dispute_id, outcome, operator, reason)
    )
