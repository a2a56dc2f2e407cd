"""What a law that takes effect later makes of accounts: counted, nothing changed."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final
from uuid import UUID

from service.accounts.held import HeldAccounts
from service.domain.accounts import AccountId
from service.domain.decisions import AgeBand, DecisionKind
from service.domain.profiles import AppName
from service.gate.decisions import AgeDecisions
from service.kit.clock import Clock
from service.kit.database import Connection, Pool
from service.kit.database import connection as reading
from service.moves import store
from service.profiles.reader import Profiles

FIRST: Final = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Accounts of one app, in one place, of people of one age: before, and after."""

    app: AppName
    country: str | None
    band: AgeBand
    before: DecisionKind
    after: DecisionKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """A dry run over all accounts; whose profile is gone is passed over."""

    pool: Pool
    clock: Clock
    profiles: Profiles
    held: HeldAccounts
    decisions: AgeDecisions

    async def of_law_on(self, day: date) -> Counter[Change]:
        """Return how many accounts the law of *day* decides otherwise than today's.

        Everybody is as old as they are on that day, so that birthdays don't count.
        """
        now, on = self.clock.now(), datetime.combine(day, time(), UTC)
        found, after = Counter[Change](), FIRST
        while True:
            async with reading(self.pool) as connection:
                some = await store.find_accounts(connection, after=after)
                for account_id in some:
                    change = await self._change(connection, account_id, now, on)
                    if change is not None:
                        found[change] += 1
            if not some:
                return found
            after = some[-1]

    async def _change(
        self,
        connection: Connection,
        account_id: AccountId,
        now: datetime,
        on: datetime,
    ) -> Change | None:
        outline = await self.held.outline(connection, account_id)
        if outline is None or outline.app not in self.profiles:
            return None
        held = await self.held.find(connection, account_id)
        if held is None:
            return None
        both = await self.decisions.by_law_of(
            connection, held.account, held.profile, key=held.key, on=on, now=now
        )
        if both is None or both[0].kind is both[1].kind:
            return None
        return Change(
            app=held.account.app,
            country=held.account.country,
            band=held.account.band,
            before=both[0].kind,
            after=both[1].kind,
        )
