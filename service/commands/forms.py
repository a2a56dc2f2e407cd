"""The commands by which two people of the operator look at signed forms."""

import asyncio
from pathlib import Path
from uuid import UUID

import click

from service.commands.guardians import parts_of
from service.domain.consent_forms import FormId
from service.domain.languages import in_language
from service.domain.scans import SUFFIXES
from service.guardians.verifying import Decided
from service.kit.private_files import write_new
from service.settings import Settings

TOLD = {
    Decided.GRANTED: "Consent is given, and the picture is deleted.",
    Decided.TRY_AGAIN: "The picture is deleted. The guardian may answer again.",
    Decided.ENDED: "The picture is deleted, and the request has ended.",
}


async def show_every(settings: Settings) -> None:
    """Print the forms that wait, a line each."""
    async with parts_of(settings) as parts:
        waiting = await parts.form_reviews.every()
    for one in waiting:
        approved = f" approved by: {one.approved_by}" if one.approved_by else ""
        click.echo(
            f"{one.form_id} app: {one.app} number: {one.reference} {one.kind}"
            f" since: {one.uploaded_at:%Y-%m-%dT%H:%M:%SZ}{approved}"
        )
    click.echo(f"{len(waiting)} waiting.")


async def show(settings: Settings, form_id: UUID, file: Path, reviewer: str) -> None:
    """Write what a form looks like to *file*, and print what it should say."""
    async with parts_of(settings) as parts:
        shown = await parts.form_reviews.show(FormId(form_id), reviewer=reviewer)
    suffixes = SUFFIXES[shown.form.kind]
    if file.suffix.lower() not in suffixes:
        raise click.UsageError(
            f"this form is a {shown.form.kind}: give --out a name that ends in"
            f" {' or '.join(sorted(suffixes))}"
        )
    try:
        await asyncio.to_thread(write_new, file, shown.picture)
    except FileExistsError as error:
        raise click.UsageError(f"{file} is there already") from error
    click.echo(f"Number on the form: {shown.form.reference}")
    click.echo(f"Policy version: {shown.policy_version}")
    for one in shown.purposes:
        click.echo(f"Purpose: {in_language(one.title, 'en')} ({one.id})")
    click.echo(f"SHA-256: {shown.form.sha256}")
    click.echo(f"{file} holds somebody's signature: delete it when you have looked.")


async def approve(
    settings: Settings, form_id: UUID, reviewer: str, reason: str
) -> None:
    """Say that a form counts."""
    async with parts_of(settings) as parts:
        decided = await parts.form_reviews.approve(
            FormId(form_id), reviewer=reviewer, reason=reason
        )
    if decided is None:
        click.echo("Noted. A second person has to approve it under another name.")
    else:
        click.echo(TOLD[decided])


async def reject(settings: Settings, form_id: UUID, reviewer: str, reason: str) -> None:
    """Say that a form does not count."""
    async with parts_of(settings) as parts:
        decided = await parts.form_reviews.reject(
            FormId(form_id), reviewer=reviewer, reason=reason
        )
    click.echo(TOLD[decided])
