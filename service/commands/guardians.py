"""The commands by which an operator sees to guardians."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from uuid import UUID

import click

from service.commands.running import open_migrated_pool
from service.domain.accounts import AccountId
from service.domain.consent import GuardianId
from service.kit.clock import SystemClock
from service.kit.database import transaction
from service.parts import Given, Parts, join, make_passwords
from service.settings import Settings


@asynccontextmanager
async def parts_of(settings: Settings) -> AsyncGenerator[Parts]:
    """Yield the service's parts on its database."""
    given = Given.read(settings)
    async with open_migrated_pool(settings) as pool:
        passwords = make_passwords(settings)
        parts = join(given, pool=pool, clock=SystemClock(), passwords=passwords)
        async with transaction(pool) as connection:
            await parts.signing_keys.note(connection, now=parts.clock.now())
        yield parts


async def bar(settings: Settings, guardian_id: UUID, reason: str) -> None:
    """Let everything fall that a guardian consented to."""
    async with parts_of(settings) as parts:
        changed = await parts.disqualified.bar(GuardianId(guardian_id), reason)
    click.echo(f"Consent fell for {len(changed)} accounts.")


async def remove(
    settings: Settings, account_id: UUID, guardian_id: UUID, reason: str
) -> None:
    """End a guardian's say about one account."""
    async with parts_of(settings) as parts:
        await parts.disqualified.remove(
            AccountId(account_id), GuardianId(guardian_id), reason
        )
    click.echo("The guardian has no say about the account any more.")
