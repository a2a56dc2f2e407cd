"""What becomes of consent that was given: every change, with all that follows from it.

A change is one transaction: purposes are off, tokens are outdated, the account is
suspended or goes on, and the receipt, the events and the letters are written in it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final
from uuid import UUID

from service.accounts.held import Held, HeldAccounts
from service.consents import store
from service.consents.guardian import Guardian
from service.consents.people import Guardians
from service.consents.says import Says
from service.consents.store import Link, Timer, TimerKind
from service.domain.accounts import (
    AccountId,
    AccountOutline,
    AccountStep,
    Suspension,
)
from service.domain.actors import TIMER, Actor
from service.domain.consent import GuardianId
from service.domain.consent_methods import Method, rule_of
from service.domain.decisions import DecisionKind
from service.domain.events import Cause, EventType
from service.domain.grants import Giver, Grant, GrantState, GrantStep, may_go_on, moved
from service.domain.languages import in_language
from service.domain.messages import (
    AccountReactivated,
    AccountSuspended,
    ConsentNarrowed,
    ConsentWithdrawn,
    GuardianThanks,
    SecondContact,
)
from service.domain.periods import Timers
from service.domain.profiles import PolicyProfile, Purpose
from service.domain.quorums import regrouped
from service.domain.receipts import Change
from service.domain.refusals import ConsentDisputed, PurposesWrong
from service.kit.database import Connection
from service.kit.ids import new_id
from service.kit.tokens import hash_token, new_token
from service.outbox.flows import Outbox
from service.receipts.flows import Receipts

_GUARDIAN: Final = Giver.GUARDIAN

LINK_PATH: Final = "/guardian/"
LINK_LASTS: Final = timedelta(days=30)
"""How long a link lasts after the consent that it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What a change led to: the account since, its receipt, and what it was about."""

    held: Held
    receipt_id: UUID | None
    grants: tuple[Grant, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Consents:
    """The changes; every method runs in the transaction that locked the account."""

    base_url: str
    accounts: HeldAccounts
    guardians: Guardians
    says: Says
    receipts: Receipts
    outbox: Outbox

    async def given(
        self,
        connection: Connection,
        held: Held,
        guardian: Guardian,
        grants: Sequence[Grant],
        *,
        renewed: bool = False,
        receipt_id: UUID | None = None,
        actor: Actor,
        now: datetime,
    ) -> Changed:
        """Let follow what follows from a guardian's *grants*.

        The guardian has a receipt and a link to withdraw by; the second contact, the
        notices and the end fall due. An account opens with its grants; *renewed* ones
        are kept here, and what the guardian granted before for the same purposes is
        superseded, at once or when the second contact has confirmed the new. What
        another's word is needed for as well waits for it. Raises ConsentDisputed while
        guardians disagree.
        """
        if renewed:
            say = await self.says.of(connection, held, now=now)
            if say.disputed:
                raise ConsentDisputed
            waits = any(one.state is GrantState.PROVISIONAL for one in grants)
            unsure = {GrantState.WAITING, GrantState.PROVISIONAL}
            states = unsure if waits else set(GrantState)
            held = await self._supersede(connection, held, grants, states, now=now)
            held = await self.accounts.add_grants(connection, held, grants)
        await self.says.agree(
            connection,
            held.account_id,
            guardian.guardian_id,
            [one.purpose for one in grants],
        )
        cause = Cause.GUARDIAN_GAVE
        held = await self.regroup(connection, held, cause=cause, actor=actor, now=now)
        grants = _now(held, grants)
        change = Change.RENEWED if renewed else Change.GIVEN
        receipt_id = await self.receipts.issue(
            connection,
            held,
            grants,
            change,
            by=actor.kind,
            receipt_id=receipt_id,
            now=now,
        )
        await self._let_fall_due(connection, held, grants, now=now)
        for state in GrantState if renewed else ():
            some = [one for one in grants if one.state is state]
            if some:
                await self._tell(
                    connection,
                    held,
                    some,
                    EventType.CONSENT_GIVEN,
                    cause,
                    actor,
                    receipt_id,
                    now=now,
                )
        held = await self.settle(connection, held, cause=cause, actor=actor, now=now)
        profile = held.profile
        thanks = GuardianThanks(
            purposes=_titles(profile, grants, guardian.language),
            policy_version=grants[0].policy_version,
            link=await self.new_link(connection, held, guardian, now=now),
            receipt=self.receipts.address(receipt_id),
            withdraw_contact=profile.contact.email,
        )
        await self.guardians.write(connection, guardian, thanks, now=now)
        return Changed(held=held, receipt_id=receipt_id, grants=tuple(grants))

    async def withdraw(
        self,
        connection: Connection,
        held: Held,
        purposes: Collection[str] | None,
        *,
        guardian_id: GuardianId | None,
        actor: Actor,
        cause: Cause,
        now: datetime,
    ) -> Changed:
        """Withdraw consent for *purposes*, or for every one; with effect at once.

        A guardian stops what any guardian gave, and withdraws their own word; a holder
        (no *guardian_id*) withdraws whatever was given. What is withdrawn already stays
        so, and nothing is told twice. Raises PurposesWrong for what was never granted.
        """
        if purposes is not None and not set(purposes) <= {
            one.purpose for one in held.grants
        }:
            raise PurposesWrong
        some = [
            one for one in held.live() if purposes is None or one.purpose in purposes
        ]
        live = [one for one in some if guardian_id in {None, one.giver_id}]
        if guardian_id is not None:
            stopped = {one.purpose for one in some} | {*(purposes or ())}
            await self.says.object(
                connection, held.account_id, guardian_id, stopped, now=now
            )
        if not live and all(one.state is GrantState.WAITING for one in some):
            return Changed(held=held, receipt_id=None, grants=())
        changed = await self._end(
            connection,
            held,
            live,
            GrantStep.WITHDRAW,
            EventType.CONSENT_WITHDRAWN,
            Change.WITHDRAWN,
            actor=actor,
            cause=cause,
            now=now,
        )
        await self._write_of_withdrawal(connection, changed, now=now)
        return changed

    async def expire(
        self, connection: Connection, held: Held, *, now: datetime
    ) -> Changed | None:
        """Expire the grants whose end has come; None where there are none.

        What the same giver has granted anew meanwhile has taken their place.
        """
        over = [one for one in held.live() if one.ends_at and one.ends_at <= now]
        renewed = {
            (one.giver_id, one.purpose)
            for one in held.live()
            if one.is_on(held.profile, now=now)
        }
        older = [one for one in over if (one.giver_id, one.purpose) in renewed]
        held = await self.accounts.move(
            connection, held, older, GrantStep.SUPERSEDE, now=now
        )
        over = [one for one in over if one not in older]
        if not over:
            return None
        return await self._end(
            connection,
            held,
            over,
            GrantStep.EXPIRE,
            EventType.CONSENT_EXPIRED,
            Change.EXPIRED,
            actor=TIMER,
            cause=Cause.EXPIRED,
            now=now,
        )

    async def outdate(
        self,
        connection: Connection,
        held: Held,
        older: Collection[str],
        *,
        now: datetime,
    ) -> Changed | None:
        """End a guardian's consent to *older* policies; None where there is none."""
        over = [
            one
            for one in held.live()
            if one.given_by is Giver.GUARDIAN and one.policy_version in older
        ]
        if not over:
            return None
        return await self._end(
            connection,
            held,
            over,
            GrantStep.EXPIRE,
            EventType.CONSENT_EXPIRED,
            Change.EXPIRED,
            actor=TIMER,
            cause=Cause.POLICY_CHANGED,
            now=now,
        )

    async def lapse(
        self,
        connection: Connection,
        held: Held,
        grants: Sequence[Grant],
        *,
        now: datetime,
    ) -> Changed:
        """Let provisional grants go whose second contact never arrived."""
        return await self._end(
            connection,
            held,
            grants,
            GrantStep.LAPSE,
            EventType.CONSENT_EXPIRED,
            Change.EXPIRED,
            actor=TIMER,
            cause=Cause.SECOND_CONTACT_FAILED,
            now=now,
        )

    async def invalidate(
        self,
        connection: Connection,
        held: Held,
        giver_id: UUID,
        *,
        actor: Actor,
        cause: Cause,
        now: datetime,
    ) -> Changed | None:
        """Invalidate everything one person granted; None where nothing is live.

        What waited for this person's word alone is carried by the others' from now on.
        """
        theirs = [one for one in held.live() if one.giver_id == giver_id]
        if not theirs:
            held = await self.regroup(
                connection, held, cause=cause, actor=actor, now=now
            )
            await self.settle(connection, held, cause=cause, actor=actor, now=now)
            return None
        return await self._end(
            connection,
            held,
            theirs,
            GrantStep.INVALIDATE,
            EventType.CONSENT_INVALIDATED,
            Change.INVALIDATED,
            actor=actor,
            cause=cause,
            now=now,
        )

    async def confirm(
        self,
        connection: Connection,
        held: Held,
        grants: Sequence[Grant],
        *,
        now: datetime,
    ) -> Changed:
        """Confirm provisional grants, which nobody revoked after the second contact."""
        states = {GrantState.ACTIVE}
        newer = await self._supersede(connection, held, grants, states, now=now)
        newer = await self.accounts.move(
            connection, newer, grants, GrantStep.CONFIRM, now=now
        )
        confirmed = _now(newer, grants)
        receipt_id = await self.receipts.issue(
            connection, newer, confirmed, Change.CONFIRMED, by=TIMER.kind, now=now
        )
        await self._tell(
            connection,
            newer,
            confirmed,
            EventType.CONSENT_CONFIRMED,
            Cause.SECOND_CONTACT,
            TIMER,
            receipt_id,
            now=now,
            before=GrantState.PROVISIONAL,
        )
        newer = await self.settle(
            connection, newer, cause=Cause.SECOND_CONTACT, actor=TIMER, now=now
        )
        return Changed(held=newer, receipt_id=receipt_id, grants=confirmed)

    async def give_own(
        self,
        connection: Connection,
        held: Held,
        grants: Sequence[Grant],
        *,
        actor: Actor,
        now: datetime,
    ) -> Changed:
        """Let follow what follows from the *grants* of a holder who decides alone."""
        newer = await self.accounts.add_grants(connection, held, grants)
        receipt_id = await self.receipts.issue(
            connection, newer, grants, Change.GIVEN, by=actor.kind, now=now
        )
        await self._tell(
            connection,
            newer,
            grants,
            EventType.CONSENT_GIVEN,
            Cause.HOLDER_DECIDED,
            actor,
            receipt_id,
            now=now,
        )
        newer = await self.settle(
            connection, newer, cause=Cause.HOLDER_DECIDED, actor=actor, now=now
        )
        return Changed(held=newer, receipt_id=receipt_id, grants=tuple(grants))

    async def hand_over(
        self,
        connection: Connection,
        held: Held,
        grants: Sequence[Grant],
        *,
        actor: Actor,
        now: datetime,
    ) -> Changed:
        """Let the holder's own *grants* take the place of everything before.

        What a guardian granted is handed over, what the holder granted is superseded.
        """
        before = held.on(now=now)
        of = {
            GrantStep.HAND_OVER: [g for g in held.live() if g.given_by is _GUARDIAN],
            GrantStep.SUPERSEDE: [g for g in held.live() if g.given_by is Giver.HOLDER],
        }
        newer = held
        for step, some in of.items():
            newer = await self.accounts.move(connection, newer, some, step, now=now)
        newer = await self.accounts.add_grants(connection, newer, grants)
        newer = await self.accounts.own_word_given(connection, newer)
        receipt_id = await self.receipts.issue(
            connection, newer, grants, Change.HANDED_OVER, by=actor.kind, now=now
        )
        on = newer.on(now=now)
        dropped = tuple(one for one in before if one not in on)
        event = newer.event(
            EventType.CONSENT_HANDED_OVER,
            Cause.HOLDER_DECIDED,
            actor,
            before=GrantState.ACTIVE,
            after=GrantState.HANDED_OVER,
            purposes=on,
            receipt_id=receipt_id,
        )
        stopped = newer.event(
            EventType.CONSENT_WITHDRAWN,
            Cause.HOLDER_WITHDREW,
            actor,
            before=GrantState.ACTIVE,
            after=GrantState.WITHDRAWN,
            purposes=dropped,
            receipt_id=receipt_id,
        )
        told = (stopped, event) if dropped else (event,)
        await self.outbox.record(connection, *told, at=now)
        newer = await self.settle(
            connection, newer, cause=Cause.HOLDER_DECIDED, actor=actor, now=now
        )
        return Changed(held=newer, receipt_id=receipt_id, grants=tuple(grants))

    async def second_contact(
        self,
        connection: Connection,
        held: Held,
        guardian: Guardian,
        grants: Sequence[Grant],
        *,
        hours: int,
        now: datetime,
    ) -> UUID:
        """Write to a guardian again, who can still revoke; return the message's id."""
        content = SecondContact(
            purposes=_titles(held.profile, grants, guardian.language),
            link=await self.new_link(connection, held, guardian, now=now),
            hours=hours,
        )
        return await self.guardians.write(connection, guardian, content, now=now)

    async def await_second_contact(
        self,
        connection: Connection,
        subject_id: UUID,
        timers: Timers,
        *,
        giver_id: UUID | None = None,
        given_at: datetime | None = None,
        now: datetime,
    ) -> None:
        """Let the second contact about what was given fall due, and its end."""
        for kind, after in (
            (TimerKind.SECOND_CONTACT, timers.second_contact_after),
            (TimerKind.CONFIRM, timers.second_contact_before),
        ):
            await _add_timer(
                connection,
                subject_id,
                kind,
                due_at=now + after,
                about=given_at or now,
                giver_id=giver_id,
                now=now,
            )

    async def regroup(
        self,
        connection: Connection,
        held: Held,
        *,
        cause: Cause,
        actor: Actor,
        now: datetime,
    ) -> Held:
        """Let every grant stand as the quorums have it, and tell what is on by that.

        Nobody's quorum counts any more for a holder who decides alone.
        """
        if held.account.decision is not DecisionKind.ASK_GUARDIAN:
            return held
        before, newer = held.on(now=now), held
        say = await self.says.of(connection, held, now=now)
        steps = regrouped(held.profile, held.grants, say)
        for step, some in steps.items():
            newer = await self.accounts.move(connection, newer, some, step, now=now)
        waiting = steps.get(GrantStep.JOIN_PROVISIONALLY, ())
        for giver_id, given_at in {(one.giver_id, one.given_at) for one in waiting}:
            await self.await_second_contact(
                connection,
                held.account_id,
                held.profile.timers,
                giver_id=giver_id,
                given_at=given_at,
                now=now,
            )
        on = tuple(one for one in newer.on(now=now) if one not in before)
        if on and (waiting or GrantStep.JOIN in steps):
            event = newer.event(EventType.CONSENT_JOINED, cause, actor, purposes=on)
            await self.outbox.record(connection, event, at=now)
        return newer

    async def reviewed(
        self, connection: Connection, held: Held, *, actor: Actor, now: datetime
    ) -> Held:
        """End an age review: from now on the account waits for consent alone."""
        newer = await self.accounts.step(
            connection,
            held,
            AccountStep.ASK_CONSENT,
            cause=Cause.REVIEW_DECIDED,
            actor=actor,
            now=now,
        )
        return newer or held

    async def settle(
        self,
        connection: Connection,
        held: Held,
        *,
        cause: Cause,
        actor: Actor,
        now: datetime,
    ) -> Held:
        """Suspend the account that lacks essential consent, or let it go on again.

        Suspended, it is erased after a while, unless consent comes back.
        """
        if may_go_on(held.profile, held.grants, now=now):
            step = AccountStep.REGAIN_CONSENT
        else:
            step = AccountStep.LOSE_CONSENT
        newer = await self.accounts.step(
            connection, held, step, cause=cause, actor=actor, now=now
        )
        if newer is None:
            return held
        if newer.account.condition.suspended:
            await self.let_be_erased(connection, newer, now=now)
            days = _days(newer.profile.timers.suspended)
            letter = AccountSuspended(days=days)
            await self.accounts.write(connection, newer, letter, now=now)
        else:
            await store.delete_timers(connection, newer.account_id, TimerKind.ERASE)
            await self.accounts.write(connection, newer, AccountReactivated(), now=now)
        return newer

    async def go_on(
        self, connection: Connection, held: Held, *, actor: Actor, now: datetime
    ) -> Held:
        """Take back that an account is to be erased, unless it lacks consent."""
        await store.delete_timers(connection, held.account_id, TimerKind.ERASE)
        return await self.settle(
            connection, held, cause=Cause.REVIEW_DECIDED, actor=actor, now=now
        )

    async def let_be_erased(
        self,
        connection: Connection,
        held: Held,
        *,
        after: timedelta | None = None,
        now: datetime,
    ) -> None:
        """Let a suspended account be erased when its time is over."""
        await store.delete_timers(connection, held.account_id, TimerKind.ERASE)
        await _add_timer(
            connection,
            held.account_id,
            TimerKind.ERASE,
            due_at=now + (after or held.profile.timers.suspended),
            about=held.account.suspended_at or now,
            now=now,
        )

    async def erase(
        self,
        connection: Connection,
        account: AccountOutline,
        *,
        cause: Cause,
        actor: Actor,
        now: datetime,
    ) -> None:
        """Erase a locked account, and the guardians who have no other child here."""
        bound = await store.find_every_bond(connection, account.account_id)
        await self.accounts.erase(
            connection, account, cause=cause, actor=actor, now=now
        )
        await self.receipts.account_ended(connection, account.account_id, now=now)
        await self.guardians.forget_childless(connection, bound)

    async def new_link(
        self, connection: Connection, held: Held, guardian: Guardian, *, now: datetime
    ) -> str:
        """Return a fresh link by which a guardian sees and withdraws their consent."""
        token = new_token()
        ends = [one.ends_at for one in held.live() if one.ends_at is not None]
        link = Link(
            held.account_id,
            guardian.guardian_id,
            max([now, *ends]) + held.profile.timers.suspended + LINK_LASTS,
        )
        await store.add_link(connection, hash_token(token), link)
        return f"{self.base_url}{LINK_PATH}{token}"

    async def _end(  # noqa: PLR0917 -- all of them are what happens
        self,
        connection: Connection,
        held: Held,
        grants: Sequence[Grant],
        step: GrantStep,
        event_type: EventType,
        change: Change,
        *,
        actor: Actor,
        cause: Cause,
        now: datetime,
    ) -> Changed:
        """End *grants*: purposes off, receipt, events, and the account as it follows.

        What others agreed to, and is off by it, goes with them. Where the account lives
        on without them, what is on still is told as well.
        """
        newer = await self.accounts.move(connection, held, grants, step, now=now)
        newer = await self.regroup(connection, newer, cause=cause, actor=actor, now=now)
        over = _over(held, newer, grants)
        lives = may_go_on(newer.profile, newer.grants, now=now)
        if lives and change is Change.WITHDRAWN:
            change = Change.NARROWED
        receipt_id = await self.receipts.issue(
            connection, newer, over, change, by=actor.kind, now=now
        )
        await self._tell(
            connection,
            newer,
            over,
            event_type,
            cause,
            actor,
            receipt_id,
            now=now,
            before=_now(held, over)[0].state,
            after=moved(GrantState.PROVISIONAL, step),
        )
        if lives and change is Change.NARROWED:
            narrowed = newer.event(
                EventType.CONSENT_NARROWED,
                cause,
                actor,
                purposes=newer.on(now=now),
                receipt_id=receipt_id,
            )
            await self.outbox.record(connection, narrowed, at=now)
        newer = await self.settle(connection, newer, cause=cause, actor=actor, now=now)
        return Changed(held=newer, receipt_id=receipt_id, grants=over)

    async def _supersede(
        self,
        connection: Connection,
        held: Held,
        grants: Sequence[Grant],
        states: Collection[GrantState],
        *,
        now: datetime,
    ) -> Held:
        """Let *grants* take the place of what the same giver granted before."""
        newer = {one.grant_id for one in grants}
        granted = {(one.giver_id, one.purpose) for one in grants}
        older = [
            one
            for one in held.live()
            if one.state in states
            and one.grant_id not in newer
            and (one.giver_id, one.purpose) in granted
        ]
        return await self.accounts.move(
            connection, held, older, GrantStep.SUPERSEDE, now=now
        )

    async def _let_fall_due(
        self,
        connection: Connection,
        held: Held,
        grants: Sequence[Grant],
        *,
        now: datetime,
    ) -> None:
        """Let the second contact, the notices and the end of *grants* fall due."""
        timers, giver_id = held.profile.timers, grants[0].giver_id
        due: list[tuple[TimerKind, datetime, datetime]] = []
        if any(one.state is GrantState.PROVISIONAL for one in grants):
            await self.await_second_contact(
                connection, held.account_id, timers, giver_id=giver_id, now=now
            )
        ends_at = grants[0].ends_at
        if ends_at is not None:
            due += [
                (TimerKind.NOTICE, ends_at - notice, ends_at)
                for notice in timers.renewal_notices
            ]
            due.append((TimerKind.EXPIRE, ends_at, ends_at))
        for kind, at, about in due:
            await _add_timer(
                connection,
                held.account_id,
                kind,
                due_at=at,
                about=about,
                giver_id=giver_id,
                now=now,
            )

    async def _write_of_withdrawal(
        self, connection: Connection, changed: Changed, *, now: datetime
    ) -> None:
        """Tell each guardian who gave what is withdrawn now, with the receipt."""
        held, receipt_id = changed.held, changed.receipt_id
        given = {one.giver_id for one in changed.grants}
        lost = held.account.condition.suspended_for is Suspension.CONSENT
        for bond in await self.guardians.of(connection, held.account_id):
            if bond.guardian_id not in given or receipt_id is None:
                continue
            guardian = await self.guardians.read(connection, bond.guardian_id)
            purposes = _titles(held.profile, changed.grants, guardian.language)
            link = await self.new_link(connection, held, guardian, now=now)
            receipt = self.receipts.address(receipt_id)
            letter: ConsentNarrowed | ConsentWithdrawn = ConsentNarrowed(
                purposes=purposes, link=link, receipt=receipt
            )
            if lost:
                letter = ConsentWithdrawn(
                    purposes=purposes,
                    days=_days(held.profile.timers.suspended),
                    link=link,
                    receipt=receipt,
                )
            await self.guardians.write(connection, guardian, letter, now=now)

    async def _tell(  # noqa: PLR0917 -- all of them are what happened
        self,
        connection: Connection,
        held: Held,
        grants: Sequence[Grant],
        event_type: EventType,
        cause: Cause,
        actor: Actor,
        receipt_id: UUID | None,
        *,
        now: datetime,
        before: GrantState | None = None,
        after: GrantState | None = None,
    ) -> None:
        event = held.event(
            event_type,
            cause,
            actor,
            before=before,
            after=after or grants[0].state,
            purposes=_in_order(held.profile, grants),
            receipt_id=receipt_id,
        )
        await self.outbox.record(connection, event, at=now)


async def _add_timer(
    connection: Connection,
    subject_id: UUID,
    kind: TimerKind,
    *,
    due_at: datetime,
    about: datetime,
    giver_id: UUID | None = None,
    now: datetime,
) -> None:
    timer = Timer(
        timer_id=new_id(now),
        subject_id=subject_id,
        giver_id=giver_id,
        kind=kind,
        due_at=due_at,
        about=about,
    )
    await store.add_timer(connection, timer)


def grants_of(
    account_id: AccountId,
    purposes: Sequence[Purpose],
    *,
    profile: PolicyProfile,
    guardian_id: GuardianId,
    method: Method,
    verified_by: Method | None = None,
    policy_version: str,
    confirmed: bool = False,
    evidence: str | None = None,
    now: datetime,
) -> list[Grant]:
    """Return what a guardian grants: provisional until the second contact.

    Raises PurposesWrong for an account that rests on no verification.
    """
    rule = rule_of(method, verified_by)
    if rule is None:
        raise PurposesWrong
    waits = rule.second_contact and not confirmed
    return [
        Grant(
            grant_id=new_id(now),
            account_id=account_id,
            purpose=purpose.id,
            given_by=Giver.GUARDIAN,
            giver_id=guardian_id,
            method=method,
            strength=rule.strength,
            policy_version=policy_version,
            given_at=now,
            ends_at=now + profile.timers.consent_validity,
            state=GrantState.PROVISIONAL if waits else GrantState.ACTIVE,
            evidence=evidence,
        )
        for purpose in purposes
    ]


def _now(held: Held, grants: Sequence[Grant]) -> tuple[Grant, ...]:
    """Return *grants* as they are now."""
    wanted = {one.grant_id for one in grants}
    return tuple(one for one in held.grants if one.grant_id in wanted)


def _over(held: Held, newer: Held, ended: Sequence[Grant]) -> tuple[Grant, ...]:
    """Return what has *ended*, and what waits since because of it, as it is now."""
    parted = [
        now
        for now, before in zip(newer.grants, held.grants, strict=True)
        if now.state is GrantState.WAITING and before.state is not GrantState.WAITING
    ]
    return (*_now(newer, ended), *parted)


def _in_order(profile: PolicyProfile, grants: Sequence[Grant]) -> tuple[str, ...]:
    """Return the purposes of *grants*, each once: the profile's first, in its order."""
    named = {one.purpose for one in grants}
    known = [one.id for one in profile.purposes if one.id in named]
    return (*known, *sorted(named - set(known)))


def _titles(
    profile: PolicyProfile, grants: Sequence[Grant], language: str
) -> tuple[str, ...]:
    found = [profile.purpose(one) for one in _in_order(profile, grants)]
    return titles_of([one for one in found if one is not None], language)


def titles_of(purposes: Sequence[Purpose], language: str) -> tuple[str, ...]:
    """Return what the purposes are called in a language."""
    return tuple(in_language(one.title, language) for one in purposes)


def _days(duration: timedelta) -> int:
    return ceil(duration / timedelta(days=1))
