"""What guardians are written about their consent, each with a link of their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from service.accounts.held import Held
from service.consents import store
from service.consents.grants import Changed, titles_granted
from service.consents.guardian import Guardian
from service.consents.people import Guardians
from service.consents.store import Link
from service.domain.accounts import Suspension
from service.domain.grants import Grant
from service.domain.messages import (
    ConsentNarrowed,
    ConsentWithdrawn,
    GuardianThanks,
    SecondContact,
)
from service.domain.periods import days_of
from service.kit.database import Connection
from service.kit.tokens import hash_token, new_token
from service.receipts.flows import Receipts

LINK_PATH: Final = "/guardian/"
LINK_LASTS: Final = timedelta(days=30)
"""How long a link lasts after the consent that it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianLetters:
    """Writes to guardians, in the transaction that changes their consent."""

    base_url: str
    guardians: Guardians
    receipts: Receipts

    async def thank(
        self,
        connection: Connection,
        changed: Changed,
        guardian: Guardian,
        *,
        receipt_id: UUID,
        now: datetime,
    ) -> None:
        """Thank a guardian for what they gave, with its receipt."""
        held, grants = changed.held, changed.grants
        letter = GuardianThanks(
            purposes=titles_granted(held.profile, grants, guardian.language),
            policy_version=grants[0].policy_version,
            link=await self.new_link(connection, held, guardian, now=now),
            receipt=self.receipts.address(receipt_id),
            withdraw_contact=held.profile.contact.email,
        )
        await self.guardians.write(connection, guardian, letter, now=now)

    async def second_contact(
        self,
        connection: Connection,
        held: Held,
        guardian: Guardian,
        grants: Sequence[Grant],
        *,
        hours: int,
        now: datetime,
    ) -> UUID:
        """Write to a guardian again, who can still revoke; return the message's id."""
        content = SecondContact(
            purposes=titles_granted(held.profile, grants, guardian.language),
            link=await self.new_link(connection, held, guardian, now=now),
            hours=hours,
        )
        return await self.guardians.write(connection, guardian, content, now=now)

    async def of_withdrawal(
        self, connection: Connection, changed: Changed, *, now: datetime
    ) -> None:
        """Tell each guardian who gave what is withdrawn now, with the receipt."""
        held, receipt_id = changed.held, changed.receipt_id
        given = {one.giver_id for one in changed.grants}
        lost = held.account.condition.suspended_for is Suspension.CONSENT
        for bond in await self.guardians.of(connection, held.account_id):
            if bond.guardian_id not in given or receipt_id is None:
                continue
            guardian = await self.guardians.read(connection, bond.guardian_id)
            purposes = titles_granted(held.profile, changed.grants, guardian.language)
            link = await self.new_link(connection, held, guardian, now=now)
            receipt = self.receipts.address(receipt_id)
            letter: ConsentNarrowed | ConsentWithdrawn = ConsentNarrowed(
                purposes=purposes, link=link, receipt=receipt
            )
            if lost:
                letter = ConsentWithdrawn(
                    purposes=purposes,
                    days=days_of(held.profile.timers.suspended),
                    link=link,
                    receipt=receipt,
                )
            await self.guardians.write(connection, guardian, letter, now=now)

    async def new_link(
        self, connection: Connection, held: Held, guardian: Guardian, *, now: datetime
    ) -> str:
        """Return a fresh link by which a guardian sees and withdraws their consent."""
        token = new_token()
        ends = [one.ends_at for one in held.live() if one.ends_at is not None]
        link = Link(
            held.account_id,
            guardian.guardian_id,
            max([now, *ends]) + held.profile.timers.suspended + LINK_LASTS,
        )
        await store.add_link(connection, hash_token(token), link)
        return f"{self.base_url}{LINK_PATH}{token}"
