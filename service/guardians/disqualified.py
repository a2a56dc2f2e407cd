"""A guardian who is none: found to be a minor, no longer verified, or removed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from service.accounts.held import Held, HeldAccounts
from service.audit import log as audit
from service.consents.flows import Consents
from service.consents.grants import Changed
from service.consents.people import Guardians
from service.domain.accounts import AccountId
from service.domain.actors import OPERATOR, Actor
from service.domain.audit import Entry
from service.domain.consent import GuardianId
from service.domain.events import Cause
from service.domain.guardian_contacts import GuardianContact
from service.domain.profiles import AppName
from service.domain.refusals import AccountUnknown
from service.kit.clock import Clock
from service.kit.database import Connection, Pool, transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Disqualified:
    """What an operator does about a guardian, with a reason that is kept."""

    pool: Pool
    clock: Clock
    held: HeldAccounts
    guardians: Guardians
    consents: Consents

    async def bar(self, guardian_id: GuardianId, reason: str) -> Sequence[Changed]:
        """Let everything fall at once that this person granted, for every child.

        For who turned out to be a minor, or whose verification was revoked. Nothing
        that they consent to counts any more.
        """
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            return await self.bar_by(connection, guardian_id, reason, now=now)

    async def bar_holder_of(
        self,
        connection: Connection,
        app: AppName,
        contact: GuardianContact,
        reason: str,
        *,
        actor: Actor = OPERATOR,
        now: datetime,
    ) -> None:
        """Bar whoever consented from a contact, in the caller's transaction."""
        known = await self.guardians.known(connection, app, contact)
        if known is not None:
            await self.bar_by(connection, known[0], reason, actor=actor, now=now)

    async def bar_by(
        self,
        connection: Connection,
        guardian_id: GuardianId,
        reason: str,
        *,
        actor: Actor = OPERATOR,
        now: datetime,
    ) -> Sequence[Changed]:
        """Bar a guardian at the word of *actor*, in the caller's transaction."""
        changed: list[Changed] = []
        await self.guardians.bar(connection, guardian_id, now=now)
        for account_id in await self.held.given_by(connection, guardian_id):
            held = await self.held.lock(connection, account_id)
            if held is None:
                continue
            await self.guardians.release(connection, account_id, guardian_id, now=now)
            await _note(
                connection,
                held,
                guardian_id,
                "guardian.barred",
                reason,
                actor=actor,
                now=now,
            )
            one = await self.consents.endings.invalidate(
                connection,
                held,
                guardian_id,
                actor=actor,
                cause=Cause.GUARDIAN_BARRED,
                now=now,
            )
            changed += [] if one is None else [one]
        return changed

    async def remove(
        self, account_id: AccountId, guardian_id: GuardianId, reason: str
    ) -> Changed | None:
        """End one guardian's say about one account, and what they granted for it."""
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            held = await self.held.lock(connection, account_id)
            if held is None:
                raise AccountUnknown
            await self.guardians.release(connection, account_id, guardian_id, now=now)
            await _note(
                connection, held, guardian_id, "guardian.removed", reason, now=now
            )
            return await self.consents.endings.invalidate(
                connection,
                held,
                guardian_id,
                actor=OPERATOR,
                cause=Cause.GUARDIAN_REMOVED,
                now=now,
            )


async def _note(
    connection: Connection,
    held: Held,
    guardian_id: GuardianId,
    action: str,
    reason: str,
    *,
    actor: Actor = OPERATOR,
    now: datetime,
) -> None:
    """Write down what was done, and why: the reason names nobody."""
    entry = Entry(
        app=held.account.app,
        subject_id=held.account_id,
        actor=actor,
        action=action,
        detail={"reason": reason, "guardian": str(guardian_id)},
    )
    await audit.record(connection, entry, at=now)
