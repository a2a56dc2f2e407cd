"""Minors who are found later: reported by anybody, frozen, judged by an operator."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from service.accounts.flows import AccountFlows
from service.accounts.held import Held, HeldAccounts
from service.audit import log as audit
from service.domain import age
from service.domain.accounts import AccountId, Suspension
from service.domain.actors import OPERATOR, TIMER, Actor
from service.domain.appeals import is_judged
from service.domain.audit import Entry
from service.domain.birthdays import BirthDate
from service.domain.consent import Relation
from service.domain.decisions import DecisionKind
from service.domain.events import Cause
from service.domain.guardian_contacts import GuardianContact
from service.domain.messages import ConsentEnded
from service.domain.profiles import PolicyProfile
from service.domain.refusals import AccountUnknown, StepNotDue
from service.gate.checks import Known
from service.gate.decisions import AgeDecisions
from service.guardians.asking_anew import AccountRequests
from service.guardians.naming import check_asked
from service.kit.clock import Clock
from service.kit.database import Connection, Pool, transaction
from service.kit.due import BATCH, do_due
from service.kit.ids import new_id
from service.minors import appeal_store, store
from service.minors.reviews import Reviews
from service.minors.store import Report

FIRST: Final = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What follows from evidence; *decided*, or proposed for a second operator."""

    kind: DecisionKind
    decided: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MinorFlows:
    """What is done about accounts that may be minors'."""

    pool: Pool
    clock: Clock
    accounts: AccountFlows
    held: HeldAccounts
    decisions: AgeDecisions
    requests: AccountRequests
    reviews: Reviews

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
            return await self.freeze_for(
                connection, held, cause=Cause.MINOR_REPORTED, actor=OPERATOR, now=now
            )

    async def judge(
        self,
        account_id: AccountId,
        born: BirthDate,
        reason: str,
        operator: str | None = None,
    ) -> Judged:
        """Decide an age review by fresh evidence of when the holder was *born*.

        The date is used and not kept. An appeal against the review ends by it. Where
        the profile wants two operators, the first one only proposes what follows; the
        name of the *operator* and the *reason* stay in the action log. Raises
        AccountUnknown, or SecondOperatorNeeded.
        """
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            held = await self._lock(connection, account_id)
            profile, account = held.profile, held.account
            place = self.decisions.jurisdiction(profile, account.country, now=now)
            decision = age.decide(born, now=now, profile=profile, jurisdiction=place)
            before = await appeal_store.find_judgement(connection, account_id)
            two = profile.consent.two_person_review
            judged = Judged(
                kind=decision.kind,
                decided=is_judged(before, decision.kind, operator, two=two),
            )
            action = "age.judged" if judged.decided else "age.judgement_proposed"
            await _note(connection, held, action, reason, operator, now=now)
            if judged.decided:
                await appeal_store.forget_judgement(connection, account_id)
                await self.reviews.end(
                    connection,
                    held,
                    decision,
                    Known.DECLARED,
                    actor=OPERATOR,
                    cause=Cause.REVIEW_DECIDED,
                    now=now,
                )
            elif operator is not None:
                await appeal_store.propose(
                    connection, account_id, decision.kind, operator, at=now
                )
            return judged

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

        A proven age, a guardian's consent, an appeal that was upheld before: each
        stands against a stranger's word. An operator may still freeze the account.
        """
        if not await store.take(connection, report):
            return False
        owner = await self.accounts.find_owner_behind(
            connection, report.app, report.blind_index
        )
        held = owner and await self.held.lock(connection, AccountId(owner))
        if not held:
            return False
        known = (
            held.account.assured
            or held.account.decision is DecisionKind.ASK_GUARDIAN
            or await appeal_store.was_upheld(connection, held.account_id)
        )
        why = "set aside: the age is known" if known else "reported"
        await _note(connection, held, "age.reported", why, now=now)
        if known:
            return False
        return await self.freeze_for(
            connection, held, cause=Cause.MINOR_REPORTED, actor=TIMER, now=now
        )

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
        return await self.reviews.begin(
            connection, held, cause=cause, actor=actor, now=now
        )


async def _note(
    connection: Connection,
    held: Held,
    action: str,
    reason: str,
    operator: str | None = None,
    *,
    now: datetime,
) -> None:
    entry = Entry(
        app=held.account.app,
        subject_id=held.account_id,
        actor=TIMER if action == "age.reported" else OPERATOR,
        action=action,
        detail={"reason": reason, **({"operator": operator} if operator else {})},
    )
    await audit.record(connection, entry, at=now)
