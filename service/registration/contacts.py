"""Confirming an applicant's own contacts by a code."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from service.accounts.budgets import budgets, spend
from service.accounts.flows import AccountFlows
from service.accounts.security_links import CHANNEL
from service.accounts.waiting import Standing
from service.domain.actors import APPLICANT
from service.domain.events import Cause, EventType
from service.domain.forms import ContactKind
from service.domain.messages import AlreadyRegistered, ContactCode, Message
from service.domain.profiles import PolicyProfile
from service.domain.refusals import CodesUsedUp, CodeWrong, StepNotDue
from service.domain.registration import Registration, RegistrationId, State
from service.kit import limits
from service.kit.clock import Clock
from service.kit.database import Connection, Pool, transaction
from service.kit.secrets import KeyRing
from service.kit.tokens import is_code, new_code
from service.messages.flows import Messages
from service.outbox.flows import Outbox
from service.registration import store
from service.registration.progress import Progress, confirmed
from service.vault.flows import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFlows:
    """Codes: sent, sent again, and typed in."""

    pool: Pool
    clock: Clock
    keys: KeyRing
    vault: Vault
    accounts: AccountFlows
    progress: Progress
    messages: Messages
    outbox: Outbox

    async def confirm(
        self, registration_id: RegistrationId, kind: ContactKind | None, code: str
    ) -> Registration:
        """Take a code, and go on to the next step when it is right.

        Without *kind* it is the only contact that is still to be confirmed.
        """
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            standing = await self.progress.take(connection, registration_id)
            due = _due(standing, kind)
            right = is_code(code) and await store.try_code(
                connection,
                registration_id,
                due,
                self._hash(registration_id, due, code),
                at=now,
            )
            if right:
                standing = await self._confirmed(connection, standing, due, now=now)
        if not right:  # the try is counted: say no only after the commit
            raise CodeWrong
        return standing.registration

    async def send_another(
        self, registration_id: RegistrationId, kind: ContactKind | None
    ) -> None:
        """Send another code; the one before is worth nothing from now on."""
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            standing = await self.progress.take(connection, registration_id)
            due, code = _due(standing, kind), new_code()
            kept = await store.replace_code(
                connection,
                registration_id,
                due,
                self._hash(registration_id, due, code),
                expires_at=now + standing.profile.timers.contact_code,
            )
            if not kept:
                raise CodesUsedUp
            registration, profile = standing.registration, standing.profile
            contact = registration.contact(due) or ""
            await self._spend(connection, profile, due, contact, now=now)
            await self._write(connection, registration, profile, due, code, now=now)

    async def check_budgets(
        self, profile: PolicyProfile, contacts: Mapping[ContactKind, str]
    ) -> None:
        """Raise TooManyRequests if a contact can't be written to; before any work.

        What is sent is counted with its sending, so that a repeat counts nothing.
        """
        now = self.clock.now()
        spent = [
            budget
            for kind, contact in sorted(contacts.items())
            if kind in profile.confirms
            for budget in budgets(profile.app, kind, contact)
        ]
        if not spent:
            return
        async with transaction(self.pool) as connection:
            for limit, key in spent:
                await limits.look(connection, self.keys, limit, key, now=now)

    async def _spend(
        self,
        connection: Connection,
        profile: PolicyProfile,
        kind: ContactKind,
        contact: str,
        *,
        now: datetime,
    ) -> None:
        await spend(connection, self.keys, profile.app, kind, contact, now=now)

    async def send_first(
        self,
        connection: Connection,
        registration: Registration,
        profile: PolicyProfile,
        *,
        now: datetime,
    ) -> None:
        """Send a code to each contact of a new registration."""
        for kind in sorted(registration.unconfirmed(profile)):
            code = new_code()
            await store.add_code(
                connection,
                registration.registration_id,
                kind,
                self._hash(registration.registration_id, kind, code),
                expires_at=now + profile.timers.contact_code,
            )
            contact = registration.contact(kind) or ""
            await self._spend(connection, profile, kind, contact, now=now)
            await self._write(connection, registration, profile, kind, code, now=now)

    async def _confirmed(
        self,
        connection: Connection,
        standing: Standing,
        kind: ContactKind,
        *,
        now: datetime,
    ) -> Standing:
        registration = standing.registration
        await store.confirm(connection, registration.registration_id, kind, at=now)
        event = registration.event(
            EventType.REGISTRATION_CONTACT_CONFIRMED,
            Cause.CONTACT_CONFIRMED,
            APPLICANT,
            after=kind,
        )
        await self.outbox.record(connection, event, at=now)
        standing = confirmed(standing, kind)
        state = await self.progress.advance(
            connection,
            standing,
            cause=Cause.CONTACT_CONFIRMED,
            actor=APPLICANT,
            now=now,
        )
        return standing.at(state)

    async def _write(
        self,
        connection: Connection,
        registration: Registration,
        profile: PolicyProfile,
        kind: ContactKind,
        code: str,
        *,
        now: datetime,
    ) -> None:
        """Write to a contact: its code, or, to an account's owner, a notice.

        Both ways the same statements run and one message is queued, so that whoever
        signs up learns nothing.
        """
        contact = registration.contact(kind)
        if contact is None:
            raise StepNotDue
        owner = await self.accounts.find_owner(connection, registration.app, contact)
        subject_id = owner or registration.registration_id
        key = await self.vault.key_of(connection, subject_id)
        minutes = round(profile.timers.contact_code / timedelta(minutes=1))
        message = Message(
            app=registration.app,
            subject_id=subject_id,
            channel=CHANNEL[kind],
            recipient=contact,
            language=registration.language,
            content=AlreadyRegistered()
            if owner
            else ContactCode(code=code, minutes=minutes),
        )
        await self.messages.queue(connection, message, key=key, at=now)

    def _hash(
        self, registration_id: RegistrationId, kind: ContactKind, code: str
    ) -> bytes:
        return self.keys.blind_index("contact code", str(registration_id), kind, code)


def _due(standing: Standing, kind: ContactKind | None) -> ContactKind:
    """Return the contact that is meant, or raise StepNotDue."""
    registration = standing.registration
    due = registration.unconfirmed(standing.profile)
    if registration.state is not State.CONFIRM_CONTACT or not due:
        raise StepNotDue
    if kind is None and len(due) == 1:
        return next(iter(due))
    if kind not in due:
        raise StepNotDue
    return kind
