"""Moving a registration on: to its next step, to an account, or to its end."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from service.accounts.flows import AccountFlows
from service.accounts.waiting import Standing
from service.audit import log as audit
from service.domain.accounts import AccountId
from service.domain.actors import TIMER, Actor
from service.domain.audit import Entry
from service.domain.consent import Relation
from service.domain.decisions import DecisionKind
from service.domain.events import Cause, EventType
from service.domain.forms import ContactKind
from service.domain.grants import Giver, Grant
from service.domain.messages import AccountOpened
from service.domain.refusals import (
    GuardianIsApplicant,
    GuardianUnavailable,
    IdentifierTaken,
    RegistrationEnded,
    RegistrationUnknown,
    StepNotDue,
)
from service.domain.registration import (
    Outline,
    RegistrationId,
    State,
    lifetime_ends,
    state_of,
)
from service.gate.checks import AgeCheck
from service.gate.decisions import AgeDecisions
from service.guardians.asking import GuardianRequests
from service.kit import idempotency
from service.kit.database import Connection
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
        account = account_of(registration, now=now)
        try:
            async with connection.transaction():
                await self._note(
                    connection,
                    registration,
                    EventType.REGISTRATION_COMPLETED,
                    cause,
                    actor,
                    now,
                )
                await self.accounts.open(
                    connection,
                    account,
                    standing.profile,
                    accepted_by=accepted_by,
                    grants=grants,
                    key=standing.key,
                    cause=cause,
                    actor=actor,
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
        await store.delete(connection, registration.registration_id)
        await store.add_end(connection, registration, completed=True, at=now)
        return True

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
        await self._note(
            connection, registration, EventType.REGISTRATION_ENDED, cause, actor, now
        )
        await self.requests.close(connection, registration_id, answered=False, now=now)
        await store.delete(connection, registration_id)
        await self.decisions.forget(connection, subject_id=registration_id)
        await idempotency.forget(connection, subject_id=registration_id)
        await self.vault.destroy(connection, registration_id)
        await store.add_end(connection, registration, completed=False, at=now)

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
        if due is not State.ASK_GUARDIAN or registration.guardian_email is None:
            return False
        await store.forget_guardian(connection, registration.registration_id)
        try:
            await self.requests.ask(
                connection,
                registration,
                standing.profile,
                guardian_email=registration.guardian_email,
                relation=Relation.PARENT,
                language=registration.language,
                key=key,
                now=now,
            )
        except (GuardianIsApplicant, GuardianUnavailable):
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
            await self.accounts.watch_age(connection, account_id, watch_from=watch_from)

    async def _greet(
        self, connection: Connection, standing: Standing, *, now: datetime
    ) -> None:
        message = to_applicant(standing.registration, AccountOpened())
        if message is not None:
            await self.messages.queue(connection, message, key=standing.key, at=now)

    async def _note(  # noqa: PLR0917 -- all of them are what happened
        self,
        connection: Connection,
        registration: Outline,
        event_type: EventType,
        cause: Cause,
        actor: Actor,
        now: datetime,
    ) -> None:
        event = registration.event(event_type, cause, actor, before=registration.state)
        await self.outbox.record(connection, event, at=now)
        entry = Entry(
            app=registration.app,
            subject_id=registration.registration_id,
            actor=actor,
            action=event_type,
            detail={"cause": cause},
        )
        await audit.record(connection, entry, at=now)


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
