"""What is kept of a sign-up: a registration that waits, or an account at once."""

from dataclasses import dataclass
from datetime import datetime

from service.accounts.flows import AccountFlows
from service.accounts.waiting import Standing
from service.audit import log as audit
from service.domain.actors import APPLICANT
from service.domain.audit import Entry
from service.domain.events import Cause, Event, EventType
from service.domain.grants import Giver
from service.domain.profiles import PolicyProfile
from service.domain.refusals import UsernameTaken
from service.domain.registration import Registration, State
from service.gate.checks import AgeCheck
from service.gate.decisions import AgeDecisions
from service.kit.database import Connection
from service.kit.queries import Write, write
from service.outbox.flows import Outbox
from service.registration import store
from service.registration.contacts import ContactFlows
from service.registration.opening import opens_at_once, own_grants
from service.registration.progress import Progress
from service.vault.flows import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """Keeps new registrations, in the caller's transaction and in few round trips."""

    vault: Vault
    decisions: AgeDecisions
    accounts: AccountFlows
    contacts: ContactFlows
    progress: Progress
    outbox: Outbox

    async def keep(
        self,
        connection: Connection,
        profile: PolicyProfile,
        registration: Registration,
        check: AgeCheck,
        *,
        by_ticket: bool,
        now: datetime,
    ) -> Standing:
        """Keep a registration with the *check* it rests on, and go to its first step.

        One that waits for nothing is an account at once, by one statement. Raises
        TicketInvalid where the check is *by_ticket* and that was used before, and
        UsernameTaken.
        """
        if by_ticket:  # before what rests on its decision, which only one can
            until = now + profile.timers.gate_ticket
            await self.decisions.use_ticket(connection, check, until=until)
        subject_id = registration.registration_id
        key, creating = self.vault.creating(subject_id, at=now)
        entry = _entry(registration, check)
        writes = [
            creating,
            self.decisions.recording(check, subject_id=subject_id, key=key, at=now),
            *audit.recording(entry, at=now),
        ]
        standing = Standing(registration=registration, profile=profile, key=key)
        events = _events(registration, check)
        if opens_at_once(registration, profile):
            await self._open(connection, standing, check, writes, events, now=now)
            return standing.at(State.COMPLETED)
        return await self._wait(connection, standing, check, writes, events, now=now)

    async def _open(
        self,
        connection: Connection,
        standing: Standing,
        check: AgeCheck,
        writes: list[Write],
        events: list[Event],
        *,
        now: datetime,
    ) -> None:
        opening = self.progress.opening(
            standing,
            grants=own_grants(standing, now=now),
            accepted_by=Giver.HOLDER,
            cause=Cause.SIGN_UP,
            actor=APPLICANT,
            taken=UsernameTaken,
            now=now,
        )
        telling = self.outbox.recording(*events, *opening.events, at=now)
        watching = self.progress.watching_age(standing, check.decision, now=now)
        await write(connection, *writes, *opening.writes, *watching, *telling)

    async def _wait(
        self,
        connection: Connection,
        standing: Standing,
        check: AgeCheck,
        writes: list[Write],
        events: list[Event],
        *,
        now: datetime,
    ) -> Standing:
        registration, profile = standing.registration, standing.profile
        near = self.decisions.birthday_is_near(profile, check, now=now)
        writes.append(store.adding(registration, birthday_near=near, key=standing.key))
        if registration.username is not None:
            reserving = self.accounts.reserving_username(
                profile.app,
                registration.username,
                subject_id=registration.registration_id,
            )
            writes.append(reserving)
        await write(connection, *writes, *self.outbox.recording(*events, at=now))
        await self.contacts.send_first(connection, registration, profile, now=now)
        state = await self.progress.advance(
            connection, standing, cause=Cause.SIGN_UP, actor=APPLICANT, now=now
        )
        return standing.at(state)


def _events(registration: Registration, check: AgeCheck) -> list[Event]:
    """Return what others are told of a registration that begins."""
    return [
        registration.event(
            event_type, cause, APPLICANT, after=after, assurance=check.known
        )
        for event_type, cause, after in (
            (EventType.REGISTRATION_STARTED, Cause.SIGN_UP, None),
            (EventType.AGE_DECIDED, Cause.AGE_CHECK, check.decision.kind),
        )
    ]


def _entry(registration: Registration, check: AgeCheck) -> Entry:
    return Entry(
        app=registration.app,
        subject_id=registration.registration_id,
        actor=APPLICANT,
        action=EventType.REGISTRATION_STARTED,
        detail={
            "decision": check.decision.kind,
            "rule": check.decision.reason.rule,
        },
    )
