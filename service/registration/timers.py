"""What happens to registrations by itself: they expire, and applicants age up."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from service.accounts.waiting import Standing
from service.domain.actors import TIMER
from service.domain.decisions import DecisionKind
from service.domain.events import Cause, EventType
from service.domain.messages import DecideYourself
from service.domain.profiles import AppName, LegalGround
from service.domain.registration import Outline, RegistrationId, State
from service.gate.decisions import AgeDecisions
from service.guardians.asking import GuardianRequests
from service.kit.clock import Clock
from service.kit.database import Connection, DatabaseUnavailable, Pool, transaction
from service.kit.database import connection as reading
from service.kit.logs import fault_of, log, place_of
from service.messages.flows import Messages
from service.outbox.flows import Outbox
from service.registration import store
from service.registration.letters import to_applicant
from service.registration.progress import Progress

BATCH: Final = 50
FIRST: Final = UUID(int=0)


class Find(Protocol):
    """Finds registrations that may be due, in order of id, after one."""

    async def __call__(
        self, connection: Connection, *, now: datetime, after: UUID, batch: int
    ) -> list[RegistrationId]:
        """Return up to *batch* of them."""
        ...


class Act(Protocol):
    """What a timer does to one registration; tells whether it changed anything."""

    async def __call__(
        self, connection: Connection, registration_id: RegistrationId, *, now: datetime
    ) -> bool:
        """Lock the registration and act, in one transaction."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationTimers:
    """Steps of the worker; several workers share the work, each row once."""

    pool: Pool
    clock: Clock
    decisions: AgeDecisions
    requests: GuardianRequests
    progress: Progress
    messages: Messages
    outbox: Outbox

    async def expire(self) -> int:
        """End registrations whose time is over, and return how many."""
        now = self.clock.now()
        return await self._each(store.find_expired, self._expire, now=now)

    async def age_up(self) -> int:
        """Let applicants decide themselves who reach the age while they wait."""
        now = self.clock.now()
        return await self._each(store.find_near_birthday, self._age_up, now=now)

    async def other_apps(
        self, connection: Connection, apps: Collection[str]
    ) -> list[AppName]:
        """Return the apps that have notes of ended registrations, but *apps*."""
        return await store.other_apps(connection, apps)

    async def sweep(
        self, connection: Connection, app: AppName, *, before: datetime
    ) -> int:
        """Delete the notes of registrations of *app* that ended before; how many."""
        return await store.sweep(connection, app, before=before)

    async def _each(self, find: Find, act: Act, *, now: datetime) -> int:
        """Act on each that is found, in a transaction each; return how many changed.

        One that fails is logged and left for the next time: it never keeps the others
        waiting, however many there are of its kind.
        """
        after, changed = FIRST, 0
        while True:
            async with reading(self.pool) as connection:
                found = await find(connection, now=now, after=after, batch=BATCH)
            if not found:
                return changed
            for registration_id in found:
                changed += await self._one(registration_id, act, now=now)
            after = found[-1]

    async def _one(
        self, registration_id: RegistrationId, act: Act, *, now: datetime
    ) -> bool:
        try:
            async with transaction(self.pool) as connection:
                return await act(connection, registration_id, now=now)
        except DatabaseUnavailable:
            raise  # nothing would work now: the loop waits
        except Exception as error:  # noqa: BLE001 -- whatever it is, others go on
            log().error(
                "timer_failed",
                fault=fault_of(error),
                where=place_of(error),
                subject_id=registration_id,
            )
            return False

    async def _expire(
        self, connection: Connection, registration_id: RegistrationId, *, now: datetime
    ) -> bool:
        """End a registration that is due, also one that can't be read any more."""
        due = await self.progress.lock_outline(connection, registration_id)
        if due is None or now < due.expires_at:
            return False  # it moved on since it was found
        if due.state is State.AWAITING_GUARDIAN:
            await self._tell(
                connection, due, EventType.CONSENT_EXPIRED, Cause.EXPIRED, now=now
            )
        await self.progress.discard(connection, due, now=now)
        return True

    async def _age_up(
        self, connection: Connection, registration_id: RegistrationId, *, now: datetime
    ) -> bool:
        standing = await self.progress.lock(connection, registration_id)
        if standing is None:
            return False
        registration = standing.registration
        if registration.decision is not DecisionKind.ASK_GUARDIAN:
            return False
        check = await self.decisions.after_birthday(
            connection, registration, standing.profile, key=standing.key, now=now
        )
        if check is None:
            return False
        older = await self.progress.rest_on(connection, standing, check, now=now)
        await self._tell(
            connection,
            older.registration,
            EventType.ACCOUNT_AGED_UP,
            Cause.BIRTHDAY,
            now=now,
        )
        if check.decision.kind is DecisionKind.ADMIT:
            await self._free(connection, older, now=now)
        return True

    async def _free(
        self, connection: Connection, standing: Standing, *, now: datetime
    ) -> None:
        """Call the guardian off, tell both in neutral words, and ask the applicant.

        They decide alone from now on, so no account is opened before they have
        accepted the policy themself.
        """
        registration = standing.registration
        await self.requests.call_off(
            connection, registration, key=standing.key, now=now
        )
        await store.decide_alone(connection, registration.registration_id)
        message = to_applicant(registration, DecideYourself())
        if message is not None:
            await self.messages.queue(connection, message, key=standing.key, at=now)
        alone = replace(registration, guardian_contact=None, to_accept=True)
        free = replace(standing, registration=alone)
        await self.progress.advance(
            connection, free, cause=Cause.BIRTHDAY, actor=TIMER, now=now
        )

    async def _tell(
        self,
        connection: Connection,
        registration: Outline,
        event_type: EventType,
        cause: Cause,
        *,
        now: datetime,
    ) -> None:
        event = registration.event(
            event_type, cause, TIMER, legal_ground=LegalGround.LEGAL_OBLIGATION
        )
        await self.outbox.record(connection, event, at=now)
