"""Accounts whose holders come of age: a guardian's say ends, their consent holds on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from service.accounts.held import Held, HeldAccounts
from service.consents.people import Guardians
from service.domain.accounts import AccountId
from service.domain.messages import ChoicesAreYours, GuardianFreed
from service.guardians.asking_anew import AccountRequests
from service.kit.clock import Clock
from service.kit.database import Connection, Pool
from service.kit.database import connection as reading
from service.kit.due import do_due

FIRST = UUID(int=0)


CHOICES_PATH: Final = "/account/purposes"
"""Where a holder says what their data may be used for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComingOfAge:
    """A step of the worker; each birthday counts once, however many workers there are.

    The holder's day is read from its seal, so the account is looked at again and again
    in the month that it lies in, and never before.
    """

    pool: Pool
    clock: Clock
    accounts: HeldAccounts
    guardians: Guardians
    requests: AccountRequests

    async def step(self) -> int:
        """Let everybody age up whose birthday has begun, and return how many did."""
        now, after, changed = self.clock.now(), FIRST, 0
        while True:
            async with reading(self.pool) as connection:
                last, due = await self.accounts.find_come_of_age(
                    connection, now=now, after=after
                )
            if last is None:
                return changed
            changed += await do_due(
                self.pool,
                partial(_once, due),
                partial(self._age_up, now=now),
                subject_of=lambda account_id: account_id,
            )
            after = last

    async def _age_up(
        self, connection: Connection, account_id: AccountId, *, now: datetime
    ) -> bool:
        before = await self.accounts.lock(connection, account_id, wait=False)
        held = before and await self.accounts.age_up(connection, before, now=now)
        if before is None or held is None:
            return False  # somebody else was first
        if held.account.own_word_due and not before.account.own_word_due:
            await self.free(connection, held, now=now)
        return True

    async def free(self, connection: Connection, held: Held, *, now: datetime) -> None:
        """End every guardian's say, and tell everybody in neutral words.

        What they granted holds until the young person confirms, changes or withdraws it
        (EDPB 05/2020, 147 to 149), or until its own end.
        """
        await self.requests.call_off(connection, held, now=now)
        for bond in await self.guardians.of(connection, held.account_id):
            guardian = await self.guardians.read(connection, bond.guardian_id)
            await self.guardians.write(connection, guardian, GuardianFreed(), now=now)
        await self.guardians.release(connection, held.account_id, now=now)
        letter = ChoicesAreYours(link=f"{self.requests.base_url}{CHOICES_PATH}")
        await self.accounts.write(connection, held, letter, now=now)


async def _once(
    due: Sequence[AccountId], _: Connection, after: AccountId | None
) -> Sequence[AccountId]:
    """Return all of *due* the first time, and nothing after them."""
    return () if after is not None else due
