"""What follows from a guardian's answer for an account that there is."""

from dataclasses import dataclass
from datetime import datetime

from service.accounts.flows import AccountFlows
from service.accounts.held import Held, HeldAccounts
from service.consents.flows import Consents
from service.consents.grants import grants_of
from service.consents.people import Guardians
from service.domain.accounts import Suspension
from service.domain.actors import Actor, ActorKind
from service.domain.consent import GuardianId, Reply
from service.domain.events import Cause, EventType
from service.domain.grants import Giver
from service.domain.messages import (
    GuardianJoined,
)
from service.guardians import link_store, store
from service.guardians.asked import Asked
from service.kit.database import Connection
from service.outbox.flows import Outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountAnswers:
    """Answers about somebody who has an account."""

    accounts: AccountFlows
    held: HeldAccounts
    guardians: Guardians
    consents: Consents
    outbox: Outbox

    async def give(
        self, connection: Connection, asked: Asked, reply: Reply, *, now: datetime
    ) -> None:
        """Grant anew: what was granted before gives way, and the account goes on."""
        held, request = _held(asked), asked.request
        purposes, policy = asked.chosen(reply), asked.policy
        await self._close(connection, asked, answered=True, now=now)
        guardian = await self.guardians.keep(
            connection, request.app, request.guardian_contact, request.language, now=now
        )
        guardian_id = guardian.guardian_id
        await self.guardians.bind(
            connection, held.account_id, guardian_id, request.relation, now=now
        )
        await self.accounts.accept(
            connection, held.account_id, policy, Giver.GUARDIAN, at=now
        )
        if held.account.condition.suspended_for is Suspension.AGE_REVIEW:
            held = await self.consents.suspensions.reviewed(
                connection, held, actor=Actor(ActorKind.GUARDIAN, guardian_id), now=now
            )
        grants = grants_of(
            held.account_id,
            purposes,
            profile=held.profile,
            guardian_id=guardian_id,
            method=reply.method,
            verified_by=reply.verified_by,
            policy_version=policy.version,
            evidence=reply.evidence,
            now=now,
        )
        await self.consents.by_guardians.give(
            connection,
            held,
            guardian,
            grants,
            renewed=True,
            actor=Actor(ActorKind.GUARDIAN, guardian_id),
            now=now,
        )
        if request.invited_by is not None:
            await self._tell_others(connection, held, guardian_id, now=now)

    async def _tell_others(
        self,
        connection: Connection,
        held: Held,
        guardian_id: GuardianId,
        *,
        now: datetime,
    ) -> None:
        """Tell the guardians there were that another one has a say now."""
        for bond in await self.guardians.of(connection, held.account_id):
            if bond.guardian_id == guardian_id:
                continue
            guardian = await self.guardians.read(connection, bond.guardian_id)
            link = await self.consents.letters.new_link(
                connection, held, guardian, now=now
            )
            letter = GuardianJoined(link=link)
            await self.guardians.write(connection, guardian, letter, now=now)

    async def refuse(
        self,
        connection: Connection,
        asked: Asked,
        *,
        cause: Cause = Cause.GUARDIAN_REFUSED,
        event_type: EventType = EventType.CONSENT_REFUSED,
        actor: Actor | None = None,
        answered: bool = True,
        now: datetime,
    ) -> None:
        """Note the refusal: what was granted before lasts until its own end."""
        await self._close(connection, asked, answered=answered, now=now)
        await self.tell(connection, asked, event_type, cause, actor, now=now)

    async def dispute(
        self, connection: Connection, asked: Asked, *, now: datetime
    ) -> None:
        """Let nothing stand that came from somebody whose child it is not."""
        held, guardian_id = _held(asked), asked.request.guardian_id
        await self._close(connection, asked, answered=True, now=now)
        await self.tell(
            connection, asked, EventType.CONSENT_DISPUTED, Cause.NOT_MY_CHILD, now=now
        )
        if guardian_id is None:
            return
        await self.guardians.release(connection, held.account_id, guardian_id, now=now)
        await self.consents.endings.invalidate(
            connection,
            held,
            guardian_id,
            actor=Actor(ActorKind.GUARDIAN, guardian_id),
            cause=Cause.NOT_MY_CHILD,
            now=now,
        )

    async def tell(
        self,
        connection: Connection,
        asked: Asked,
        event_type: EventType,
        cause: Cause,
        actor: Actor | None = None,
        *,
        now: datetime,
    ) -> None:
        """Tell others what a guardian, or *actor*, did."""
        actor = actor or Actor(ActorKind.GUARDIAN, asked.request.guardian_id)
        event = _held(asked).event(event_type, cause, actor)
        await self.outbox.record(connection, event, at=now)

    async def _close(
        self, connection: Connection, asked: Asked, *, answered: bool, now: datetime
    ) -> None:
        link = await store.delete_request(connection, asked.request.consent_request_id)
        if link:
            await link_store.add_link_end(connection, link, answered=answered, at=now)


def _held(asked: Asked) -> Held:
    if asked.held is None:
        raise LookupError("this request is about no account")
    return asked.held
