"""What a guardian has granted, behind the link in their letters."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from service.accounts.held import Held, HeldAccounts
from service.audit import log as audit
from service.consents.flows import Consents
from service.consents.guardian import Guardian
from service.consents.links import Links
from service.consents.people import Guardians
from service.domain.actors import Actor, ActorKind
from service.domain.audit import Entry
from service.domain.consent import GuardianId, Relation
from service.domain.events import Cause
from service.domain.grants import Grant, may_go_on
from service.domain.messages import ConsentEnded, ConsentEnding, Content
from service.domain.profiles import PolicyProfile
from service.domain.refusals import ConsentLinkUnknown, GuardianUnavailable
from service.guardians.asking_anew import AccountRequests
from service.kit.clock import Clock
from service.kit.database import Connection, Pool, transaction
from service.kit.database import connection as reading
from service.kit.tokens import Token


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """What one guardian granted for one account, as they may see it.

    *several* guardians may have a say; whether they are *disputed* among themselves.
    """

    held: Held
    guardian: Guardian
    relation: Relation
    child: str | None
    several: bool
    disputed: bool
    now: datetime

    @property
    def profile(self) -> PolicyProfile:
        """Return the profile of the operator."""
        return self.held.profile

    @property
    def grants(self) -> Sequence[Grant]:
        """Return what this guardian granted and is live, the profile's order."""
        theirs = [
            one for one in self.held.live() if one.giver_id == self.guardian.guardian_id
        ]
        order = [one.id for one in self.profile.purposes]
        return sorted(
            (one for one in theirs if one.purpose in order),
            key=lambda one: order.index(one.purpose),
        )

    @property
    def goes_on(self) -> bool:
        """Tell whether the account has the consent it needs."""
        return may_go_on(self.profile, self.held.grants, now=self.now)


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantedFlows:
    """What guardians do about consent they gave."""

    pool: Pool
    clock: Clock
    held: HeldAccounts
    links: Links
    guardians: Guardians
    consents: Consents
    requests: AccountRequests

    async def look(self, token: Token) -> Granted:
        """Return what stands behind a link, and change nothing."""
        now = self.clock.now()
        async with reading(self.pool) as connection:
            return await self.behind(connection, token, lock=False, now=now)

    async def withdraw(self, token: Token, purposes: Collection[str] | None) -> Granted:
        """Withdraw consent for *purposes*, or all of it; with effect at once.

        Whoever reads the guardian's letters may: to withdraw must be as easy as to
        give (GDPR Art. 7(3)), and it only ever makes less of the child's data used.
        """
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            granted = await self.behind(connection, token, lock=True, now=now)
            guardian_id = granted.guardian.guardian_id
            actor = Actor(ActorKind.GUARDIAN, guardian_id)
            changed = await self.consents.withdrawals.withdraw(
                connection,
                granted.held,
                purposes,
                guardian_id=guardian_id,
                actor=actor,
                cause=Cause.GUARDIAN_WITHDREW,
                now=now,
            )
            if changed.grants:
                await _note(connection, granted, "consent.withdrawn", now=now)
            return await self.behind(connection, token, lock=False, now=now)

    async def ask_anew(self, token: Token) -> Granted:
        """Send the guardian a fresh link and code, to give consent again or more.

        Raises GuardianUnavailable where they must not be written to.
        """
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            granted = await self.behind(connection, token, lock=True, now=now)
            guardian_id = granted.guardian.guardian_id
            contact = granted.guardian.contact
            await self.requests.requests.spend(
                connection, granted.profile.app, contact, now=now
            )
            asked = await self.ask(
                connection,
                granted.held,
                granted.guardian,
                granted.relation,
                cause=Cause.GUARDIAN_ASKED,
                actor=Actor(ActorKind.GUARDIAN, guardian_id),
                now=now,
            )
            if not asked:
                raise GuardianUnavailable
            await _note(connection, granted, "consent.asked_anew", now=now)
        return granted

    async def ask(
        self,
        connection: Connection,
        held: Held,
        guardian: Guardian,
        relation: Relation,
        *,
        cause: Cause,
        actor: Actor,
        now: datetime,
    ) -> bool:
        """Ask a guardian to renew what ends, or to give what is missing."""
        ends = [
            one.ends_at
            for one in held.live()
            if one.giver_id == guardian.guardian_id and one.ends_at is not None
        ]
        suspended_at = held.account.suspended_at
        goes_on = not held.account.condition.suspended

        def letter(link: str) -> Content:
            if goes_on and ends:
                return ConsentEnding(days=_days(min(ends), now), link=link)
            erased_at = (suspended_at or now) + held.profile.timers.suspended
            return ConsentEnded(days=_days(erased_at, now), link=link)

        policy = held.profile.current_policy(now.date())
        return await self.requests.ask(
            connection,
            held,
            guardian,
            relation,
            letter,
            cause=cause,
            actor=actor,
            policy_version=policy.version,
            now=now,
        )

    async def behind(
        self, connection: Connection, token: Token, *, lock: bool, now: datetime
    ) -> Granted:
        """Return what stands behind a link, in the caller's transaction."""
        account_id, guardian_id = await self.links.find(connection, token, now=now)
        read = self.held.lock if lock else self.held.find
        held = await read(connection, account_id)
        if lock:  # the guardian's say may have ended while we waited
            await self.links.find(connection, token, now=now)
        relation = await self._relation(connection, held, guardian_id)
        if held is None or relation is None:
            raise ConsentLinkUnknown
        say = await self.consents.says.of(connection, held, now=now)
        return Granted(
            held=held,
            guardian=await self.guardians.read(connection, guardian_id),
            relation=relation,
            child=await self.held.username(connection, held),
            several=len(say.guardians) > 1,
            disputed=say.disputed,
            now=now,
        )

    async def _relation(
        self, connection: Connection, held: Held | None, guardian_id: GuardianId
    ) -> Relation | None:
        bonds = (
            [] if held is None else await self.guardians.of(connection, held.account_id)
        )
        return next(
            (one.relation for one in bonds if one.guardian_id == guardian_id), None
        )


async def _note(
    connection: Connection, granted: Granted, action: str, *, now: datetime
) -> None:
    entry = Entry(
        app=granted.profile.app,
        subject_id=granted.held.account_id,
        actor=Actor(ActorKind.GUARDIAN, granted.guardian.guardian_id),
        action=action,
    )
    await audit.record(connection, entry, at=now)


def _days(until: datetime, now: datetime) -> int:
    return max(1, -((now - until).days))
