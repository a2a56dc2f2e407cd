"""A significant policy version: guardians are asked anew, once, told what changes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from service.accounts.held import Held, HeldAccounts
from service.consents import changes
from service.consents.flows import Consents
from service.consents.people import Guardians
from service.domain.accounts import AccountId
from service.domain.actors import TIMER
from service.domain.consent_rules import MeanWhile
from service.domain.events import Cause
from service.domain.languages import in_language
from service.domain.messages import ConsentAskedAnew
from service.domain.profiles import PolicyProfile, PolicyVersion
from service.guardians.asking_anew import AccountRequests
from service.kit.clock import Clock
from service.kit.database import Connection, Pool
from service.kit.due import do_due
from service.profiles.reader import Profiles


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """One look at the accounts whose consent is older than a policy version."""

    profile: PolicyProfile
    version: PolicyVersion
    older: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyChanges:
    """A step of the worker.

    Guardians are told when the version is published, with whatever notice the operator
    gives (TQ-8). When it takes effect, consent to what was before goes on, or stops
    where the profile says so; what is new is off until consented in any case (TM-5).
    """

    pool: Pool
    clock: Clock
    profiles: Profiles
    accounts: HeldAccounts
    guardians: Guardians
    consents: Consents
    requests: AccountRequests

    async def step(self) -> int:
        """Tell who was not told, stop what has to stop; return how many changed."""
        now, changed = self.clock.now(), 0
        for profile in self.profiles.values():
            for one in _published(profile, today=now.date()):
                changed += await do_due(
                    self.pool,
                    partial(changes.find_to_tell, profile.app, one.version, one.older),
                    partial(self._tell, one, now=now),
                    subject_of=lambda account_id: account_id,
                )
            if profile.consent.on_change is MeanWhile.STOPS:
                changed += await self._stop(profile, now=now)
        return changed

    async def _tell(
        self, one: Pass, connection: Connection, account_id: AccountId, *, now: datetime
    ) -> bool:
        held = await self.accounts.lock(connection, account_id, wait=False)
        version = one.version
        if held is None or not await changes.add_told(
            connection, account_id, version.version
        ):
            return False
        for bond in await self.guardians.of(connection, account_id):
            guardian = await self.guardians.read(connection, bond.guardian_id)
            words = in_language(version.changes, guardian.language)
            await self.requests.ask(
                connection,
                held,
                guardian,
                bond.relation,
                partial(_letter, version.version, words),
                cause=Cause.POLICY_CHANGED,
                actor=TIMER,
                policy_version=version.version,
                now=now,
            )
        return True

    async def _stop(self, profile: PolicyProfile, *, now: datetime) -> int:
        """Stop what was consented to before a version that is in force."""
        in_force = [
            one
            for one in _published(profile, today=now.date())
            if one.version.effective_date <= now.date()
        ]
        if not in_force:
            return 0
        older = in_force[-1].older
        return await do_due(
            self.pool,
            partial(changes.find_older, profile.app, older),
            partial(self._end, older, now=now),
            subject_of=lambda account_id: account_id,
        )

    async def _end(
        self,
        older: Sequence[str],
        connection: Connection,
        account_id: AccountId,
        *,
        now: datetime,
    ) -> bool:
        held: Held | None = await self.accounts.lock(connection, account_id, wait=False)
        if held is None:
            return False
        changed = await self.consents.endings.outdate(connection, held, older, now=now)
        return changed is not None


def _published(profile: PolicyProfile, *, today: date) -> Iterator[Pass]:
    """Yield the significant versions that are published, each with those before it."""
    names = [one.version for one in profile.policy_versions]
    for place, version in enumerate(profile.policy_versions):
        if place and version.significant and version.published_date <= today:
            yield Pass(profile=profile, version=version, older=names[:place])


def _letter(version: str, words: str, link: str) -> ConsentAskedAnew:
    return ConsentAskedAnew(policy_version=version, changes=words, link=link)
