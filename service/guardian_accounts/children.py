"""What a guardian who is signed in sees of each child, and does."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from service.accounts.budgets import spend
from service.accounts.flows import AccountFlows
from service.accounts.held import Held, HeldAccounts
from service.accounts.records import AccountRecords
from service.accounts.sessions import Sessions
from service.audit import log as audit
from service.consents.flows import Consents, grants_of
from service.consents.guarding import guarding_of
from service.consents.people import Guardians
from service.consents.says import Says
from service.domain import consent
from service.domain.accounts import AccountId, AccountState, Suspension
from service.domain.actors import Actor, ActorKind
from service.domain.audit import Done, Entry
from service.domain.consent import ConsentRequest, GuardianId
from service.domain.consent_methods import Method
from service.domain.events import Cause
from service.domain.grants import Giver
from service.domain.guardian_factors import GuardianSession, check_known
from service.domain.profiles import Purpose
from service.domain.refusals import (
    AccountSuspended,
    ChildUnknown,
    ConsentDisputed,
    PurposesWrong,
)
from service.guardians.granted import Granted
from service.guardians.second import Invitation, SecondGuardians
from service.kit.clock import Clock
from service.kit.database import Connection, Pool, transaction
from service.kit.database import connection as reading
from service.passwords.links import ResetLinks
from service.receipts.flows import Receipts

RECENT: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A child as a guardian who has a say may see it.

    *offered* are the purposes that this guardian can agree to here, without another
    message; *receipts* are the addresses of what is on record.
    """

    granted: Granted
    on: tuple[str, ...]
    offered: tuple[Purpose, ...]
    done: Sequence[Done]
    receipts: Sequence[str]
    joint: bool

    @property
    def held(self) -> Held:
        """Return the account."""
        return self.granted.held


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildrenFlows:
    """What guardians do, who are signed in."""

    pool: Pool
    clock: Clock
    held: HeldAccounts
    accounts: AccountFlows
    guardians: Guardians
    says: Says
    consents: Consents
    receipts: Receipts
    second: SecondGuardians
    records: AccountRecords
    sessions: Sessions
    reset_links: ResetLinks

    async def every(self, guardian_id: GuardianId) -> list[Child]:
        """Return the children about whom a guardian has a say, each once."""
        now = self.clock.now()
        async with reading(self.pool) as connection:
            return [
                await self._child(connection, guardian_id, one, now=now)
                for one in await self.guardians.children(connection, guardian_id)
            ]

    async def one(self, guardian_id: GuardianId, account_id: AccountId) -> Child:
        """Return one child, or raise ChildUnknown."""
        now = self.clock.now()
        async with reading(self.pool) as connection:
            return await self._child(connection, guardian_id, account_id, now=now)

    async def withdraw(
        self,
        guardian_id: GuardianId,
        account_id: AccountId,
        purposes: Collection[str] | None,
    ) -> Child:
        """Withdraw consent for *purposes*, or for everything; with effect at once."""
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            granted = await self._granted(connection, guardian_id, account_id, now=now)
            changed = await self.consents.withdraw(
                connection,
                granted.held,
                purposes,
                guardian_id=guardian_id,
                actor=_actor(guardian_id),
                cause=Cause.GUARDIAN_WITHDREW,
                now=now,
            )
            if changed.grants:
                await _note(connection, granted, "consent.withdrawn", now=now)
            return await self._child(connection, guardian_id, account_id, now=now)

    async def give(
        self,
        session: GuardianSession,
        account_id: AccountId,
        purposes: Collection[str],
    ) -> Child:
        """Agree to *purposes* and what is essential, as the guardian they are known as.

        Raises GuardianAccountInsufficient for who did not use a second factor, or was
        never verified, and PurposesWrong where that is not enough: then they are asked
        by mail.
        """
        now, method = self.clock.now(), Method.GUARDIAN_ACCOUNT
        guardian_id = session.guardian_id
        async with transaction(self.pool) as connection:
            granted = await self._granted(connection, guardian_id, account_id, now=now)
            held, profile = granted.held, granted.profile
            verified_by = await self.guardians.verified_by(connection, guardian_id)
            check_known(session.methods, session.enrolled, verified_by)
            chosen = consent.purposes_given(
                profile,
                purposes,
                method,
                country=held.account.country,
                today=now.date(),
                verified_by=verified_by,
            )
            policy = profile.current_policy(now.date())
            await self.accounts.accept(
                connection, account_id, policy, Giver.GUARDIAN, at=now
            )
            grants = grants_of(
                account_id,
                chosen,
                profile=profile,
                guardian_id=guardian_id,
                method=method,
                verified_by=verified_by,
                policy_version=policy.version,
                now=now,
            )
            await self.consents.given(
                connection,
                held,
                granted.guardian,
                grants,
                renewed=True,
                actor=_actor(guardian_id),
                now=now,
            )
            await _note(connection, granted, "consent.given", now=now)
            return await self._child(connection, guardian_id, account_id, now=now)

    async def export(
        self, guardian_id: GuardianId, account_id: AccountId
    ) -> Mapping[str, object]:
        """Return all that is kept of a child."""
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            granted = await self._granted(connection, guardian_id, account_id, now=now)
            held = granted.held
            kept = await self.held.export(connection, held)
            done = await audit.recent(connection, account_id, most=10_000)
            receipts = await self.receipts.of(connection, account_id)
            await _note(connection, granted, "account.exported", now=now)
        return {
            "exported_at": now,
            **kept,
            "consents": [
                {
                    "purpose": one.purpose,
                    "state": one.state,
                    "given_by": giver_of(one.giver_id, guardian_id, one.given_by),
                    "method": one.method,
                    "policy_version": one.policy_version,
                    "given_at": one.given_at,
                    "ends_at": one.ends_at,
                }
                for one in held.grants
            ],
            "receipts": [self.receipts.address(one) for one in receipts],
            "actions": [
                {"by": one.actor.kind, "action": one.action, "at": one.at}
                for one in done
            ],
        }

    async def erase(self, guardian_id: GuardianId, account_id: AccountId) -> None:
        """Erase a child's account, and all that it holds; at once, and for ever.

        Not while guardians disagree: what is gone nobody brings back.
        """
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            granted = await self._granted(connection, guardian_id, account_id, now=now)
            if granted.disputed:
                raise ConsentDisputed
            await _note(connection, granted, "account.erasure_requested", now=now)
            await self.consents.erase(
                connection,
                granted.held.account,
                cause=Cause.GUARDIAN_ERASED,
                actor=_actor(guardian_id),
                now=now,
            )

    async def invite(
        self, guardian_id: GuardianId, account_id: AccountId, wish: Invitation
    ) -> ConsentRequest:
        """Name another guardian, and return what they need to know."""
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            granted = await self._granted(connection, guardian_id, account_id, now=now)
            return await self.second.invite_by(connection, granted, wish, now=now)

    async def dispute(self, guardian_id: GuardianId, account_id: AccountId) -> Child:
        """Tell the operator that guardians disagree."""
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            granted = await self._granted(connection, guardian_id, account_id, now=now)
            await self.second.dispute_by(connection, granted, now=now)
            return await self._child(connection, guardian_id, account_id, now=now)

    async def end_sessions(
        self, guardian_id: GuardianId, account_id: AccountId
    ) -> None:
        """Sign a child out everywhere; whoever is just signing in begins again."""
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            await self._granted(connection, guardian_id, account_id, now=now)
            await self.sessions.raise_epoch(
                connection,
                account_id,
                cause=Cause.SIGNED_OUT,
                actor=_actor(guardian_id),
                now=now,
            )

    async def help_recover(self, guardian_id: GuardianId, account_id: AccountId) -> str:
        """Send a link that sets another password; return to whom it went.

        It goes to the child's own contact where there is one, as if the child had
        asked; else to this guardian, who opens it together with the child. Raises
        AccountSuspended where nobody gets back in, and TooManyRequests.
        """
        now, actor = self.clock.now(), _actor(guardian_id)
        async with transaction(self.pool) as connection:
            granted = await self._granted(connection, guardian_id, account_id, now=now)
            found = await self.records.find(connection, account_id)
            if found is None:
                raise ChildUnknown
            account, key = found
            closing = account.state is AccountState.CLOSING
            if closing or account.suspended_for is Suspension.AGE_REVIEW:
                raise AccountSuspended
            links, contacts = self.reset_links, [*account.confirmed.items()]
            if contacts:
                own = contacts[0]
                await spend(connection, links.keys, account.app, *own, now=now)
                await links.send(
                    connection, account, own, key=key, actor=actor, now=now
                )
                return "child"
            asking = guarding_of(granted.guardian)
            await links.help_child_recover(
                connection, account, actor=actor, guardian=asking, now=now
            )
            return "you"

    async def _granted(
        self,
        connection: Connection,
        guardian_id: GuardianId,
        account_id: AccountId,
        *,
        lock: bool = True,
        now: datetime,
    ) -> Granted:
        """Return a child's account, locked, or raise ChildUnknown."""
        read = self.held.lock if lock else self.held.find
        held = await read(connection, account_id)
        bonds = [] if held is None else await self.guardians.of(connection, account_id)
        bond = next((one for one in bonds if one.guardian_id == guardian_id), None)
        if held is None or bond is None:
            raise ChildUnknown
        say = await self.says.of(connection, held, now=now)
        return Granted(
            held=held,
            guardian=await self.guardians.read(connection, guardian_id),
            relation=bond.relation,
            child=await self.held.username(connection, held),
            several=len(bonds) > 1,
            disputed=say.disputed,
            now=now,
        )

    async def _child(
        self,
        connection: Connection,
        guardian_id: GuardianId,
        account_id: AccountId,
        *,
        now: datetime,
    ) -> Child:
        granted = await self._granted(
            connection, guardian_id, account_id, lock=False, now=now
        )
        held = granted.held
        on = () if held.account.condition.suspended else held.on(now=now)
        verified_by = await self.guardians.verified_by(connection, guardian_id)
        receipts = await self.receipts.of(connection, account_id)
        country = held.account.country
        return Child(
            granted=granted,
            on=on,
            offered=_offered(granted, verified_by, now=now),
            done=await audit.recent(connection, account_id, most=RECENT),
            receipts=[self.receipts.address(one) for one in receipts[::-1]],
            joint=self.says.is_joint(held.profile, country, now=now),
        )


def _offered(
    granted: Granted, verified_by: Method | None, *, now: datetime
) -> tuple[Purpose, ...]:
    """Return what a guardian can agree to, as who they are known to be."""
    profile, found = granted.profile, list[Purpose]()
    for one in profile.purposes:
        try:
            consent.purposes_given(
                profile,
                [one.id],
                Method.GUARDIAN_ACCOUNT,
                country=granted.held.account.country,
                today=now.date(),
                verified_by=verified_by,
            )
        except PurposesWrong:
            continue
        found.append(one)
    return tuple(found)


def giver_of(giver_id: UUID, guardian_id: GuardianId, kind: Giver) -> str:
    """Return who gave consent, as one guardian may know it."""
    if giver_id == guardian_id:
        return "you"
    return "child" if kind is Giver.HOLDER else "other_guardian"


def _actor(guardian_id: GuardianId) -> Actor:
    return Actor(ActorKind.GUARDIAN, guardian_id)


async def _note(
    connection: Connection, granted: Granted, action: str, *, now: datetime
) -> None:
    entry = Entry(
        app=granted.profile.app,
        subject_id=granted.held.account_id,
        actor=_actor(granted.guardian.guardian_id),
        action=action,
    )
    await audit.record(connection, entry, at=now)
