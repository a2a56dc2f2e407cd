"""What a guardian who is signed in sees of each child."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from service.accounts.held import Held, HeldAccounts
from service.audit import log as audit
from service.consents.people import Guardians
from service.consents.says import Says
from service.domain import consent
from service.domain.accounts import AccountId
from service.domain.actors import Actor, ActorKind
from service.domain.audit import Done, Entry
from service.domain.consent import GuardianId
from service.domain.consent_methods import Method
from service.domain.grants import Giver
from service.domain.profiles import Purpose
from service.domain.refusals import (
    ChildUnknown,
    PurposesWrong,
)
from service.guardians.granted import Granted
from service.kit.clock import Clock
from service.kit.database import Connection, Pool
from service.kit.database import connection as reading
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
class Children:
    """The children of guardians, who are signed in."""

    pool: Pool
    clock: Clock
    held: HeldAccounts
    guardians: Guardians
    says: Says
    receipts: Receipts

    async def every(self, guardian_id: GuardianId) -> list[Child]:
        """Return the children about whom a guardian has a say, each once."""
        now = self.clock.now()
        async with reading(self.pool) as connection:
            return [
                await self.child(connection, guardian_id, one, now=now)
                for one in await self.guardians.children(connection, guardian_id)
            ]

    async def one(self, guardian_id: GuardianId, account_id: AccountId) -> Child:
        """Return one child, or raise ChildUnknown."""
        now = self.clock.now()
        async with reading(self.pool) as connection:
            return await self.child(connection, guardian_id, account_id, now=now)

    async def granted(
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

    async def child(
        self,
        connection: Connection,
        guardian_id: GuardianId,
        account_id: AccountId,
        *,
        now: datetime,
    ) -> Child:
        """Return one child, in the caller's transaction, or raise ChildUnknown."""
        granted = await self.granted(
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


def guardian_actor(guardian_id: GuardianId) -> Actor:
    """Return a guardian as the one who acts."""
    return Actor(ActorKind.GUARDIAN, guardian_id)


async def note(
    connection: Connection, granted: Granted, action: str, *, now: datetime
) -> None:
    """Note in the action log what a guardian did."""
    entry = Entry(
        app=granted.profile.app,
        subject_id=granted.held.account_id,
        actor=guardian_actor(granted.guardian.guardian_id),
        action=action,
    )
    await audit.record(connection, entry, at=now)
