"""Asking a guardian: one request a registration, few messages, a fresh link each."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from service.accounts.budgets import spend
from service.domain import consent
from service.domain.actors import APPLICANT
from service.domain.consent import ConsentRequest, ConsentRequestId, Relation
from service.domain.events import Cause, EventType
from service.domain.forms import ContactKind
from service.domain.guardian_contacts import GuardianContact
from service.domain.messages import (
    ConsentNoLongerNeeded,
    GuardianAsked,
    GuardianReminder,
)
from service.domain.profiles import AppName, LegalGround, PolicyProfile
from service.domain.refusals import GuardianUnavailable, SendsUsedUp, StepNotDue
from service.domain.registration import Registration, RegistrationId
from service.guardians import link_store, mailbox_store, store
from service.guardians.letters import to_guardian
from service.kit.database import Connection
from service.kit.ids import new_id
from service.kit.secrets import KeyRing, SealingKey
from service.kit.tokens import Token, hash_token, new_code, new_token
from service.messages.flows import Messages
from service.outbox.flows import Outbox

LINK_PATH: Final = "/guardian/"
LINK_ENDS_KEPT: Final = timedelta(days=30)
BARRED_KEPT: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianRequests:
    """The requests that registrations wait for."""

    base_url: str
    keys: KeyRing
    messages: Messages
    outbox: Outbox

    async def ask(
        self,
        connection: Connection,
        registration: Registration,
        profile: PolicyProfile,
        *,
        guardian_contact: GuardianContact,
        relation: Relation,
        language: str,
        key: SealingKey,
        now: datetime,
    ) -> ConsentRequest:
        """Write to a guardian, in the transaction that locked the registration.

        Raises GuardianIsApplicant, or GuardianUnavailable when the address was given
        for too many children today; whoever said "not my child" is never written to,
        and the applicant is not told.
        """
        consent.check_guardian(guardian_contact, registration.contacts)
        await self.spend(connection, registration.app, guardian_contact, now=now)
        await self.count(
            connection, guardian_contact, registration.registration_id, now=now
        )
        request = ConsentRequest(
            consent_request_id=ConsentRequestId(new_id(now)),
            registration_id=registration.registration_id,
            app=registration.app,
            guardian_contact=guardian_contact,
            relation=relation,
            language=language,
            match_code=new_code(),
            opened=False,
            tries_left=consent.MATCH_CODE_TRIES,
            sends=1,
            asked_at=now,
            link_expires_at=now + profile.timers.consent_link,
        )
        token = new_token()
        await store.add(
            connection,
            request,
            link_hash=hash_token(token),
            key=key,
        )
        await self._write(connection, request, profile, token, key=key, now=now)
        await self._tell(connection, registration, now=now)
        return request

    async def count(
        self,
        connection: Connection,
        guardian_contact: GuardianContact,
        subject_id: RegistrationId,
        *,
        now: datetime,
    ) -> None:
        """Count one more child for a contact, or raise GuardianUnavailable."""
        index = self.index(guardian_contact)
        since = now - consent.CHILDREN_WINDOW
        asked = await mailbox_store.count_asked(connection, index, since=since)
        if asked >= consent.CHILDREN_A_DAY:
            raise GuardianUnavailable
        await mailbox_store.add_asked(connection, index, subject_id, at=now)

    async def spend(
        self,
        connection: Connection,
        app: AppName,
        contact: GuardianContact,
        *,
        now: datetime,
    ) -> None:
        """Count a text to a guardian's phone, or raise TooManyRequests.

        Texts cost money, and somebody may earn on them: whoever has them sent, they
        count against the number's own budget and that of the app.
        """
        if contact.kind is ContactKind.PHONE:
            await spend(
                connection, self.keys, app, contact.kind, contact.address, now=now
            )

    async def correct(
        self,
        connection: Connection,
        registration: Registration,
        request: ConsentRequest,
        profile: PolicyProfile,
        *,
        guardian_contact: GuardianContact,
        relation: Relation,
        language: str,
        key: SealingKey,
        now: datetime,
    ) -> ConsentRequest:
        """Write to another address, since nothing could be delivered to the first.

        Twice at most; then SendsUsedUp is raised.
        """
        if request.corrections_left <= 0:
            raise SendsUsedUp
        consent.check_guardian(guardian_contact, registration.contacts)
        await self.spend(connection, registration.app, guardian_contact, now=now)
        await self.count(
            connection, guardian_contact, registration.registration_id, now=now
        )
        corrected = replace(
            request,
            guardian_contact=guardian_contact,
            relation=relation,
            language=language,
            bounced=False,
        )
        await store.correct(connection, corrected, key=key)
        again = await self._fresh(connection, corrected, profile, key=key, now=now)
        await self._tell(connection, registration, now=now)
        return again

    async def ask_again(
        self,
        connection: Connection,
        request: ConsentRequest,
        profile: PolicyProfile,
        *,
        key: SealingKey,
        now: datetime,
    ) -> ConsentRequest:
        """Write once more to the stored address; the link before is spent."""
        if request.awaits_contact:
            raise StepNotDue  # it is answered, and waits for the second contact
        if request.sends_left <= 0:
            raise SendsUsedUp
        await self.spend(connection, request.app, request.guardian_contact, now=now)
        return await self._fresh(connection, request, profile, key=key, now=now)

    async def _fresh(
        self,
        connection: Connection,
        request: ConsentRequest,
        profile: PolicyProfile,
        *,
        key: SealingKey,
        now: datetime,
    ) -> ConsentRequest:
        token = new_token()
        again = replace(
            request,
            sends=request.sends + 1,
            link_expires_at=now + profile.timers.consent_link,
            bounced=False,
        )
        old = await link_store.link_of(connection, request.registration_id)
        await link_store.add_link_end(connection, old, answered=False, at=now)
        await link_store.replace_link(
            connection,
            request.consent_request_id,
            link_hash=hash_token(token),
            expires_at=again.link_expires_at,
        )
        await self._write(connection, again, profile, token, key=key, now=now)
        return again

    async def find(
        self,
        connection: Connection,
        registration_id: RegistrationId,
        *,
        key: SealingKey,
    ) -> ConsentRequest | None:
        """Return the request that a registration waits for, or None."""
        return await store.find_of(connection, registration_id, key=key)

    async def close(
        self,
        connection: Connection,
        registration_id: RegistrationId,
        *,
        answered: bool,
        now: datetime,
    ) -> None:
        """Spend the link of a registration that ends, so that the link can say so."""
        link = await link_store.link_of(connection, registration_id)
        if link:
            await link_store.add_link_end(connection, link, answered=answered, at=now)
            await store.delete_of(connection, registration_id)

    async def call_off(
        self,
        connection: Connection,
        registration: Registration,
        *,
        key: SealingKey,
        now: datetime,
    ) -> None:
        """Tell the guardian that nothing is asked of them any more, and forget them."""
        request = await store.find_of(connection, registration.registration_id, key=key)
        if request is not None and not await self.is_suppressed(connection, request):
            message = to_guardian(request, ConsentNoLongerNeeded())
            await self.messages.queue(connection, message, key=key, at=now)
        await self.close(
            connection, registration.registration_id, answered=False, now=now
        )

    async def sweep(self, connection: Connection, *, now: datetime) -> int:
        """Delete what is kept of spent links and of past days' askings; how many."""
        return await store.sweep(
            connection,
            now=now,
            links_before=now - LINK_ENDS_KEPT,
            asked_before=now - consent.CHILDREN_WINDOW,
            barred_before=now - BARRED_KEPT,
        )

    def index(self, guardian_contact: GuardianContact) -> bytes:
        """Return the blind index of a mailbox or phone, whatever alias: for limits."""
        return self.keys.blind_index("guardian", consent.reached(guardian_contact))

    async def _write(
        self,
        connection: Connection,
        request: ConsentRequest,
        profile: PolicyProfile,
        token: Token,
        *,
        key: SealingKey,
        now: datetime,
    ) -> None:
        if await self.is_suppressed(connection, request):
            return
        ends_at = request.asked_at + profile.timers.awaiting_guardian
        words = GuardianAsked if request.sends == 1 else GuardianReminder
        content = words(
            link=f"{self.base_url}{LINK_PATH}{token}",
            days=ceil((ends_at - now) / timedelta(days=1)),
            app_name=profile.name,
        )
        message = to_guardian(request, content)
        message_id = await self.messages.queue(connection, message, key=key, at=now)
        await store.note_message(connection, request.consent_request_id, message_id)

    async def _tell(
        self, connection: Connection, registration: Registration, *, now: datetime
    ) -> None:
        event = registration.event(
            EventType.CONSENT_REQUESTED,
            Cause.GUARDIAN_ASKED,
            APPLICANT,
            legal_ground=LegalGround.LEGAL_OBLIGATION,
        )
        await self.outbox.record(connection, event, at=now)

    async def is_suppressed(
        self, connection: Connection, request: ConsentRequest
    ) -> bool:
        """Tell whether who is asked must not be written to."""
        return await mailbox_store.is_suppressed(
            connection, request.app, self.index(request.guardian_contact)
        )
