"""Moving an account to another country, and what its law makes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from service.accounts.held import Held, HeldAccounts
from service.audit import log as audit
from service.caller import Holder
from service.domain.accounts import AccountId
from service.domain.actors import OPERATOR, TIMER, Actor, holder
from service.domain.audit import Entry
from service.domain.consent import GuardianId
from service.domain.decisions import DecisionKind
from service.domain.events import Cause, EventType
from service.domain.guardian_factors import GuardianSession
from service.domain.messages import CountryChanged, CountryChangeWaits
from service.domain.moves import is_looser
from service.domain.periods import days_of
from service.domain.refusals import (
    AccountUnknown,
    ConsentDisputed,
    CountryUnknown,
    GuardianDecides,
)
from service.gate.decisions import AgeDecisions
from service.guardian_accounts.changes import GuardianChanges
from service.guardian_accounts.children import Children, guardian_actor
from service.kit.clock import Clock
from service.kit.database import Connection, Pool, transaction
from service.kit.database import connection as reading
from service.kit.due import BATCH, do_due
from service.mfa.changes import FactorChanges
from service.moves import store
from service.moves.consequences import Consequences
from service.moves.place import Place
from service.moves.store import Move
from service.outbox.flows import Outbox

FIRST: Final = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """Who may move an account, and when it counts."""

    pool: Pool
    clock: Clock
    held: HeldAccounts
    decisions: AgeDecisions
    factors: FactorChanges
    guardian_changes: GuardianChanges
    children: Children
    consequences: Consequences
    outbox: Outbox

    async def look(self, account_id: AccountId) -> Place:
        """Return where an account is, and where it is to go."""
        async with reading(self.pool) as connection:
            held = await self.held.find(connection, account_id)
            if held is None:
                raise AccountUnknown
            return await self._place(connection, held)

    async def by_holder(self, who: Holder, country: str) -> Place:
        """Move a holder who decides alone, by a fresh proof of who they are.

        Raises StepUpRequired, GuardianDecides and CountryUnknown.
        """
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            await self.factors.begin(connection, who, now=now)
            held = await self._lock(connection, who.account_id)
            if held.account.decision is not DecisionKind.ADMIT:
                raise GuardianDecides
            actor = holder(who.account_id)
            return await self._move(connection, held, country, actor=actor, now=now)

    async def by_guardian(
        self, session: GuardianSession, account_id: AccountId, country: str
    ) -> Place:
        """Move a child, at a guardian's word; not while guardians disagree."""
        now, guardian_id = self.clock.now(), GuardianId(session.guardian_id)
        async with transaction(self.pool) as connection:
            await self.guardian_changes.begin(connection, session, now=now)
            granted = await self.children.granted(
                connection, guardian_id, account_id, now=now
            )
            if granted.disputed:
                raise ConsentDisputed
            actor = guardian_actor(guardian_id)
            return await self._move(
                connection, granted.held, country, actor=actor, now=now
            )

    async def by_operator(
        self, account_id: AccountId, country: str, reason: str, *, evidence: bool
    ) -> Place:
        """Move an account at an operator's word: at once, where there is *evidence*."""
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            held = await self._lock(connection, account_id)
            return await self._move(
                connection,
                held,
                country,
                actor=OPERATOR,
                evidence=evidence,
                why={"reason": reason, "evidence": str(evidence).lower()},
                now=now,
            )

    async def step(self) -> int:
        """Make the moves whose wait is over; return how many."""
        now = self.clock.now()

        async def find(connection: Connection, after: Move | None) -> Sequence[Move]:
            start = FIRST if after is None else after.account_id
            return await store.find_due(connection, now=now, after=start, batch=BATCH)

        async def act(connection: Connection, due: Move) -> bool:
            held = await self.held.lock(connection, due.account_id, wait=False)
            if held is None or await store.find(connection, due.account_id) != due:
                return False
            await store.take(connection, due.account_id)
            await self._make(connection, held, due.country, actor=TIMER, now=now)
            return True

        return await do_due(
            self.pool, find, act, subject_of=lambda move: move.account_id
        )

    async def _move(
        self,
        connection: Connection,
        held: Held,
        country: str,
        *,
        actor: Actor,
        evidence: bool = False,
        why: Mapping[str, str] | None = None,
        now: datetime,
    ) -> Place:
        """Move the account now, or let it wait where less is asked there."""
        profile, account_id = held.profile, held.account_id
        before = self.decisions.jurisdiction(profile, held.account.country, now=now)
        after = self.decisions.jurisdiction(profile, country, now=now)
        if after is None:
            raise CountryUnknown
        detail = {"country": country, **(why or {})}
        if country == held.account.country:
            if await store.take(connection, account_id):
                await _note(
                    connection, held, "account.move_called_off", actor, detail, now=now
                )
        elif is_looser(profile, before, after) and not evidence:
            lasts = profile.timers.country_cool_down
            move = Move(account_id=account_id, country=country, due_at=now + lasts)
            await store.put(connection, move, at=now)
            letter = CountryChangeWaits(days=days_of(lasts))
            await self.held.write(connection, held, letter, now=now)
            await _note(connection, held, "account.move_waits", actor, detail, now=now)
        else:
            await store.take(connection, account_id)
            await _note(connection, held, "account.moved", actor, detail, now=now)
            held = await self._make(connection, held, country, actor=actor, now=now)
        return await self._place(connection, held)

    async def _make(
        self,
        connection: Connection,
        held: Held,
        country: str,
        *,
        actor: Actor,
        now: datetime,
    ) -> Held:
        """Move the account, tell everybody, and let follow what its law asks for."""
        was = held.account.country
        decision, known = await self.decisions.after_move(
            connection, held.account, held.profile, country, key=held.key, now=now
        )
        held = await self.held.move_to(connection, held, country)
        event = held.event(
            EventType.ACCOUNT_MOVED,
            Cause.COUNTRY_CHANGED,
            actor,
            before=was,
            after=country,
        )
        await self.outbox.record(connection, event, at=now)
        await self.held.write(connection, held, CountryChanged(), now=now)
        return await self.consequences.follow(
            connection, held, decision, known, actor=actor, now=now
        )

    async def _place(self, connection: Connection, held: Held) -> Place:
        return Place(
            country=held.account.country,
            waiting=await store.find(connection, held.account_id),
        )

    async def _lock(self, connection: Connection, account_id: AccountId) -> Held:
        held = await self.held.lock(connection, account_id)
        if held is None:
            raise AccountUnknown
        return held


async def _note(
    connection: Connection,
    held: Held,
    action: str,
    actor: Actor,
    detail: Mapping[str, str],
    *,
    now: datetime,
) -> None:
    entry = Entry(
        app=held.account.app,
        subject_id=held.account_id,
        actor=actor,
        action=action,
        detail=detail,
    )
    await audit.record(connection, entry, at=now)
