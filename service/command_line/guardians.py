"""The commands about guardians whose consent must not count."""

from uuid import UUID

import click

from service.command_line.options import REASON


@click.group()
def guardians() -> None:
    """See to guardians whose consent must not count."""


@guardians.command("bar")
@click.argument("guardian_id", type=click.UUID)
@REASON
def bar_guardian(guardian_id: UUID, reason: str) -> None:
    """Let everything fall at once that a guardian consented to, for every child.

    For a guardian who turned out to be a minor, or whose verification was revoked.
    """
    from service.commands import guardians, running
    from service.settings import Settings

    running.run(guardians.bar(Settings.read(), guardian_id, reason))


@guardians.command("remove")
@click.argument("account_id", type=click.UUID)
@click.argument("guardian_id", type=click.UUID)
@REASON
def remove_guardian(account_id: UUID, guardian_id: UUID, reason: str) -> None:
    """End a guardian's say about one account, and what they consented to for it."""
    from service.commands import guardians, running
    from service.settings import Settings

    running.run(guardians.remove(Settings.read(), account_id, guardian_id, reason))
