"""What happens to registrations by itself: they expire, and applicants age up."""

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
from service.domain.registration import RegistrationId, State
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
        self, connection: Connection, standing: Standing, *, now: datetime
    ) -> bool:
        """Act in the transaction that locked the registration."""
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
                standing = await self.progress.lock(connection, registration_id)
                if standing is None:
                    return False
                return await act(connection, standing, now=now)
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
        self, connection: Connection, standing: Standing, *, now: datetime
    ) -> bool:
        registration = standing.registration
        if now < registration.expires_at:
            return False  # it moved on since it was found
        if registration.state is State.AWAITING_GUARDIAN:
            await self._tell(
                connection, standing, EventType.CONSENT_EXPIRED, Cause.EXPIRED, now=now
            )
        await self.progress.end(
            connection, standing, cause=Cause.EXPIRED, actor=TIMER, now=now
        )
        return True

    async def _age_up(
        self, connection: Connection, standing: Standing, *, now: datetime
    ) -> bool:
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
            connection, older, EventType.ACCOUNT_AGED_UP, Cause.BIRTHDAY, now=now
        )
        if check.decision.kind is DecisionKind.ADMIT:
            await self._free(connection, older, now=now)
        return True

    async def _free(
        self, connection: Connection, standing: Standing, *, now: datetime
    ) -> None:
        """Call the guardian off, tell both in neutral words, and go on alone."""
        registration = standing.registration
        await self.requests.call_off(
            connection, registration, key=standing.key, now=now
        )
        await store.forget_guardian(connection, registration.registration_id)
        message = to_applicant(registration, DecideYourself())
        if message is not None:
            await self.messages.queue(connection, message, key=standing.key, at=now)
        free = replace(
            standing, registration=replace(registration, guardian_email=None)
        )
        await self.progress.advance(
            connection, free, cause=Cause.BIRTHDAY, actor=TIMER, now=now
        )

    async def _tell(
        self,
        connection: Connection,
        standing: Standing,
        event_type: EventType,
        cause: Cause,
        *,
        now: datetime,
    ) -> None:
        event = standing.registration.event(
            event_type, cause, TIMER, legal_ground=LegalGround.LEGAL_OBLIGATION
        )
        await self.outbox.record(connection, event, at=now)
