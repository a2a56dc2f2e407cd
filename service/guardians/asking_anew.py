"""Asking a guardian about an account that there is: to renew, to return, to change."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from service.accounts.held import Held
from service.consents.guardian import Guardian
from service.consents.people import Guardians
from service.domain import consent
from service.domain.actors import Actor
from service.domain.consent import (
    ConsentRequest,
    ConsentRequestId,
    GuardianId,
    Relation,
)
from service.domain.events import Cause, EventType
from service.domain.forms import ContactKind
from service.domain.guardian_contacts import GuardianContact
from service.domain.messages import ConsentCode, Content
from service.domain.registration import RegistrationId
from service.guardians import link_store, mailbox_store, store
from service.guardians.asking import LINK_PATH, GuardianRequests
from service.guardians.letters import to_guardian
from service.kit.database import Connection
from service.kit.ids import new_id
from service.kit.tokens import hash_token, new_code, new_token
from service.messages.flows import Messages
from service.outbox.flows import Outbox

Letter: TypeAlias = Callable[[str], Content]

LINK_LASTS: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRequests:
    """The requests about accounts: a link in one message, and its code in another.

    Nobody sits beside the child then, so the code is not on its screen: that the
    guardian reads the address we know, twice, is what stands for it.
    """

    base_url: str
    requests: GuardianRequests
    guardians: Guardians
    messages: Messages
    outbox: Outbox

    async def ask(
        self,
        connection: Connection,
        held: Held,
        guardian: Guardian,
        relation: Relation,
        letter: Letter,
        *,
        cause: Cause,
        actor: Actor,
        policy_version: str,
        now: datetime,
    ) -> bool:
        """Write to a guardian we know; False where they must not be written to.

        One request is live for an account and a guardian: asked again, it has a fresh
        link and code, and the ones before are spent.
        """
        suppressed = await mailbox_store.is_suppressed(
            connection, guardian.app, self.requests.index(guardian.contact)
        )
        if suppressed or guardian.barred:
            return False
        request = _request(
            held,
            guardian.contact,
            relation,
            guardian.language,
            guardian_id=guardian.guardian_id,
            policy_version=policy_version,
            now=now,
        )
        await self.call_off(connection, held, guardian, now=now)
        token = new_token()
        await store.add(connection, request, link_hash=hash_token(token), key=held.key)
        link = f"{self.base_url}{LINK_PATH}{token}"
        await self.guardians.write(connection, guardian, letter(link), now=now)
        code = ConsentCode(code=request.match_code)
        await self.guardians.write(connection, guardian, code, now=now)
        event = held.event(EventType.CONSENT_RENEWAL_REQUIRED, cause, actor)
        event = replace(event, policy_version=policy_version)
        await self.outbox.record(connection, event, at=now)
        return True

    async def ask_named(
        self,
        connection: Connection,
        held: Held,
        contact: GuardianContact,
        letter: Letter,
        *,
        relation: Relation,
        language: str,
        holder: Mapping[ContactKind, str],
        cause: Cause,
        actor: Actor,
        now: datetime,
    ) -> None:
        """Write to somebody who was named as a guardian of an account without one.

        Raises GuardianIsApplicant, or GuardianUnavailable when the address was given
        for too many children today. One address is asked at a time.
        """
        consent.check_guardian(contact, holder)
        subject_id = RegistrationId(held.account_id)
        await self.requests.count(connection, contact, subject_id, now=now)
        policy = held.profile.current_policy(now.date())
        request = _request(
            held, contact, relation, language, policy_version=policy.version, now=now
        )
        await self.call_off(connection, held, now=now)
        token = new_token()
        await store.add(connection, request, link_hash=hash_token(token), key=held.key)
        if not await self.requests.is_suppressed(connection, request):
            link = f"{self.base_url}{LINK_PATH}{token}"
            for content in (letter(link), ConsentCode(code=request.match_code)):
                message = to_guardian(request, content)
                await self.messages.queue(connection, message, key=held.key, at=now)
        event = held.event(EventType.CONSENT_REQUESTED, cause, actor)
        await self.outbox.record(connection, event, at=now)

    async def call_off(
        self,
        connection: Connection,
        held: Held,
        guardian: Guardian | None = None,
        *,
        now: datetime,
    ) -> None:
        """Spend the link of what a guardian, or everybody, is asked for an account."""
        if guardian is None:
            links = await store.delete_of_account(connection, held.account_id)
        else:
            found = await store.find_of_account(
                connection, held.account_id, guardian.guardian_id, key=held.key
            )
            if found is None:
                return
            spent = await store.delete_request(connection, found.consent_request_id)
            links = [spent] if spent else []
        for link in links:
            await link_store.add_link_end(connection, link, answered=False, at=now)


def _request(
    held: Held,
    contact: GuardianContact,
    relation: Relation,
    language: str,
    *,
    guardian_id: GuardianId | None = None,
    policy_version: str,
    now: datetime,
) -> ConsentRequest:
    """Return what is asked for an account, by a fresh link and code."""
    return ConsentRequest(
        consent_request_id=ConsentRequestId(new_id(now)),
        registration_id=RegistrationId(held.account_id),
        account_id=held.account_id,
        guardian_id=guardian_id,
        policy_version=policy_version,
        app=held.account.app,
        guardian_contact=contact,
        relation=relation,
        language=language,
        match_code=new_code(),
        opened=False,
        tries_left=consent.MATCH_CODE_TRIES,
        sends=1,
        asked_at=now,
        link_expires_at=now + LINK_LASTS,
    )
