"""Lost factors, and "this wasn't me": how a guardian gets their own way in back.

Who lost passkey and app signs in by the link, which proves the mailbox, and asks that
they be removed. That waits three days, is told by mail, and is called off by any use of
a factor: who still has one has not lost it, and somebody else has asked. Waiting, and
not a fresh verification, because nothing that verified a guardian is kept to compare
with (the details of a card or a document go when they are decided about), and most were
verified by this very mailbox. What is recovered so is never worth more than it: a
stronger verification from before counts as consent by e-mail from then on
(`guardian.recovered_at`), until the guardian is verified anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Final
from uuid import UUID

from service.compromise.flows import CompromiseFlows
from service.consents.guarding import guarding_of
from service.domain.accounts import AccountId
from service.domain.authenticators import Factor
from service.domain.consent import GuardianId
from service.domain.guardian_factors import (
    RECOVERY_WAITS,
    GuardianCause,
    GuardianReport,
    GuardianSession,
)
from service.domain.messages import GuardianSecured
from service.domain.refusals import AuthenticatorUnknown, StepUpRequired
from service.domain.security import SUSPECT
from service.guardian_accounts import factor_store, store
from service.guardian_accounts.changes import GuardianChanges
from service.guardian_accounts.opened import note
from service.kit.clock import Clock
from service.kit.database import Connection, Pool, transaction
from service.kit.due import BATCH, do_due
from service.kit.tokens import Token

FIRST: Final = UUID(int=0)
SIGN_IN_PATH: Final = "/guardian/sign-in/"
BEGINNING: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""Before anything was added here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianRecovery:
    """How a guardian gets rid of factors that are lost, or somebody else's."""

    base_url: str
    pool: Pool
    clock: Clock
    changes: GuardianChanges
    compromise: CompromiseFlows

    async def ask(self, session: GuardianSession) -> datetime:
        """Ask that all factors be removed; return when they are.

        By the mailbox: whoever is signed in otherwise needs no recovery. Asked twice,
        it waits no longer. Raises AuthenticatorUnknown where there is nothing to lose.
        """
        now = self.clock.now()
        if Factor.EMAIL_LINK not in session.methods:
            raise StepUpRequired((Factor.EMAIL_LINK,))
        async with transaction(self.pool) as connection:
            changing = await self.changes.lock(connection, session)
            if not changing.enrolled:
                raise AuthenticatorUnknown
            guardian_id, due_at = session.guardian_id, now + RECOVERY_WAITS
            if await factor_store.ask_recovery(
                connection, guardian_id, at=now, due_at=due_at
            ):
                cause = GuardianCause.RECOVERY_ASKED
                await self.changes.told(connection, changing.guardian, cause, now=now)
            return await factor_store.find_recovery(connection, guardian_id) or due_at

    async def call_off(self, session: GuardianSession) -> None:
        """Let nothing be removed; whoever is signed in may say so."""
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            guardian = (await self.changes.lock(connection, session)).guardian
            guardian_id = guardian.guardian_id
            if await factor_store.cancel_recovery(connection, guardian_id):
                done = "guardian.recovery_called_off"
                await note(connection, guardian.app, guardian_id, done, now=now)

    async def step(self) -> int:
        """Remove what was lost long enough; a step of the worker."""
        now = self.clock.now()
        return await do_due(
            self.pool,
            partial(self._find, now=now),
            partial(self._recover, now=now),
            subject_of=lambda guardian_id: guardian_id,
        )

    async def report(self, token: Token) -> None:
        """Undo what somebody else may have done; once, however often it is said.

        Raises SecurityLinkInvalid for a link that we don't know, or not any more.
        """
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            report = await self.changes.links.use(connection, token, now=now)
            if report is None:
                return
            if report.account_id is None:
                await self._secure(connection, report, now=now)
            else:
                await self._secure_child(connection, report.account_id, report, now=now)

    async def sweep(self, connection: Connection, *, now: datetime) -> int:
        """Delete what was begun and not finished in time, and links that are over."""
        return await factor_store.delete_overdue(
            connection, now=now
        ) + await self.changes.links.sweep(connection, now=now)

    async def _find(
        self, connection: Connection, after: GuardianId | None, *, now: datetime
    ) -> Sequence[GuardianId]:
        return await factor_store.find_due_recoveries(
            connection, after=after or FIRST, now=now, batch=BATCH
        )

    async def _recover(
        self, connection: Connection, guardian_id: GuardianId, *, now: datetime
    ) -> bool:
        if await factor_store.lock(connection, guardian_id) is None:
            return False
        if not await factor_store.take_due_recovery(connection, guardian_id, now=now):
            return False
        guardian = await self.changes.guardians.read(connection, guardian_id)
        await factor_store.delete_since(connection, guardian_id, since=BEGINNING)
        await factor_store.note_recovered(connection, guardian_id, now=now)
        await store.end_sessions(connection, guardian_id)
        await self.changes.told(connection, guardian, GuardianCause.RECOVERED, now=now)
        return True

    async def _secure(
        self, connection: Connection, report: GuardianReport, *, now: datetime
    ) -> None:
        """Remove what may be somebody else's: factors, sessions, links, a recovery."""
        guardian_id = report.guardian_id
        if await factor_store.lock(connection, guardian_id) is None:
            return
        guardian = await self.changes.guardians.read(connection, guardian_id)
        await factor_store.delete_since(
            connection, guardian_id, since=report.caused_at - SUSPECT
        )
        await factor_store.cancel_recovery(connection, guardian_id)
        await store.end_sessions(connection, guardian_id)
        await self.changes.links.drop_since(connection, guardian_id, report.caused_at)
        done, about = "guardian.compromise_reported", {"about": str(report.cause)}
        await note(connection, guardian.app, guardian_id, done, about, now=now)
        letter = GuardianSecured(link=f"{self.base_url}{SIGN_IN_PATH}{guardian.app}")
        await self.changes.guardians.write(connection, guardian, letter, now=now)

    async def _secure_child(
        self,
        connection: Connection,
        account_id: AccountId,
        report: GuardianReport,
        *,
        now: datetime,
    ) -> None:
        """Shut a child's account, and write to its guardian how it is opened again.

        Nothing happens where they have no say any more.
        """
        people = self.changes.guardians
        bonds = await people.of(connection, account_id)
        if report.guardian_id not in {one.guardian_id for one in bonds}:
            return
        guardian = await people.read(connection, report.guardian_id)
        if not guardian.barred:
            await self.compromise.shut_by_guardian(
                connection,
                account_id,
                guarding_of(guardian),
                caused_at=report.caused_at,
                now=now,
            )
