"""Reviews of an age: how an account comes into one, and each way it ends."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from service.accounts.held import Held, HeldAccounts
from service.audit import log as audit
from service.consents import deadlines
from service.consents.flows import Consents
from service.domain.accounts import AccountStep
from service.domain.actors import Actor
from service.domain.age_rules import AgeMode
from service.domain.appeals import Appeal, AppealState
from service.domain.audit import Entry
from service.domain.consent_rules import MinorFound
from service.domain.decisions import Decision, DecisionKind, TurnAway
from service.domain.events import Cause, EventType
from service.domain.guardian_contacts import GuardianContact
from service.domain.messages import (
    AccountReactivated,
    AgeReviewed,
    AgeReviewedFinally,
    AppealRejected,
)
from service.domain.periods import days_of
from service.domain.profiles import PolicyProfile
from service.gate.checks import PROVEN, Known, proves_all
from service.gate.decisions import passed_check
from service.guardians.disqualified import Disqualified
from service.kit.database import Connection
from service.minors import appeal_store
from service.outbox.flows import Outbox

PAGE: Final = "/account/review"
AT_LEAST: Final = timedelta(days=1)
"""What is left to whose appeal was rejected, at least, before the account goes."""


def erases_at_once(profile: PolicyProfile) -> bool:
    """Tell whether an account goes at once whose holder is too young (CP-6)."""
    rules = profile.consent
    adults_only = profile.age.mode is AgeMode.ADULTS_ONLY_PROVEN
    return not adults_only or rules.minor_found is MinorFound.ERASE


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviews:
    """Begins and ends reviews, in the transaction that locked the account."""

    base_url: str
    held: HeldAccounts
    consents: Consents
    disqualified: Disqualified
    outbox: Outbox

    async def begin(
        self,
        connection: Connection,
        held: Held,
        *,
        cause: Cause,
        actor: Actor,
        now: datetime,
    ) -> bool:
        """Suspend the account until its review is decided, or nobody came for it.

        False where it is under review already.
        """
        frozen = await self.held.step(
            connection, held, AccountStep.FREEZE, cause=cause, actor=actor, now=now
        )
        if frozen is None:
            return False
        lasts = held.profile.timers.awaiting_proof
        await deadlines.await_erasure(connection, frozen, after=lasts, now=now)
        letter = _letter(held.profile)(
            days=days_of(lasts),
            appeal=held.profile.contact.appeals,
            link=f"{self.base_url}{PAGE}",
        )
        await self.held.write(connection, frozen, letter, now=now)
        return True

    async def end(
        self,
        connection: Connection,
        held: Held,
        decision: Decision,
        known: Known,
        *,
        actor: Actor,
        cause: Cause,
        now: datetime,
    ) -> AppealState:
        """End a review, and the appeal against it, by what fresh evidence leads to.

        *cause* is what the appeal is decided by. Old enough, the account goes on. Who
        needs a guardian keeps it, suspended, until one has consented: what they granted
        for themself is invalid. Who is too young for this operator is erased: at once,
        or when the time to appeal is over, as the profile says.
        """
        old_enough = decision.kind is DecisionKind.ADMIT
        state = AppealState.UPHELD if old_enough else AppealState.REJECTED
        appeal = await appeal_store.find(connection, held.account_id)
        if appeal is not None and (appeal.open or old_enough):
            await self.close(
                connection,
                held,
                appeal,
                state,
                cause=cause,
                known=known,
                actor=actor,
                now=now,
            )
        if isinstance(decision, TurnAway):
            await self._too_young(connection, held, appeal, actor=actor, now=now)
            return state
        if old_enough and not proves_all(known, decision, held.account.band):
            await self._clear(connection, held, actor=actor, now=now)
            return state
        country = held.account.country
        check = passed_check(held.profile, decision, country, known, now)
        held = await self.held.rest_on(connection, held, check, now=now)
        if old_enough:
            await self._clear(connection, held, actor=actor, now=now)
        else:
            await self._needs_guardian(connection, held, actor=actor, now=now)
        return state

    async def reject(
        self,
        connection: Connection,
        held: Held,
        appeal: Appeal,
        *,
        cause: Cause,
        actor: Actor,
        now: datetime,
    ) -> None:
        """End an appeal that has proven nothing: the account stays under review.

        It is erased at the appeal's end, unless an operator decides before.
        """
        await self.close(
            connection,
            held,
            appeal,
            AppealState.REJECTED,
            cause=cause,
            actor=actor,
            now=now,
        )
        await self._let_go(connection, held, appeal, now=now)

    async def close(
        self,
        connection: Connection,
        held: Held,
        appeal: Appeal,
        state: AppealState,
        *,
        cause: Cause,
        known: Known | None = None,
        actor: Actor,
        now: datetime,
    ) -> None:
        """Note and tell how an appeal was decided."""
        if state is AppealState.UPHELD:
            await appeal_store.forget_rejected(connection, held.account_id)
        await appeal_store.close(connection, appeal, state)
        if not appeal.open:
            return
        event = held.event(
            EventType.AGE_APPEAL_DECIDED,
            cause,
            actor,
            before=AppealState.OPEN,
            after=state,
        )
        proven = known if known in PROVEN else None
        await self.outbox.record(connection, replace(event, assurance=proven), at=now)
        entry = Entry(
            app=held.account.app,
            subject_id=held.account_id,
            actor=actor,
            action=EventType.AGE_APPEAL_DECIDED,
            detail={"outcome": str(state), "cause": str(cause)},
        )
        await audit.record(connection, entry, at=now)

    async def _clear(
        self, connection: Connection, held: Held, *, actor: Actor, now: datetime
    ) -> None:
        """Let an account go on whose holder is old enough, with what was granted."""
        cleared = await self.held.step(
            connection,
            held,
            AccountStep.CLEAR,
            cause=Cause.REVIEW_DECIDED,
            actor=actor,
            now=now,
        )
        if cleared is None:
            return
        newer = await self.consents.suspensions.go_on(
            connection, cleared, actor=actor, now=now
        )
        if not newer.account.condition.suspended:
            await self.held.write(connection, newer, AccountReactivated(), now=now)

    async def _needs_guardian(
        self, connection: Connection, held: Held, *, actor: Actor, now: datetime
    ) -> None:
        """Keep the account for a guardian to decide about; nothing is on meanwhile."""
        await self._tell_minor(connection, held, actor=actor, now=now)
        held = await self.consents.suspensions.reviewed(
            connection, held, actor=actor, now=now
        )
        await self.consents.endings.invalidate(
            connection,
            held,
            held.account_id,
            actor=actor,
            cause=Cause.REVIEW_DECIDED,
            now=now,
        )
        await deadlines.await_erasure(connection, held, now=now)

    async def _too_young(
        self,
        connection: Connection,
        held: Held,
        appeal: Appeal | None,
        *,
        actor: Actor,
        now: datetime,
    ) -> None:
        await self._tell_minor(connection, held, actor=actor, now=now)
        if erases_at_once(held.profile):
            await self.consents.suspensions.erase(
                connection,
                held.account,
                cause=Cause.REVIEW_DECIDED,
                actor=actor,
                now=now,
            )
            return
        cause = Cause.MINOR_REPORTED
        began = await self.begin(connection, held, cause=cause, actor=actor, now=now)
        if not began and appeal is not None and appeal.open:
            await self._let_go(connection, held, appeal, now=now)

    async def _let_go(
        self, connection: Connection, held: Held, appeal: Appeal, *, now: datetime
    ) -> None:
        """Let the account be erased at the end of an appeal that was rejected."""
        left = max(appeal.ends_at - now, AT_LEAST)
        await deadlines.await_erasure(connection, held, after=left, now=now)
        contact = held.profile.contact.appeals
        letter = AppealRejected(days=days_of(left), appeal=contact)
        await self.held.write(connection, held, letter, now=now)

    async def _tell_minor(
        self, connection: Connection, held: Held, *, actor: Actor, now: datetime
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
        event = held.event(EventType.AGE_MINOR_DETECTED, Cause.REVIEW_DECIDED, actor)
        await self.outbox.record(connection, event, at=now)


def _letter(profile: PolicyProfile) -> type[AgeReviewed]:
    """Return the letter that says what follows here from an age that is too young."""
    at_once = profile.age.minimum is not None and erases_at_once(profile)
    return AgeReviewedFinally if at_once else AgeReviewed
