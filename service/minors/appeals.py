"""Appeals against the review of an account: opened by its holder, ended in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from service.accounts.held import Held, HeldAccounts
from service.audit import log as audit
from service.consents import deadlines
from service.domain.accounts import AccountId, Suspension
from service.domain.actors import TIMER, holder
from service.domain.appeals import Appeal, AppealId, AppealState
from service.domain.audit import Entry
from service.domain.events import Cause, EventType
from service.domain.messages import AppealOpened
from service.domain.periods import days_of
from service.domain.refusals import AccountUnknown, AppealRefused, StepNotDue
from service.kit.clock import Clock
from service.kit.database import Connection, Pool
from service.kit.database import connection as reading
from service.kit.due import BATCH, do_due
from service.kit.ids import new_id
from service.minors import appeal_store
from service.minors.reviews import Reviews
from service.outbox.flows import Outbox

FIRST: Final = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeals:
    """The appeals of holders; one for each review."""

    pool: Pool
    clock: Clock
    held: HeldAccounts
    reviews: Reviews
    outbox: Outbox

    async def find(
        self, connection: Connection, account_id: AccountId
    ) -> tuple[Held, Appeal | None]:
        """Return an account to look at, and the appeal that is open or was rejected."""
        held = await self.held.find(connection, account_id)
        if held is None:
            raise AccountUnknown
        return held, await appeal_store.find(connection, account_id)

    async def open(
        self, connection: Connection, account_id: AccountId, *, now: datetime
    ) -> tuple[Held, Appeal]:
        """Return the appeal against the review of an account, a new one where due.

        Nothing is erased while it is open; unanswered, it ends like the review would
        have. Raises StepNotDue where nothing is reviewed, and AppealRefused where an
        appeal against this review was rejected before.
        """
        held = await self.held.lock(connection, account_id)
        if held is None:
            raise AccountUnknown
        if held.account.condition.suspended_for is not Suspension.AGE_REVIEW:
            raise StepNotDue
        before = await appeal_store.find(connection, account_id)
        if before is not None:
            if not before.open:
                raise AppealRefused
            return held, before
        lasts = held.profile.timers.awaiting_proof
        appeal = Appeal(
            appeal_id=AppealId(new_id(now)),
            account_id=account_id,
            state=AppealState.OPEN,
            opened_at=now,
            ends_at=now + lasts,
        )
        await appeal_store.add(connection, appeal)
        await deadlines.call_off_erasure(connection, account_id)
        actor = holder(account_id)
        event = held.event(
            EventType.AGE_APPEAL_OPENED,
            Cause.HOLDER_APPEALED,
            actor,
            after=AppealState.OPEN,
        )
        await self.outbox.record(connection, event, at=now)
        entry = Entry(
            app=held.account.app,
            subject_id=account_id,
            actor=actor,
            action=EventType.AGE_APPEAL_OPENED,
        )
        await audit.record(connection, entry, at=now)
        letter = AppealOpened(days=days_of(lasts), appeal=held.profile.contact.appeals)
        await self.held.write(connection, held, letter, now=now)
        return held, appeal

    async def lock(
        self, connection: Connection, account_id: AccountId
    ) -> tuple[Held, Appeal] | None:
        """Return an account that nobody else changes now, and its open appeal."""
        held = await self.held.lock(connection, account_id)
        appeal = await appeal_store.find(connection, account_id)
        if held is None or appeal is None or not appeal.open:
            return None
        return held, appeal

    async def every(self) -> Sequence[Appeal]:
        """Return the appeals that wait, the oldest first."""
        found: list[Appeal] = []
        async with reading(self.pool) as connection:
            while some := await appeal_store.find_open(
                connection,
                after=found[-1].appeal_id if found else FIRST,
                batch=BATCH,
            ):
                found += some
        return found

    async def step(self) -> int:
        """End the appeals that nobody answered in time; return how many."""
        now = self.clock.now()

        async def find(
            connection: Connection, after: Appeal | None
        ) -> Sequence[Appeal]:
            start = FIRST if after is None else after.appeal_id
            return await appeal_store.find_over(
                connection, now=now, after=start, batch=BATCH
            )

        async def act(connection: Connection, due: Appeal) -> bool:
            found = await self.lock(connection, due.account_id)
            if found is None or found[1].appeal_id != due.appeal_id:
                return False
            await self.reviews.reject(
                connection, *found, cause=Cause.EXPIRED, actor=TIMER, now=now
            )
            return True

        return await do_due(
            self.pool, find, act, subject_of=lambda appeal: appeal.account_id
        )
