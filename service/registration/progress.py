"""Moving a registration on: to its next step, to an account, or to its end."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from service.accounts.flows import AccountFlows, Opening
from service.accounts.waiting import Standing
from service.audit import log as audit
from service.domain.accounts import AccountId
from service.domain.actors import TIMER, Actor
from service.domain.audit import Entry
from service.domain.consent import Relation
from service.domain.decisions import DecisionKind
from service.domain.events import Cause, Event, EventType
from service.domain.forms import ContactKind
from service.domain.grants import Giver, Grant
from service.domain.messages import AccountOpened
from service.domain.refusals import (
    GuardianIsApplicant,
    GuardianUnavailable,
    IdentifierTaken,
    Refusal,
    RegistrationEnded,
    RegistrationUnknown,
    StepNotDue,
    TooManyRequests,
)
from service.domain.registration import (
    Outline,
    RegistrationId,
    State,
    lifetime_ends,
    state_of,
)
from service.gate.checks import AgeCheck, Passed
from service.gate.decisions import AgeDecisions
from service.guardians.asking import GuardianRequests
from service.kit import idempotency
from service.kit.database import Connection
from service.kit.queries import Write, write
from service.kit.secrets import KeyRing
from service.messages.flows import Messages
from service.outbox.flows import Outbox
from service.profiles.reader import Profiles
from service.registration import store
from service.registration.letters import to_applicant
from service.registration.opening import account_of, own_grants
from service.vault.flows import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What happens to registrations; every method runs in the caller's transaction."""

    profiles: Profiles
    keys: KeyRing
    vault: Vault
    decisions: AgeDecisions
    accounts: AccountFlows
    requests: GuardianRequests
    messages: Messages
    outbox: Outbox

    async def find(
        self, connection: Connection, registration_id: RegistrationId
    ) -> Standing | None:
        """Return a registration to look at, or None."""
        found = await store.find(connection, registration_id, keys=self.keys)
        if found is None:
            return None
        registration, key = found
        profile = self.profiles[registration.app]
        return Standing(registration=registration, profile=profile, key=key)

    async def lock(
        self, connection: Connection, registration_id: RegistrationId
    ) -> Standing | None:
        """Return a registration that nobody else changes now; None if it is gone."""
        if not await store.lock(connection, registration_id):
            return None
        return await self.find(connection, registration_id)

    async def lock_outline(
        self, connection: Connection, registration_id: RegistrationId
    ) -> Outline | None:
        """Return what needs no key to read of a registration, locked; None if gone."""
        if not await store.lock(connection, registration_id):
            return None
        return await store.find_outline(connection, registration_id)

    async def take(
        self, connection: Connection, registration_id: RegistrationId
    ) -> Standing:
        """Return the registration locked, or refuse because it is over or unknown."""
        standing = await self.lock(connection, registration_id)
        if standing is not None:
            return standing
        over = await store.find_end(connection, registration_id)
        if over is None:
            raise RegistrationUnknown
        raise StepNotDue if over[1] is State.COMPLETED else RegistrationEnded

    async def advance(
        self,
        connection: Connection,
        standing: Standing,
        *,
        cause: Cause,
        actor: Actor,
        now: datetime,
        proof_under_way: bool = False,
    ) -> State:
        """Put a registration at the step that is due, and return it.

        An admitted one opens its account; one whose guardian was named in the form,
        and whose own contact is now confirmed, has its guardian written to.
        """
        registration = standing.registration
        asked = await self._ask_if_due(connection, standing, now=now)
        state = state_of(
            registration.decision,
            unconfirmed=registration.unconfirmed(standing.profile),
            guardian_asked=asked,
            proof_under_way=proof_under_way,
            to_accept=registration.to_accept,
        )
        if state is State.COMPLETED:
            opened = await self.complete(
                connection,
                standing,
                grants=own_grants(standing, now=now),
                accepted_by=Giver.HOLDER,
                cause=cause,
                actor=actor,
                now=now,
            )
            return State.COMPLETED if opened else State.ENDED
        expires_at = lifetime_ends(
            standing.profile, state, started_at=registration.started_at, now=now
        )
        await store.move(
            connection, registration.registration_id, state, expires_at=expires_at
        )
        return state

    async def hold(
        self, connection: Connection, standing: Standing, *, until: datetime
    ) -> None:
        """Let a registration wait for a guardian *until* then, at least."""
        registration = standing.registration
        await store.move(
            connection,
            registration.registration_id,
            registration.state,
            expires_at=max(registration.expires_at, until),
        )

    async def rest_on(
        self,
        connection: Connection,
        standing: Standing,
        check: AgeCheck,
        *,
        now: datetime,
    ) -> Standing:
        """Let the registration rest on a newer age check, and forget the one before."""
        registration, decision = standing.registration, check.decision
        subject_id = registration.registration_id
        await self.decisions.record(
            connection, check, subject_id=subject_id, key=standing.key, at=now
        )
        await store.replace_decision(connection, subject_id, check.decision_id)
        await self.decisions.keep_only(
            connection, check.decision_id, subject_id=subject_id
        )
        newer = replace(
            registration,
            decision_id=check.decision_id,
            decision=decision.kind,
            band=decision.band,
        )
        return replace(standing, registration=newer)

    async def complete(
        self,
        connection: Connection,
        standing: Standing,
        *,
        grants: Sequence[Grant],
        accepted_by: Giver,
        cause: Cause,
        actor: Actor,
        now: datetime,
    ) -> bool:
        """Open the account; False when it ended instead (an identifier was taken)."""
        registration = standing.registration
        opening = self.opening(
            standing,
            grants=grants,
            accepted_by=accepted_by,
            cause=cause,
            actor=actor,
            now=now,
        )
        try:
            async with connection.transaction():
                await write(
                    connection,
                    *opening.writes,
                    store.deleting(registration.registration_id),
                    *self.outbox.recording(*opening.events, at=now),
                )
                await self._watch_age(connection, standing, now=now)
        except IdentifierTaken:
            await self.end(
                connection,
                standing,
                cause=Cause.IDENTIFIER_TAKEN,
                actor=actor,
                now=now,
            )
            return False
        await self._greet(connection, standing, now=now)
        return True

    def opening(
        self,
        standing: Standing,
        *,
        grants: Sequence[Grant],
        accepted_by: Giver,
        cause: Cause,
        actor: Actor,
        taken: type[Refusal] = IdentifierTaken,
        now: datetime,
    ) -> Opening:
        """Return what makes an account of the registration, to be run together.

        *taken* is raised when an identifier is somebody else's.
        """
        registration = standing.registration
        opening = self.accounts.opening(
            account_of(registration, now=now),
            standing.profile,
            accepted_by=accepted_by,
            grants=grants,
            key=standing.key,
            cause=cause,
            actor=actor,
            taken=taken,
        )
        completed, entry = _note(
            registration, EventType.REGISTRATION_COMPLETED, cause, actor
        )
        ending = store.adding_end(registration, completed=True, at=now)
        return Opening(
            writes=(*opening.writes, *audit.recording(entry, at=now), ending),
            events=(completed, *opening.events),
        )

    def watching_age(
        self, standing: Standing, decision: Passed, *, now: datetime
    ) -> list[Write]:
        """Return what lets an account that opens at once age up with its holder.

        It rests on a *decision* that is kept by the same statement.
        """
        registration = standing.registration
        watch_from = self.decisions.watch_from_decision(
            decision, registration, standing.profile, now=now
        )
        if watch_from is None:
            return []
        account_id = AccountId(registration.registration_id)
        return [self.accounts.watching_age(account_id, watch_from)]

    async def end(
        self,
        connection: Connection,
        standing: Standing,
        *,
        cause: Cause,
        actor: Actor,
        now: datetime,
    ) -> None:
        """End the registration: everything it held is deleted."""
        await self._end(
            connection, standing.registration, cause=cause, actor=actor, now=now
        )

    async def discard(
        self, connection: Connection, registration: Outline, *, now: datetime
    ) -> None:
        """End a registration whose time is over.

        Needs neither its data key nor its operator's profile, so that nothing is kept
        because one of them is gone (TM-4).
        """
        await self._end(
            connection, registration, cause=Cause.EXPIRED, actor=TIMER, now=now
        )

    async def _end(
        self,
        connection: Connection,
        registration: Outline,
        *,
        cause: Cause,
        actor: Actor,
        now: datetime,
    ) -> None:
        registration_id = registration.registration_id
        ended, entry = _note(registration, EventType.REGISTRATION_ENDED, cause, actor)
        await self.requests.close(connection, registration_id, answered=False, now=now)
        await write(
            connection,
            store.deleting(registration_id),
            store.adding_end(registration, completed=False, at=now),
            *audit.recording(entry, at=now),
            *self.outbox.recording(ended, at=now),
        )
        await self.decisions.forget(connection, subject_id=registration_id)
        await idempotency.forget(connection, subject_id=registration_id)
        await self.vault.destroy(connection, registration_id)

    async def _ask_if_due(
        self, connection: Connection, standing: Standing, *, now: datetime
    ) -> bool:
        """Tell whether a guardian was asked; ask the one named in the form if due."""
        registration, key = standing.registration, standing.key
        if registration.decision is not DecisionKind.ASK_GUARDIAN:
            return False
        found = await self.requests.find(
            connection, registration.registration_id, key=key
        )
        if found is not None:
            return True
        left = registration.unconfirmed(standing.profile)
        due = state_of(registration.decision, unconfirmed=left)
        if due is not State.ASK_GUARDIAN or registration.guardian_contact is None:
            return False
        await store.forget_guardian(connection, registration.registration_id)
        try:
            await self.requests.ask(
                connection,
                registration,
                standing.profile,
                guardian_contact=registration.guardian_contact,
                relation=Relation.PARENT,
                language=registration.language,
                key=key,
                now=now,
            )
        except (GuardianIsApplicant, GuardianUnavailable, TooManyRequests):
            return False  # the step stays due: the applicant names another guardian
        return True

    async def _watch_age(
        self, connection: Connection, standing: Standing, *, now: datetime
    ) -> None:
        """Let the account age up when its holder does, where a birthday matters."""
        watch_from = await self.decisions.watch_from(
            connection,
            standing.registration,
            standing.profile,
            key=standing.key,
            now=now,
        )
        if watch_from is not None:
            account_id = AccountId(standing.registration.registration_id)
            await write(connection, self.accounts.watching_age(account_id, watch_from))

    async def _greet(
        self, connection: Connection, standing: Standing, *, now: datetime
    ) -> None:
        message = to_applicant(standing.registration, AccountOpened())
        if message is not None:
            await self.messages.queue(connection, message, key=standing.key, at=now)


def _note(
    registration: Outline, event_type: EventType, cause: Cause, actor: Actor
) -> tuple[Event, Entry]:
    """Return what others are told, and what is written down, of a registration."""
    event = registration.event(event_type, cause, actor, before=registration.state)
    entry = Entry(
        app=registration.app,
        subject_id=registration.registration_id,
        actor=actor,
        action=event_type,
        detail={"cause": cause},
    )
    return event, entry


def accepted(
    standing: Standing, policy_version: str, purposes: tuple[str, ...]
) -> Standing:
    """Return the registration of somebody who has accepted the policy themself."""
    registration = replace(
        standing.registration,
        policy_version=policy_version,
        purposes=purposes,
        to_accept=False,
    )
    return replace(standing, registration=registration)


def confirmed(standing: Standing, kind: ContactKind) -> Standing:
    """Return the registration with one more contact confirmed."""
    registration = standing.registration
    return replace(
        standing,
        registration=replace(registration, confirmed=registration.confirmed | {kind}),
    )
