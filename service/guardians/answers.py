"""What follows from a guardian's answer: for a registration, and for an account."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from service.accounts.flows import AccountFlows
from service.accounts.held import Held, HeldAccounts
from service.accounts.waiting import Standing, Waiting
from service.consents.childs_word import childs_grants
from service.consents.flows import Consents, grants_of, titles_of
from service.consents.people import Guardians
from service.domain import consent
from service.domain.accounts import Suspension
from service.domain.actors import TIMER, Actor, ActorKind
from service.domain.consent import GuardianId, Reply
from service.domain.consent_methods import Method, rule_of
from service.domain.events import Cause, EventType
from service.domain.grants import Giver, GrantState
from service.domain.messages import (
    ConsentToBeConfirmed,
    GuardianJoined,
)
from service.domain.profiles import LegalGround, Purpose
from service.domain.quorums import Say
from service.domain.quorums import standing as standing_of
from service.domain.refusals import ConsentAlreadyAnswered, PurposesWrong
from service.guardians import store
from service.guardians.asked import Asked
from service.guardians.asking import GuardianRequests
from service.guardians.letters import to_guardian
from service.kit.database import Connection
from service.kit.tokens import hash_token, new_token
from service.messages.flows import Messages
from service.outbox.flows import Outbox

GUARDIAN = Actor(ActorKind.GUARDIAN)


def _chosen(asked: Asked, reply: Reply) -> Sequence[Purpose]:
    return consent.purposes_given(
        asked.profile,
        reply.purposes,
        reply.method,
        country=asked.country,
        today=asked.today,
        by=asked.request.guardian_contact.kind,
        verified_by=reply.verified_by,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationAnswers:
    """Answers about somebody who has no account yet."""

    waiting: Waiting
    requests: GuardianRequests
    guardians: Guardians
    held: HeldAccounts
    consents: Consents
    messages: Messages
    outbox: Outbox

    async def give(
        self, connection: Connection, asked: Asked, reply: Reply, *, now: datetime
    ) -> None:
        """Open the account, or wait for the second contact first."""
        if asked.request.pending is not None:
            raise ConsentAlreadyAnswered
        purposes = _chosen(asked, reply)
        rule = rule_of(reply.method, reply.verified_by)
        if rule is None:
            raise PurposesWrong
        if rule.second_contact and not asked.profile.consent.opens_on_provisional:
            await self._hold(connection, asked, purposes, now=now)
        else:
            await self.open(
                connection,
                asked,
                purposes,
                method=reply.method,
                verified_by=reply.verified_by,
                actor=None,
                now=now,
            )

    async def open(
        self,
        connection: Connection,
        asked: Asked,
        purposes: Sequence[Purpose],
        *,
        method: Method,
        verified_by: Method | None = None,
        actor: Actor | None,
        now: datetime,
    ) -> None:
        """Open the account with what a guardian grants.

        By *actor*, where it is not the guardian who acts now: the second contact has
        confirmed then what they granted.
        """
        standing, request = _standing(asked), asked.request
        registration, profile = standing.registration, standing.profile
        await self.requests.close(
            connection, registration.registration_id, answered=True, now=now
        )
        guardian = await self.guardians.keep(
            connection, request.app, request.guardian_contact, request.language, now=now
        )
        guardian_id = guardian.guardian_id
        by = Actor(ActorKind.GUARDIAN, guardian_id)
        grants = grants_of(
            asked.account_id,
            purposes,
            profile=profile,
            guardian_id=guardian_id,
            method=method,
            verified_by=verified_by,
            policy_version=registration.policy_version,
            confirmed=actor is not None,
            now=now,
        )
        joint = self.consents.says.is_joint(profile, asked.country, now=now)
        every = [*grants, *childs_grants(registration, profile, joint=joint, now=now)]
        say = Say(guardians=frozenset({guardian_id}), joint=joint)
        every = standing_of(profile, every, say)
        receipt_id = self.consents.receipts.new_id()
        for state in GrantState:
            some = [one for one in every[: len(grants)] if one.state is state]
            event = registration.event(
                EventType.CONSENT_GIVEN,
                Cause.GUARDIAN_GAVE,
                by,
                after=state,
                legal_ground=LegalGround.LEGAL_OBLIGATION,
                purposes=tuple(one.purpose for one in some),
            )
            if some:
                event = replace(event, receipt_id=receipt_id)
                await self.outbox.record(connection, event, at=now)
        opened = await self.waiting.complete(
            connection,
            standing,
            grants=every,
            accepted_by=Giver.GUARDIAN,
            cause=Cause.GUARDIAN_GAVE,
            actor=by,
            now=now,
        )
        held = await self.held.lock(connection, asked.account_id) if opened else None
        if held is None:
            await self.guardians.forget_childless(connection, [guardian_id])
            return
        await self.guardians.bind(
            connection, asked.account_id, guardian_id, request.relation, now=now
        )
        await self.consents.given(
            connection, held, guardian, grants, receipt_id=receipt_id, actor=by, now=now
        )

    async def confirm(
        self, connection: Connection, asked: Asked, *, now: datetime
    ) -> None:
        """Open the account: the second contact is over, and nobody revoked."""
        pending = set(asked.request.pending or ())
        purposes = [one for one in asked.profile.purposes if one.id in pending]
        await self.open(
            connection,
            asked,
            purposes,
            method=asked.request.guardian_contact.plus,
            actor=TIMER,
            now=now,
        )

    async def refuse(
        self,
        connection: Connection,
        asked: Asked,
        *,
        cause: Cause = Cause.GUARDIAN_REFUSED,
        event_type: EventType = EventType.CONSENT_REFUSED,
        now: datetime,
    ) -> None:
        """End the registration: everything it held is deleted."""
        standing = _standing(asked)
        await self.requests.close(
            connection, standing.registration.registration_id, answered=True, now=now
        )
        await self.tell(connection, asked, event_type, cause, now=now)
        await self.waiting.end(
            connection, standing, cause=cause, actor=GUARDIAN, now=now
        )

    async def dispute(
        self, connection: Connection, asked: Asked, *, now: datetime
    ) -> None:
        """End the registration of somebody who is not this guardian's child."""
        await self.refuse(
            connection,
            asked,
            cause=Cause.NOT_MY_CHILD,
            event_type=EventType.CONSENT_DISPUTED,
            now=now,
        )

    async def tell(
        self,
        connection: Connection,
        asked: Asked,
        event_type: EventType,
        cause: Cause,
        *,
        now: datetime,
    ) -> None:
        """Tell others what a guardian did."""
        event = _standing(asked).registration.event(
            event_type, cause, GUARDIAN, legal_ground=LegalGround.LEGAL_OBLIGATION
        )
        await self.outbox.record(connection, event, at=now)

    async def _hold(
        self,
        connection: Connection,
        asked: Asked,
        purposes: Sequence[Purpose],
        *,
        now: datetime,
    ) -> None:
        """Keep what was granted, and let the second contact fall due."""
        standing, request = _standing(asked), asked.request
        timers = asked.profile.timers
        link = await store.link_of(connection, standing.registration.registration_id)
        await store.add_link_end(connection, link, answered=True, at=now)
        until = now + 2 * timers.second_contact_before
        await store.hold(
            connection,
            request.consent_request_id,
            [one.id for one in purposes],
            link_hash=hash_token(new_token()),
            expires_at=until,
        )
        await self.waiting.hold(connection, standing, until=until)
        await self.consents.await_second_contact(
            connection, asked.account_id, timers, now=now
        )
        content = ConsentToBeConfirmed(
            purposes=titles_of(purposes, request.language),
            policy_version=asked.policy.version,
            hours=int(timers.second_contact_after.total_seconds() // 3600),
        )
        message = to_guardian(request, content)
        await self.messages.queue(connection, message, key=standing.key, at=now)


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
        purposes, policy = _chosen(asked, reply), asked.policy
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
            held = await self.consents.reviewed(
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
            now=now,
        )
        await self.consents.given(
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
            link = await self.consents.new_link(connection, held, guardian, now=now)
            letter = GuardianJoined(link=link)
            await self.guardians.write(connection, guardian, letter, now=now)

    async def refuse(
        self, connection: Connection, asked: Asked, *, now: datetime
    ) -> None:
        """Note the refusal: what was granted before lasts until its own end."""
        await self._close(connection, asked, answered=True, now=now)
        await self.tell(
            connection,
            asked,
            EventType.CONSENT_REFUSED,
            Cause.GUARDIAN_REFUSED,
            now=now,
        )

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
        await self.consents.invalidate(
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
        *,
        now: datetime,
    ) -> None:
        """Tell others what a guardian did."""
        actor = Actor(ActorKind.GUARDIAN, asked.request.guardian_id)
        event = _held(asked).event(event_type, cause, actor)
        await self.outbox.record(connection, event, at=now)

    async def _close(
        self, connection: Connection, asked: Asked, *, answered: bool, now: datetime
    ) -> None:
        link = await store.delete_request(connection, asked.request.consent_request_id)
        if link:
            await store.add_link_end(connection, link, answered=answered, at=now)


def _standing(asked: Asked) -> Standing:
    if asked.standing is None:
        raise LookupError("this request is about no registration")
    return asked.standing


def _held(asked: Asked) -> Held:
    if asked.held is None:
        raise LookupError("this request is about no account")
    return asked.held
