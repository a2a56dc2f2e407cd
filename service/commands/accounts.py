"""The commands by which an operator sees to an account and its holder."""

from datetime import date
from uuid import UUID

import click

from service.commands.guardians import parts_of
from service.domain.accounts import AccountId
from service.domain.birthdays import BirthDate
from service.domain.consent import Relation
from service.guardians.naming import named
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
    settings: Settings, account_id: UUID, contact: str, language: str
) -> None:
    """Write to the guardian of an account that was found to need one."""
    async with parts_of(settings) as parts:
        field = "guardian_email" if "@" in contact else "guardian_phone"
        guardian = named({field: contact}, reserved=not settings.production)
        await parts.minors.ask_guardian(
            AccountId(account_id), guardian, Relation.LEGAL_GUARDIAN, language
        )
    click.echo("The guardian is written to.")


async def reset_second_factors(
    settings: Settings, account_id: UUID, operator: str, reason: str
) -> None:
    """Let the holder of an account try their second factors again, or propose it."""
    async with parts_of(settings) as parts:
        decided = await parts.second_factor_resets.reset(
            AccountId(account_id), operator=operator, reason=reason
        )
    if decided:
        click.echo("The holder can try again, and is told. Every session has ended.")
    else:
        click.echo("Noted. A second operator has to decide the same.")


async def move(
    settings: Settings, account_id: UUID, country: str, reason: str, *, evidence: bool
) -> None:
    """Move an account to another country."""
    async with parts_of(settings) as parts:
        place = await parts.moves.by_operator(
            AccountId(account_id), country, reason, evidence=evidence
        )
    if place.waiting is None:
        click.echo(f"The account is in {place.country} now.")
    else:
        due = f"{place.waiting.due_at:%Y-%m-%dT%H:%M:%SZ}"
        click.echo(f"Less is asked there: the account moves at {due}.")


async def impact(settings: Settings, day: date) -> None:
    """Print how many accounts the law of a day decides otherwise, a line each kind."""
    async with parts_of(settings) as parts:
        found = await parts.impact.of_law_on(day)
    for one, count in sorted(found.items(), key=lambda each: str(each[0])):
        click.echo(
            f"{one.app} {one.country or '-'} {one.band}:"
            f" {one.before} -> {one.after}: {count}"
        )
    click.echo(f"{found.total()} accounts would be decided otherwise. Nothing changed.")
