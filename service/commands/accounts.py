"""The commands by which an operator reviews the age of an account's holder."""

from uuid import UUID

import click

from service.commands.guardians import parts_of
from service.domain.accounts import AccountId
from service.domain.birthdays import BirthDate
from service.domain.consent import Relation
from service.kit.addresses import canonical_email
from service.settings import Settings


async def freeze(settings: Settings, account_id: UUID, reason: str) -> None:
    """Suspend an account until the age of its holder is reviewed."""
    async with parts_of(settings) as parts:
        frozen = await parts.minors.freeze(AccountId(account_id), reason)
    click.echo("The account is frozen." if frozen else "It was frozen before.")


async def judge(
    settings: Settings, account_id: UUID, born: str, reason: str, operator: str | None
) -> None:
    """Decide a review by fresh evidence."""
    async with parts_of(settings) as parts:
        evidence = BirthDate.parse(born, now=parts.clock.now())
        judged = await parts.minors.judge(
            AccountId(account_id), evidence, reason, operator
        )
    if judged.decided:
        click.echo(f"The decision is: {judged.kind}.")
    else:
        click.echo(f"Noted: {judged.kind}. A second operator has to decide the same.")


async def show_appeals(settings: Settings) -> None:
    """Print the appeals that wait, a line each."""
    async with parts_of(settings) as parts:
        waiting = await parts.appeals.every()
    for one in waiting:
        click.echo(
            f"{one.account_id} since: {one.opened_at:%Y-%m-%dT%H:%M:%SZ}"
            f" ends: {one.ends_at:%Y-%m-%dT%H:%M:%SZ}"
        )
    click.echo(f"{len(waiting)} waiting.")


async def ask_guardian(
    settings: Settings, account_id: UUID, email: str, language: str
) -> None:
    """Write to the guardian of an account that was found to need one."""
    async with parts_of(settings) as parts:
        address = canonical_email(email, reserved=not settings.production)
        await parts.minors.ask_guardian(
            AccountId(account_id), address, Relation.LEGAL_GUARDIAN, language
        )
    click.echo("The guardian is written to.")
