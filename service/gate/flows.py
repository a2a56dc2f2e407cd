"""The age gate: asks once, decides, and keeps nothing but a keyed lock."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from service.domain import age
from service.domain.actors import APPLICANT
from service.domain.birthdays import BirthDate
from service.domain.consent import mailbox_of
from service.domain.decisions import Decision, DecisionKind, Rule, TurnAway
from service.domain.events import Cause, Event, EventType
from service.domain.profiles import AgeMode, LegalGround, PolicyProfile
from service.domain.refusals import AppealRefused, AppealUnavailable, TurnedAway
from service.gate import metrics, store
from service.gate.checks import (
    AgeAnswer,
    AgeCheck,
    Judged,
    Known,
    Memory,
    make_ticket,
    read_ticket,
)
from service.gate.decisions import AgeDecisions, passed_check
from service.kit.clock import Clock
from service.kit.database import Connection, Pool, transaction
from service.kit.ids import new_id
from service.kit.secrets import KeyRing
from service.outbox.flows import Outbox

APPEALS: Final = 3
"""How often who was turned away may begin to appeal while the lock lasts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateFlows:
    """Who may go on, and how."""

    pool: Pool
    clock: Clock
    keys: KeyRing
    decisions: AgeDecisions
    outbox: Outbox

    async def check(
        self, profile: PolicyProfile, answer: AgeAnswer, memory: Memory
    ) -> Judged:
        """Decide, and hand out a ticket; keep a lock alone for who is turned away."""
        now = self.clock.now()
        decision = self._decide(profile, answer, now=now)
        async with transaction(self.pool) as connection:
            decision = await self._hold(connection, profile, decision, memory, now=now)
            if isinstance(decision, TurnAway):
                locks = [self._device(profile, memory)]
                await self._turn_away(connection, profile, decision, locks, now=now)
        counts = profile.timers.gate_lock
        remembered = memory.with_answer(
            profile.app, decision.kind, now=now, counts=counts
        )
        if isinstance(decision, TurnAway):
            return Judged(
                decision=decision,
                ticket=None,
                expires_at=now + counts,
                memory=remembered,
            )
        check = self._passed(profile, decision, answer.country, now=now)
        expires_at = now + profile.timers.gate_ticket
        return Judged(
            decision=decision,
            ticket=make_ticket(self.keys, check, expires_at=expires_at),
            expires_at=expires_at,
            memory=remembered,
        )

    async def appeal(
        self, profile: PolicyProfile, country: str | None, memory: Memory
    ) -> Judged:
        """Hand a ticket to who was turned away, and wants to prove their age instead.

        Nothing of the answer before was kept; the lock stays for everybody without a
        proof. Raises AppealUnavailable where the operator takes no proofs, and
        AppealRefused where nothing is locked, or it was tried often enough.
        """
        if not profile.age.proof or profile.age_proof_provider is None:
            raise AppealUnavailable
        now = self.clock.now()
        place = self.decisions.jurisdiction(profile, country, now=now)
        decision = age.appealed(now=now, profile=profile, jurisdiction=place)
        async with transaction(self.pool) as connection:
            lock = self._device(profile, memory)
            if not await store.count_appeal(
                connection, profile.app, lock, most=APPEALS, now=now
            ):
                raise AppealRefused
        check = self._passed(profile, decision, country, now=now)
        expires_at = now + profile.timers.gate_ticket
        return Judged(
            decision=decision,
            ticket=make_ticket(self.keys, check, expires_at=expires_at),
            expires_at=expires_at,
            memory=memory,
        )

    async def redeem(
        self,
        profile: PolicyProfile,
        ticket: str | None,
        answer: AgeAnswer,
        memory: Memory,
        *,
        contacts: Sequence[str],
    ) -> AgeCheck:
        """Return the check that a sign-up rests on: its ticket's, or one made now.

        Raises TurnedAway: for an answer, or for a contact that was proven too young's.
        A contact that was not confirmed is never locked: it may be somebody else's.
        """
        now = self.clock.now()
        if ticket is not None:
            check = read_ticket(self.keys, ticket, app=profile.app, now=now)
            decision: Decision = check.decision
        else:
            decision = self._decide(profile, answer, now=now)
            check = None
        if profile.age.mode is AgeMode.NONE:  # nobody was ever turned away here
            return check or self._passed(profile, decision, answer.country, now=now)
        if decision.reason.rule is Rule.APPEALED:  # past the lock, to a proof
            memory = Memory.fresh()
        async with transaction(self.pool) as connection:
            decision = await self._hold(
                connection, profile, decision, memory, contacts, now=now
            )
            if isinstance(decision, TurnAway):
                locks = [self._device(profile, memory)]
                await self._turn_away(connection, profile, decision, locks, now=now)
        if isinstance(decision, TurnAway):
            raise TurnedAway(profile.contact.appeals)
        if check is None:
            return self._passed(profile, decision, answer.country, now=now)
        return replace(check, decision=decision)  # a younger answer of today counts

    async def lock_out(
        self,
        connection: Connection,
        profile: PolicyProfile,
        contacts: Sequence[str],
        *,
        now: datetime,
    ) -> None:
        """Keep who was proven too young from coming back at once (keyed locks)."""
        for lock in sorted(self._contact(profile, contact) for contact in contacts):
            until = now + profile.timers.gate_lock
            await store.lock_out(connection, profile.app, lock, until=until)

    async def sweep(self, connection: Connection, *, now: datetime) -> int:
        """Delete the locks that are over, and return how many."""
        return await store.sweep(connection, now=now)

    def _decide(
        self, profile: PolicyProfile, answer: AgeAnswer, *, now: datetime
    ) -> Decision:
        asked = profile.age.mode is not AgeMode.NONE
        told = answer.date_of_birth if asked else None
        born = None if told is None else BirthDate.parse(told, now=now)
        if born is not None:
            metrics.count(profile.app, born)
        return age.decide(
            born,
            now=now,
            profile=profile,
            jurisdiction=self.decisions.jurisdiction(profile, answer.country, now=now),
        )

    async def _hold(
        self,
        connection: Connection,
        profile: PolicyProfile,
        decision: Decision,
        memory: Memory,
        contacts: Sequence[str] = (),
        *,
        now: datetime,
    ) -> Decision:
        """Return *decision*, or the stricter one of before, while its lock lasts."""
        if profile.age.mode is AgeMode.NONE:
            return decision
        indexes = [self._device(profile, memory)]
        indexes += [self._contact(profile, contact) for contact in contacts]
        locked = await store.is_locked_out(connection, profile.app, indexes, now=now)
        earlier = memory.earlier(profile.app, now=now)
        return age.held_to(decision, DecisionKind.TURN_AWAY if locked else earlier)

    async def _turn_away(
        self,
        connection: Connection,
        profile: PolicyProfile,
        decision: TurnAway,
        locks: Sequence[bytes],
        *,
        now: datetime,
    ) -> None:
        for lock in sorted(locks):
            await store.lock_out(
                connection, profile.app, lock, until=now + profile.timers.gate_lock
            )
        event = Event(
            type=EventType.AGE_TURNED_AWAY,
            subject_id=new_id(now),
            app=profile.app,
            cause=Cause.AGE_CHECK,
            actor=APPLICANT,
            after=decision.kind,
            policy_version=decision.reason.policy_version,
            legal_ground=LegalGround.LEGAL_OBLIGATION,
        )
        await self.outbox.record(connection, event, at=now)

    def _passed(
        self,
        profile: PolicyProfile,
        decision: Decision,
        country: str | None,
        *,
        now: datetime,
    ) -> AgeCheck:
        asked = profile.age.mode is not AgeMode.NONE
        known = Known.DECLARED if asked else Known.NOT_ASKED
        return passed_check(profile, decision, country, known, now)

    def _device(self, profile: PolicyProfile, memory: Memory) -> bytes:
        return self.keys.blind_index("gate lock", profile.app, "device", memory.device)

    def _contact(self, profile: PolicyProfile, contact: str) -> bytes:
        mailbox = mailbox_of(contact) if "@" in contact else contact
        return self.keys.blind_index("gate lock", profile.app, "contact", mailbox)
