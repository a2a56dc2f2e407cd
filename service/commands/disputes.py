"""The commands by which an operator decides what guardians disagree about."""

from uuid import UUID

import click

from service.commands.guardians import parts_of
from service.domain.disputes import DisputeId, Outcome
from service.settings import Settings


async def show(settings: Settings) -> None:
    """Print the cases that wait, a line each."""
    async with parts_of(settings) as parts:
        waiting = await parts.disputes.every()
    for one in waiting:
        proposed = f" proposed: {one.proposed}" if one.proposed else ""
        click.echo(
            f"{one.dispute_id} app: {one.app} account: {one.account_id}"
            f" since: {one.opened_at:%Y-%m-%dT%H:%M:%SZ}{proposed}"
        )
    click.echo(f"{len(waiting)} waiting.")


async def resolve(
    settings: Settings, dispute_id: UUID, outcome: str, operator: str, reason: str
) -> None:
    """Decide a case, or propose how."""
    async with parts_of(settings) as parts:
        decided = await parts.disputes.resolve(
            DisputeId(dispute_id), Outcome(outcome), operator=operator, reason=reason
        )
    if decided:
        click.echo("The dispute is decided, and the guardians are told.")
    else:
        click.echo("Noted. A second operator has to decide the same.")
