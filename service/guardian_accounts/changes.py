"""What changing a guardian's way in needs first, and what it causes."""

from dataclasses import dataclass
from datetime import datetime

from service.consents.guardian import Guardian
from service.consents.guardian_security import GuardianSecurityLinks
from service.consents.people import Guardians
from service.domain.authenticators import Factor
from service.domain.guardian_factors import GuardianCause, GuardianSession
from service.domain.refusals import GuardianTokenMissing
from service.guardian_accounts import factor_store, store
from service.guardian_accounts.opened import SignedIn, note, raise_session
from service.kit.database import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Changing:
    """A guardian whom nobody else changes now, and the factors they have."""

    guardian: Guardian
    enrolled: frozenset[Factor]


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianChanges:
    """Every factor comes and goes through here, so that none does silently.

    Every method runs in the caller's transaction.
    """

    guardians: Guardians
    links: GuardianSecurityLinks

    async def lock(self, connection: Connection, session: GuardianSession) -> Changing:
        """Return who is signed in, whom nobody else changes now."""
        enrolled = await factor_store.lock(connection, session.guardian_id)
        if enrolled is None:
            raise GuardianTokenMissing
        guardian = await self.guardians.read(connection, session.guardian_id)
        return Changing(guardian=guardian, enrolled=enrolled)

    async def begin(
        self, connection: Connection, session: GuardianSession, *, now: datetime
    ) -> Changing:
        """Return who is signed in, to be changed, or raise StepUpRequired.

        A stolen session may neither add a factor of the thief's nor take one away.
        """
        changing = await self.lock(connection, session)
        session.check_fresh(changing.enrolled, now=now)
        return changing

    async def added(
        self,
        connection: Connection,
        session: GuardianSession,
        guardian: Guardian,
        factor: Factor,
        cause: GuardianCause,
        *,
        now: datetime,
    ) -> SignedIn:
        """Tell of a new factor; the session goes on with it, under another token."""
        await self.told(connection, guardian, cause, now=now)
        return await raise_session(connection, guardian.app, session, factor, now=now)

    async def removed(
        self,
        connection: Connection,
        session: GuardianSession,
        guardian: Guardian,
        cause: GuardianCause,
        *,
        now: datetime,
    ) -> None:
        """Tell of what is gone; every other session ends."""
        await store.end_sessions(
            connection, session.guardian_id, keep=session.session_hash
        )
        await self.told(connection, guardian, cause, now=now)

    async def told(
        self,
        connection: Connection,
        guardian: Guardian,
        cause: GuardianCause,
        *,
        now: datetime,
    ) -> None:
        """Write down what was done, and write to the guardian of it."""
        guardian_id = guardian.guardian_id
        await note(connection, guardian.app, guardian_id, f"guardian.{cause}", now=now)
        await self.links.tell(connection, guardian_id, cause, now=now)
