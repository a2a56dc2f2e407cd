"""A second guardian: invited by the first, and what follows when they disagree."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from service.accounts.held import Held
from service.audit import log as audit
from service.consents.flows import Consents
from service.consents.people import Guardians
from service.domain import consent
from service.domain.actors import Actor, ActorKind
from service.domain.audit import Entry
from service.domain.consent import (
    ConsentRequest,
    ConsentRequestId,
    GuardianId,
    Relation,
)
from service.domain.events import Cause, EventType
from service.domain.guardian_contacts import GuardianContact
from service.domain.messages import (
    Content,
    GuardianInvited,
    GuardiansDisagree,
)
from service.domain.periods import days_of
from service.domain.refusals import (
    ConsentDisputed,
    GuardianIsApplicant,
    GuardianUnavailable,
    SendsUsedUp,
)
from service.domain.registration import RegistrationId
from service.guardians import link_store, mailbox_store, store
from service.guardians.asking import LINK_PATH, GuardianRequests
from service.guardians.granted import Granted, GrantedFlows
from service.guardians.letters import to_guardian
from service.guardians.naming import check_asked
from service.kit.clock import Clock
from service.kit.database import Connection, Pool, transaction
from service.kit.ids import new_id
from service.kit.languages import best_language
from service.kit.tokens import Token, hash_token, new_code, new_token
from service.messages.flows import Messages
from service.outbox.flows import Outbox

INVITATION_LASTS: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """Whom a guardian names as another one, and what they are to the child."""

    contact: GuardianContact
    relation: Relation
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondGuardians:
    """What a guardian does about another one."""

    base_url: str
    pool: Pool
    clock: Clock
    granted: GrantedFlows
    requests: GuardianRequests
    guardians: Guardians
    consents: Consents
    messages: Messages
    outbox: Outbox

    async def invite(self, token: Token, wish: Invitation) -> ConsentRequest:
        """Write to another guardian, named through a guardian's link.

        The code stays with who invites: they pass it on, as a child does.
        """
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            granted = await self.granted.behind(connection, token, lock=True, now=now)
            return await self.invite_by(connection, granted, wish, now=now)

    async def dispute(self, token: Token) -> None:
        """Tell the operator, through a guardian's link, that guardians disagree."""
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            granted = await self.granted.behind(connection, token, lock=True, now=now)
            await self.dispute_by(connection, granted, now=now)

    async def invite_by(
        self,
        connection: Connection,
        granted: Granted,
        wish: Invitation,
        *,
        now: datetime,
    ) -> ConsentRequest:
        """Write to another guardian, in the transaction that locked the account.

        Raises GuardianUnavailable for the guardian's or the child's own mailbox, and
        when the address was given for too many children today; SendsUsedUp after a
        few messages; ConsentDisputed while guardians disagree. Who must not be written
        to is not, and nobody is told.
        """
        held, before = granted.held, await self._before(connection, granted)
        await self._check(connection, granted, wish, now=now)
        sends = 1 if before is None else before.sends + 1
        if sends > consent.SENDS_A_REQUEST:
            raise SendsUsedUp
        subject_id = RegistrationId(held.account_id)
        await self.requests.spend(connection, held.account.app, wish.contact, now=now)
        await self.requests.count(connection, wish.contact, subject_id, now=now)
        request = _request(granted, wish, sends=sends, now=now)
        if before is not None:
            spent = await store.delete_request(connection, before.consent_request_id)
            await link_store.add_link_end(
                connection, spent or b"", answered=False, at=now
            )
        await self._write(connection, held, request, now=now)
        actor = _actor(granted.guardian.guardian_id)
        event = held.event(EventType.CONSENT_REQUESTED, Cause.GUARDIAN_INVITED, actor)
        await self.outbox.record(connection, event, at=now)
        await _note(connection, held, actor, "guardian.invited", now=now)
        return request

    async def dispute_by(
        self, connection: Connection, granted: Granted, *, now: datetime
    ) -> None:
        """Open an operator's case: nothing new is granted until it is decided.

        What holds goes on, and can be withdrawn. A case that there is stays the one.
        """
        held, guardian_id = granted.held, granted.guardian.guardian_id
        says = self.consents.says
        if await says.open_dispute(connection, held, guardian_id, now=now) is None:
            return
        actor = _actor(guardian_id)
        event = held.event(
            EventType.CONSENT_DISPUTE_OPENED, Cause.GUARDIANS_DISAGREE, actor
        )
        await self.outbox.record(connection, event, at=now)
        await _note(connection, held, actor, "consent.dispute_opened", now=now)
        await self.write_all(connection, held, _disagree, now=now)

    async def write_all(
        self,
        connection: Connection,
        held: Held,
        letter: Callable[[str], Content],
        *,
        now: datetime,
    ) -> None:
        """Write to every guardian who has a say, each with a link of their own."""
        for bond in await self.guardians.of(connection, held.account_id):
            guardian = await self.guardians.read(connection, bond.guardian_id)
            link = await self.consents.letters.new_link(
                connection, held, guardian, now=now
            )
            await self.guardians.write(connection, guardian, letter(link), now=now)

    async def _before(
        self, connection: Connection, granted: Granted
    ) -> ConsentRequest | None:
        """Return the invitation that waits for an answer, or None."""
        held = granted.held
        return await store.find_of_account(
            connection, held.account_id, None, key=held.key
        )

    async def _check(
        self,
        connection: Connection,
        granted: Granted,
        wish: Invitation,
        *,
        now: datetime,
    ) -> None:
        held = granted.held
        check_asked(held.profile, wish.contact)
        say = await self.consents.says.of(connection, held, now=now)
        if say.disputed:
            raise ConsentDisputed
        own = granted.guardian.contact
        childs = await self.granted.held.contacts(connection, held)
        try:
            consent.check_guardian(wish.contact, {own.kind: own.address})
            consent.check_guardian(wish.contact, childs)
        except GuardianIsApplicant as refusal:
            raise GuardianUnavailable from refusal

    async def _write(
        self,
        connection: Connection,
        held: Held,
        request: ConsentRequest,
        *,
        now: datetime,
    ) -> None:
        token, contact = new_token(), request.guardian_contact
        await store.add(connection, request, link_hash=hash_token(token), key=held.key)
        known = await self.guardians.known(connection, request.app, contact)
        barred = known is not None and known[1]
        index = self.requests.index(contact)
        if barred or await mailbox_store.is_suppressed(connection, request.app, index):
            return
        content = GuardianInvited(
            link=f"{self.base_url}{LINK_PATH}{token}",
            days=days_of(INVITATION_LASTS),
            app_name=held.profile.name,
        )
        message = to_guardian(request, content)
        message_id = await self.messages.queue(
            connection, message, key=held.key, at=now
        )
        await store.note_message(connection, request.consent_request_id, message_id)


def _request(
    granted: Granted, wish: Invitation, *, sends: int, now: datetime
) -> ConsentRequest:
    """Return what another guardian is asked, who is named by one that there is."""
    held = granted.held
    return ConsentRequest(
        consent_request_id=ConsentRequestId(new_id(now)),
        registration_id=RegistrationId(held.account_id),
        account_id=held.account_id,
        policy_version=held.profile.current_policy(now.date()).version,
        invited_by=granted.guardian.guardian_id,
        app=held.account.app,
        guardian_contact=wish.contact,
        relation=wish.relation,
        language=best_language(
            wish.language or granted.guardian.language, None, held.profile.languages
        ),
        match_code=new_code(),
        opened=False,
        tries_left=consent.MATCH_CODE_TRIES,
        sends=sends,
        asked_at=now,
        link_expires_at=now + INVITATION_LASTS,
    )


def _actor(guardian_id: GuardianId) -> Actor:
    return Actor(ActorKind.GUARDIAN, guardian_id)


async def _note(
    connection: Connection, held: Held, actor: Actor, action: str, *, now: datetime
) -> None:
    entry = Entry(
        app=held.account.app, subject_id=held.account_id, actor=actor, action=action
    )
    await audit.record(connection, entry, at=now)


def _disagree(link: str) -> Content:
    return GuardiansDisagree(link=link)
