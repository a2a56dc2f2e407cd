"""Minors who are found later: reported by anybody, frozen, judged by an operator."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from service.accounts.flows import AccountFlows
from service.accounts.held import Held, HeldAccounts
from service.audit import log as audit
from service.consents import deadlines
from service.consents.flows import Consents
from service.domain import age
from service.domain.accounts import AccountId, AccountStep, Suspension
from service.domain.actors import OPERATOR, TIMER, Actor
from service.domain.age_rules import AgeMode
from service.domain.audit import Entry
from service.domain.birthdays import BirthDate
from service.domain.consent import Relation
from service.domain.consent_rules import MinorFound
from service.domain.decisions import DecisionKind, TurnAway
from service.domain.events import Cause, EventType
from service.domain.guardian_contacts import GuardianContact
from service.domain.messages import AgeReviewed, ConsentEnded
from service.domain.profiles import PolicyProfile
from service.domain.refusals import AccountUnknown, StepNotDue
from service.gate.checks import Known
from service.gate.decisions import AgeDecisions, passed_check
from service.guardians.asking_anew import AccountRequests
from service.guardians.disqualified import Disqualified
from service.guardians.naming import check_asked
from service.kit.clock import Clock
from service.kit.database import Connection, Pool, transaction
from service.kit.due import BATCH, do_due
from service.kit.ids import new_id
from service.minors import store
from service.minors.store import Report
from service.outbox.flows import Outbox

FIRST: Final = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class MinorFlows:
    """What is done about accounts that may be minors'."""

    pool: Pool
    clock: Clock
    accounts: AccountFlows
    held: HeldAccounts
    decisions: AgeDecisions
    consents: Consents
    requests: AccountRequests
    disqualified: Disqualified
    outbox: Outbox

    async def report(self, profile: PolicyProfile, identifier: str) -> None:
        """Take a report about whoever has *identifier*, in its canonical form.

        One write, whether or not there is such an account: nobody learns that here.
        """
        now = self.clock.now()
        report = Report(
            report_id=new_id(now),
            app=profile.app,
            blind_index=self.accounts.index_of(profile.app, identifier),
        )
        async with transaction(self.pool) as connection:
            await store.add(connection, report, at=now)

    async def step(self) -> int:
        """Look at what was reported, and return how many accounts were frozen."""
        now = self.clock.now()

        async def find(
            connection: Connection, after: Report | None
        ) -> Sequence[Report]:
            start = FIRST if after is None else after.report_id
            return await store.find(connection, after=start, batch=BATCH)

        async def act(connection: Connection, report: Report) -> bool:
            return await self._look_at(connection, report, now=now)

        return await do_due(
            self.pool, find, act, subject_of=lambda report: report.report_id
        )

    async def freeze(self, account_id: AccountId, reason: str) -> bool:
        """Freeze an account at an operator's word; False when it is frozen already."""
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            held = await self._lock(connection, account_id)
            await _note(connection, held, "age.review", reason, now=now)
            return await self._freeze(connection, held, actor=OPERATOR, now=now)

    async def judge(
        self, account_id: AccountId, born: BirthDate, reason: str
    ) -> DecisionKind:
        """Decide an age review by fresh evidence of when the holder was *born*.

        The date is used and not kept. Old enough, the account goes on. Who needs a
        guardian keeps it, suspended, until one has consented: what they granted for
        themself is invalid. Who is too young for this operator is erased: at once, or
        when the time to appeal is over, as the profile says.
        """
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            held = await self._lock(connection, account_id)
            await _note(connection, held, "age.judged", reason, now=now)
            profile, account = held.profile, held.account
            place = self.decisions.jurisdiction(profile, account.country, now=now)
            decision = age.decide(born, now=now, profile=profile, jurisdiction=place)
            if isinstance(decision, TurnAway):
                await self._too_young(connection, held, now=now)
                return decision.kind
            if decision.kind is DecisionKind.ASK_GUARDIAN:
                check = passed_check(
                    profile, decision, account.country, Known.DECLARED, now
                )
                held = await self.held.rest_on(connection, held, check, now=now)
                await self._needs_guardian(connection, held, now=now)
            else:
                await self._clear(connection, held, now=now)
            return decision.kind

    async def ask_guardian(
        self,
        account_id: AccountId,
        contact: GuardianContact,
        relation: Relation,
        language: str,
        *,
        actor: Actor = OPERATOR,
    ) -> None:
        """Ask a guardian, named for an account that waits for one, in a *language*.

        Raises StepNotDue where nobody is waited for, and what naming a guardian can
        raise (GuardianIsApplicant, GuardianUnavailable).
        """
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            held = await self._lock(connection, account_id)
            account = held.account
            waits = account.condition.suspended_for is Suspension.CONSENT
            if not waits or account.decision is not DecisionKind.ASK_GUARDIAN:
                raise StepNotDue
            check_asked(held.profile, contact)
            erased_at = (account.suspended_at or now) + held.profile.timers.suspended
            days = max(1, -((now - erased_at).days))
            await self.requests.ask_named(
                connection,
                held,
                contact,
                lambda link: ConsentEnded(days=days, link=link),
                relation=relation,
                language=language,
                holder=await self.held.contacts(connection, held),
                cause=Cause.GUARDIAN_ASKED,
                actor=actor,
                now=now,
            )
            await _note(connection, held, "guardian.named", "asked", now=now)

    async def _lock(self, connection: Connection, account_id: AccountId) -> Held:
        held = await self.held.lock(connection, account_id)
        if held is None:
            raise AccountUnknown
        return held

    async def _look_at(
        self, connection: Connection, report: Report, *, now: datetime
    ) -> bool:
        """Freeze the account that was reported, unless its age is known well enough.

        A proven age, or a guardian's consent, stands against a stranger's word: an
        operator may still freeze it.
        """
        if not await store.take(connection, report):
            return False
        owner = await self.accounts.find_owner_behind(
            connection, report.app, report.blind_index
        )
        held = owner and await self.held.lock(connection, AccountId(owner))
        if not held:
            return False
        known = held.account.assured or (
            held.account.decision is DecisionKind.ASK_GUARDIAN
        )
        why = "set aside: the age is known" if known else "reported"
        await _note(connection, held, "age.reported", why, now=now)
        if known:
            return False
        return await self._freeze(connection, held, actor=TIMER, now=now)

    async def freeze_for(
        self,
        connection: Connection,
        held: Held,
        *,
        cause: Cause,
        actor: Actor,
        now: datetime,
    ) -> bool:
        """Freeze an account in the transaction that locked it; False if it was."""
        return await self._freeze(connection, held, cause=cause, actor=actor, now=now)

    async def _freeze(
        self,
        connection: Connection,
        held: Held,
        *,
        cause: Cause = Cause.MINOR_REPORTED,
        actor: Actor,
        now: datetime,
    ) -> bool:
        """Suspend the account until the review is decided, or nobody came for it."""
        frozen = await self.held.step(
            connection,
            held,
            AccountStep.FREEZE,
            cause=cause,
            actor=actor,
            now=now,
        )
        if frozen is None:
            return False
        lasts = held.profile.timers.awaiting_proof
        await deadlines.await_erasure(connection, frozen, after=lasts, now=now)
        letter = AgeReviewed(days=lasts.days, appeal=held.profile.contact.appeals)
        await self.held.write(connection, frozen, letter, now=now)
        return True

    async def _clear(
        self, connection: Connection, held: Held, *, now: datetime
    ) -> None:
        """Let an account go on whose holder is old enough, with what was granted."""
        cleared = await self.held.step(
            connection,
            held,
            AccountStep.CLEAR,
            cause=Cause.REVIEW_DECIDED,
            actor=OPERATOR,
            now=now,
        )
        if cleared is not None:
            await self.consents.suspensions.go_on(
                connection, cleared, actor=OPERATOR, now=now
            )

    async def _needs_guardian(
        self, connection: Connection, held: Held, *, now: datetime
    ) -> None:
        """Keep the account for a guardian to decide about; nothing is on meanwhile."""
        await self._tell_minor(connection, held, now=now)
        held = await self.consents.suspensions.reviewed(
            connection, held, actor=OPERATOR, now=now
        )
        await self.consents.endings.invalidate(
            connection,
            held,
            held.account_id,
            actor=OPERATOR,
            cause=Cause.REVIEW_DECIDED,
            now=now,
        )
        await deadlines.await_erasure(connection, held, now=now)

    async def _too_young(
        self, connection: Connection, held: Held, *, now: datetime
    ) -> None:
        await self._tell_minor(connection, held, now=now)
        at_once = held.profile.consent.minor_found is MinorFound.ERASE
        if at_once or held.profile.age.mode is not AgeMode.ADULTS_ONLY_PROVEN:
            await self.consents.suspensions.erase(
                connection,
                held.account,
                cause=Cause.REVIEW_DECIDED,
                actor=OPERATOR,
                now=now,
            )
        else:
            await self._freeze(connection, held, actor=OPERATOR, now=now)

    async def _tell_minor(
        self, connection: Connection, held: Held, *, now: datetime
    ) -> None:
        """Tell of a minor, who can't have consented for anybody else either."""
        own = await self.held.contacts(connection, held)
        for kind, address in own.items():
            await self.disqualified.bar_holder_of(
                connection,
                held.account.app,
                GuardianContact(kind, address),
                "found to be a minor",
                now=now,
            )
        event = held.event(EventType.AGE_MINOR_DETECTED, Cause.REVIEW_DECIDED, OPERATOR)
        await self.outbox.record(connection, event, at=now)


async def _note(
    connection: Connection, held: Held, action: str, reason: str, *, now: datetime
) -> None:
    entry = Entry(
        app=held.account.app,
        subject_id=held.account_id,
        actor=TIMER if action == "age.reported" else OPERATOR,
        action=action,
        detail={"reason": reason},
    )
    await audit.record(connection, entry, at=now)
