"""Accounts under their lock: what holds of them, and what consent and age change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Self
from uuid import UUID

from service.accounts import held_store, store
from service.accounts.sessions import Sessions
from service.audit import log as audit
from service.domain.accounts import (
    ERASED,
    AccountId,
    AccountOutline,
    AccountStep,
    stepped,
)
from service.domain.actors import TIMER, Actor
from service.domain.audit import Entry
from service.domain.decisions import DecisionKind
from service.domain.events import Cause, Event, EventType
from service.domain.forms import ContactKind
from service.domain.grants import LIVE, Grant, GrantStep, moved, purposes_on
from service.domain.messages import Channel, Content, Message
from service.domain.profiles import LegalGround, PolicyProfile
from service.gate.checks import PROVEN, AgeCheck
from service.gate.decisions import AgeDecisions
from service.kit import idempotency
from service.kit.database import Connection
from service.kit.secrets import SealingKey
from service.messages.flows import Messages
from service.outbox.flows import Outbox
from service.profiles.reader import Profiles
from service.vault.flows import Vault

WATCHED: Final = 500

CHANNEL: Final = {
    ContactKind.EMAIL: Channel.EMAIL,
    ContactKind.PHONE: Channel.SMS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An account under its lock, its operator's profile and all that was granted."""

    account: AccountOutline
    profile: PolicyProfile
    grants: tuple[Grant, ...]
    key: SealingKey

    @property
    def account_id(self) -> AccountId:
        """Return the account's id."""
        return self.account.account_id

    def on(self, *, now: datetime) -> tuple[str, ...]:
        """Return the purposes that are granted now."""
        return purposes_on(self.profile, self.grants, now=now)

    def live(self) -> tuple[Grant, ...]:
        """Return the grants of which something can still become."""
        return tuple(one for one in self.grants if one.live)

    def with_grants(self, *grants: Grant) -> Self:
        """Return the account with *grants* as they are now, new ones among them."""
        newer = {one.grant_id: one for one in grants}
        kept = [newer.pop(one.grant_id, one) for one in self.grants]
        return replace(self, grants=(*kept, *newer.values()))

    def event(
        self,
        event_type: EventType,
        cause: Cause,
        actor: Actor,
        *,
        before: str | None = None,
        after: str | None = None,
        purposes: tuple[str, ...] = (),
        receipt_id: UUID | None = None,
    ) -> Event:
        """Return what happened to this account, as others are told."""
        return Event(
            type=event_type,
            subject_id=self.account_id,
            app=self.account.app,
            cause=cause,
            actor=actor,
            before=before,
            after=after,
            policy_version=self.account.policy_version or None,
            legal_ground=LegalGround.LEGAL_OBLIGATION,
            purposes=purposes,
            age_band=self.account.band,
            receipt_id=receipt_id,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldAccounts:
    """What can be done with accounts; every method runs in the caller's transaction."""

    profiles: Profiles
    vault: Vault
    decisions: AgeDecisions
    sessions: Sessions
    messages: Messages
    outbox: Outbox

    async def find(self, connection: Connection, account_id: AccountId) -> Held | None:
        """Return an account to look at, or None."""
        account = await held_store.find_outline(connection, account_id)
        if account is None:
            return None
        return Held(
            account=account,
            profile=self.profiles[account.app],
            grants=tuple(await held_store.find_grants(connection, account_id)),
            key=await self.vault.key_of(connection, account_id),
        )

    async def outline(
        self, connection: Connection, account_id: AccountId
    ) -> AccountOutline | None:
        """Return what needs no key and no profile to read of an account, or None."""
        return await held_store.find_outline(connection, account_id)

    async def lock(
        self, connection: Connection, account_id: AccountId, *, wait: bool = True
    ) -> Held | None:
        """Return an account that nobody else changes now; None if it is gone.

        Without *wait*, also None while somebody else works on it.
        """
        if not await _lock(connection, account_id, wait=wait):
            return None
        return await self.find(connection, account_id)

    async def lock_outline(
        self, connection: Connection, account_id: AccountId, *, wait: bool = True
    ) -> AccountOutline | None:
        """Return what needs no key to read of an account, locked; None if gone."""
        if not await _lock(connection, account_id, wait=wait):
            return None
        return await held_store.find_outline(connection, account_id)

    async def username(self, connection: Connection, held: Held) -> str | None:
        """Return what the holder is called, if anything."""
        holder = await held_store.find_holder(connection, held.account_id, key=held.key)
        return holder.username

    async def contacts(
        self, connection: Connection, held: Held
    ) -> Mapping[ContactKind, str]:
        """Return the holder's confirmed contacts."""
        holder = await held_store.find_holder(connection, held.account_id, key=held.key)
        return holder.contacts

    async def export(self, connection: Connection, held: Held) -> Mapping[str, object]:
        """Return all that is kept of an account's holder (GDPR Art. 15 and 20)."""
        return await held_store.find_everything(
            connection, held.account_id, key=held.key
        )

    async def given_by(self, connection: Connection, giver_id: UUID) -> list[AccountId]:
        """Return the accounts that live grants of one giver stand for."""
        return await held_store.find_given_by(connection, giver_id)

    async def add_grants(
        self, connection: Connection, held: Held, grants: Sequence[Grant]
    ) -> Held:
        """Keep what was granted, and return the account with it."""
        await held_store.add_grants(connection, grants)
        return held.with_grants(*grants)

    async def move(
        self,
        connection: Connection,
        held: Held,
        grants: Sequence[Grant],
        step: GrantStep,
        *,
        now: datetime,
    ) -> Held:
        """Take *step* with those of *grants* that can, and return the account since.

        Where a purpose is off by it, every token that carries purposes is outdated.
        """
        changed: list[Grant] = []
        for state in {one.state for one in grants}:
            after = moved(state, step)
            if after is None:
                continue
            some = [one for one in grants if one.state is state]
            ended_at = None if after in LIVE else now
            await held_store.move_grants(connection, some, after, ended_at=ended_at)
            changed += [replace(one, state=after) for one in some]
        newer = held.with_grants(*changed)
        if set(newer.on(now=now)) != set(held.on(now=now)):
            await self.sessions.renew(connection, held.account_id)
        return newer

    async def step(
        self,
        connection: Connection,
        held: Held,
        step: AccountStep,
        *,
        cause: Cause,
        actor: Actor,
        now: datetime,
    ) -> Held | None:
        """Suspend the account or let it go on; None where *step* changes nothing.

        Whoever is signed in to one that is suspended has to sign in again.
        """
        before = held.account
        after = stepped(before.condition, step)
        if after is None:
            return None
        since = None if not after.suspended else (before.suspended_at or now)
        account = before.at(after, since=since)
        await held_store.change_condition(connection, account)
        if after.suspended:
            await self.sessions.raise_epoch(
                connection, account.account_id, cause=cause, actor=actor, now=now
            )
        else:
            await self.sessions.renew(connection, account.account_id)
        newer = replace(held, account=account)
        event_type = (
            EventType.ACCOUNT_SUSPENDED
            if after.suspended
            else EventType.ACCOUNT_REACTIVATED
        )
        event = newer.event(
            event_type,
            cause,
            actor,
            before=before.condition.suspended_for or before.condition.state,
            after=after.suspended_for or after.state,
            purposes=() if after.suspended else newer.on(now=now),
        )
        await self.outbox.record(connection, event, at=now)
        await self._note(connection, account, actor, event_type, cause, now=now)
        return newer

    async def find_come_of_age(
        self, connection: Connection, *, now: datetime, after: UUID
    ) -> tuple[UUID | None, list[AccountId]]:
        """Return the accounts whose holders have had a birthday that matters.

        Of those that are watched, as many as are looked at in one go after the account
        *after*; with where to go on, None at the end.
        """
        watched = await held_store.find_watched(
            connection, now=now, after=after, batch=WATCHED
        )
        if not watched:
            return None, []
        known = [one for one in watched if one.app in self.profiles]
        reached = await self.decisions.come_of_age(
            connection,
            {one.decision_id: (self.profiles[one.app], one.country) for one in known},
            keys=self.vault.keys,
            now=now,
        )
        due = [one.account_id for one in known if one.decision_id in reached]
        return watched[-1].account_id, due

    async def age_up(
        self, connection: Connection, held: Held, *, now: datetime
    ) -> Held | None:
        """Let the account rest on what its holder's birthday leads to; None before it.

        Whoever needed a guardian and decides alone from now on has yet to say their
        own word about what was granted for them.
        """
        account, profile = held.account, held.profile
        check = await self.decisions.after_birthday(
            connection, account, profile, key=held.key, now=now
        )
        if check is None:
            return None
        decision = check.decision
        freed = account.decision is DecisionKind.ASK_GUARDIAN
        freed = freed and decision.kind is DecisionKind.ADMIT
        due = account.own_word_due or freed
        before = replace(held, account=replace(account, own_word_due=due))
        newer = await self.rest_on(connection, before, check, now=now)
        older = newer.account
        event = newer.event(
            EventType.ACCOUNT_AGED_UP,
            Cause.BIRTHDAY,
            TIMER,
            before=account.band,
            after=older.band,
        )
        await self.outbox.record(connection, event, at=now)
        await self._note(
            connection,
            older,
            TIMER,
            EventType.ACCOUNT_AGED_UP,
            Cause.BIRTHDAY,
            now=now,
        )
        return newer

    async def rest_on(
        self, connection: Connection, held: Held, check: AgeCheck, *, now: datetime
    ) -> Held:
        """Let the account rest on a newer decision about its holder's age."""
        account_id, decision = held.account_id, check.decision
        await self.decisions.record(
            connection, check, subject_id=account_id, key=held.key, at=now
        )
        newer = replace(
            held.account,
            decision_id=check.decision_id,
            decision=decision.kind,
            band=decision.band,
            assured=check.known in PROVEN,
        )
        await held_store.grow_up(
            connection,
            account_id,
            check.decision_id,
            decision.band,
            own_word_due=newer.own_word_due,
        )
        await self.decisions.keep_only(
            connection, check.decision_id, subject_id=account_id
        )
        watch_from = await self.decisions.watch_from(
            connection, newer, held.profile, key=held.key, now=now
        )
        await held_store.watch_age(connection, account_id, watch_from=watch_from)
        await self.sessions.renew(connection, account_id)
        return replace(held, account=newer)

    async def move_to(self, connection: Connection, held: Held, country: str) -> Held:
        """Note where the holder lives from now on."""
        await held_store.move_to(connection, held.account_id, country)
        return replace(held, account=replace(held.account, country=country))

    async def own_word_given(self, connection: Connection, held: Held) -> Held:
        """Note that the holder has decided about what a guardian had consented to."""
        await held_store.own_word_given(connection, held.account_id)
        return replace(held, account=replace(held.account, own_word_due=False))

    async def write(
        self, connection: Connection, held: Held, content: Content, *, now: datetime
    ) -> None:
        """Write to the holder at a confirmed contact, where there is one."""
        holder = await held_store.find_holder(connection, held.account_id, key=held.key)
        for kind, channel in CHANNEL.items():
            contact = holder.contacts.get(kind)
            if contact is not None and channel in content.channels:
                message = Message(
                    app=held.account.app,
                    subject_id=held.account_id,
                    channel=channel,
                    recipient=contact,
                    language=held.account.language,
                    content=content,
                )
                await self.messages.queue(connection, message, key=held.key, at=now)
                return

    async def erase(
        self,
        connection: Connection,
        account: AccountOutline,
        *,
        cause: Cause,
        actor: Actor,
        now: datetime,
    ) -> None:
        """Erase a locked account: all that it held, and the key it was sealed with.

        Needs neither the data key nor the operator's profile, so that nothing is kept
        because one of them is gone. What follows for guardians is the caller's.
        """
        account_id, condition = account.account_id, account.condition
        event = Event(
            type=EventType.ACCOUNT_ERASED,
            subject_id=account_id,
            app=account.app,
            cause=cause,
            actor=actor,
            before=condition.suspended_for or condition.state,
            after=ERASED,
            policy_version=account.policy_version or None,
            legal_ground=LegalGround.LEGAL_OBLIGATION,
            age_band=account.band,
        )
        await self.outbox.record(connection, event, at=now)
        await self.sessions.erase(connection, account_id)
        await held_store.delete(connection, account_id)
        await self.decisions.forget(connection, subject_id=account_id)
        await idempotency.forget(connection, subject_id=account_id)
        await self.vault.destroy(connection, account_id)
        await self._note(
            connection, account, actor, EventType.ACCOUNT_ERASED, cause, now=now
        )

    async def _note(
        self,
        connection: Connection,
        account: AccountOutline,
        actor: Actor,
        action: EventType,
        cause: Cause,
        *,
        now: datetime,
    ) -> None:
        entry = Entry(
            app=account.app,
            subject_id=account.account_id,
            actor=actor,
            action=action,
            detail={"cause": cause},
        )
        await audit.record(connection, entry, at=now)


async def _lock(connection: Connection, account_id: AccountId, *, wait: bool) -> bool:
    if wait:
        return await store.lock(connection, account_id)
    return await held_store.lock_if_free(connection, account_id)
