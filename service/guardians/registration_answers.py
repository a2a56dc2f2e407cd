"""What follows from a guardian's answer for a registration: an account, or none."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from service.accounts.held import HeldAccounts
from service.accounts.waiting import Standing, Waiting
from service.consents import deadlines
from service.consents.childs_word import childs_grants
from service.consents.flows import Consents
from service.consents.grants import grants_of, titles_of
from service.consents.guardian import Guardian
from service.consents.people import Guardians
from service.domain.actors import Actor, ActorKind
from service.domain.consent import GuardianId, Reply
from service.domain.consent_methods import Method, rule_of
from service.domain.events import Cause, EventType
from service.domain.grants import Giver, Grant, GrantState
from service.domain.messages import ConsentToBeConfirmed
from service.domain.profiles import LegalGround, Purpose
from service.domain.quorums import Say
from service.domain.quorums import standing as standing_of
from service.domain.refusals import ConsentAlreadyAnswered, PurposesWrong
from service.guardians import link_store, store
from service.guardians.asked import Asked
from service.guardians.asking import GuardianRequests
from service.guardians.letters import to_guardian
from service.kit.database import Connection
from service.kit.tokens import hash_token, new_token
from service.messages.flows import Messages
from service.outbox.flows import Outbox

GUARDIAN = Actor(ActorKind.GUARDIAN)


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
        if asked.request.awaits_contact:
            raise ConsentAlreadyAnswered
        purposes = asked.chosen(reply)
        rule = rule_of(reply.method, reply.verified_by)
        if rule is None:
            raise PurposesWrong
        if rule.second_contact and not asked.profile.consent.opens_on_provisional:
            await self._hold(connection, asked, purposes, reply.method, now=now)
        else:
            await self.open(
                connection,
                asked,
                purposes,
                method=reply.method,
                verified_by=reply.verified_by,
                evidence=reply.evidence,
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
        evidence: str | None = None,
        confirmed: bool = False,
        now: datetime,
    ) -> None:
        """Open the account with what a guardian grants.

        It is *confirmed* where the second contact is over, and nobody revoked.
        """
        standing, request = _standing(asked), asked.request
        await self.requests.close(
            connection, standing.registration.registration_id, answered=True, now=now
        )
        guardian = await self.guardians.keep(
            connection, request.app, request.guardian_contact, request.language, now=now
        )
        grants = grants_of(
            asked.account_id,
            purposes,
            profile=asked.profile,
            guardian_id=guardian.guardian_id,
            method=method,
            verified_by=verified_by,
            policy_version=standing.registration.policy_version,
            confirmed=confirmed,
            evidence=evidence,
            now=now,
        )
        await self._complete(connection, asked, guardian, grants, now=now)

    async def _complete(
        self,
        connection: Connection,
        asked: Asked,
        guardian: Guardian,
        grants: Sequence[Grant],
        *,
        now: datetime,
    ) -> None:
        """Open the account with a guardian's *grants* and the child's own."""
        standing, guardian_id = _standing(asked), guardian.guardian_id
        by = Actor(ActorKind.GUARDIAN, guardian_id)
        every = self._with_the_childs(asked, grants, guardian_id, now=now)
        receipt_id = self.consents.receipts.new_id()
        given = every[: len(grants)]
        await self._tell_given(connection, standing, given, by, receipt_id, now=now)
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
            connection, asked.account_id, guardian_id, asked.request.relation, now=now
        )
        await self.consents.by_guardians.give(
            connection, held, guardian, grants, receipt_id=receipt_id, actor=by, now=now
        )

    def _with_the_childs(
        self,
        asked: Asked,
        grants: Sequence[Grant],
        guardian_id: GuardianId,
        *,
        now: datetime,
    ) -> Sequence[Grant]:
        """Return a guardian's *grants* and the child's own, as they stand together."""
        registration, profile = _standing(asked).registration, asked.profile
        joint = self.consents.says.is_joint(profile, asked.country, now=now)
        every = [*grants, *childs_grants(registration, profile, joint=joint, now=now)]
        say = Say(guardians=frozenset({guardian_id}), joint=joint)
        return standing_of(profile, every, say)

    async def _tell_given(
        self,
        connection: Connection,
        standing: Standing,
        grants: Sequence[Grant],
        actor: Actor,
        receipt_id: UUID,
        *,
        now: datetime,
    ) -> None:
        """Tell others what was given: what is on, and what waits, each by itself."""
        for state in GrantState:
            some = [one for one in grants if one.state is state]
            if not some:
                continue
            event = standing.registration.event(
                EventType.CONSENT_GIVEN,
                Cause.GUARDIAN_GAVE,
                actor,
                after=state,
                legal_ground=LegalGround.LEGAL_OBLIGATION,
                purposes=tuple(one.purpose for one in some),
            )
            event = replace(event, receipt_id=receipt_id)
            await self.outbox.record(connection, event, at=now)

    async def confirm(
        self, connection: Connection, asked: Asked, *, now: datetime
    ) -> None:
        """Open the account: the second contact is over, and nobody revoked."""
        pending = asked.request.pending
        if pending is None:
            raise LookupError("nothing waits for the second contact")
        purposes = [one for one in asked.profile.purposes if one.id in pending.purposes]
        await self.open(
            connection,
            asked,
            purposes,
            method=pending.method,
            confirmed=True,
            now=now,
        )

    async def refuse(
        self,
        connection: Connection,
        asked: Asked,
        *,
        cause: Cause = Cause.GUARDIAN_REFUSED,
        event_type: EventType = EventType.CONSENT_REFUSED,
        actor: Actor = GUARDIAN,
        answered: bool = True,
        now: datetime,
    ) -> None:
        """End the registration: everything it held is deleted."""
        standing = _standing(asked)
        await self.requests.close(
            connection,
            standing.registration.registration_id,
            answered=answered,
            now=now,
        )
        await self.tell(connection, asked, event_type, cause, actor, now=now)
        await self.waiting.end(connection, standing, cause=cause, actor=actor, now=now)

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
        actor: Actor = GUARDIAN,
        *,
        now: datetime,
    ) -> None:
        """Tell others what a guardian, or *actor*, did."""
        event = _standing(asked).registration.event(
            event_type, cause, actor, legal_ground=LegalGround.LEGAL_OBLIGATION
        )
        await self.outbox.record(connection, event, at=now)

    async def _hold(
        self,
        connection: Connection,
        asked: Asked,
        purposes: Sequence[Purpose],
        method: Method,
        *,
        now: datetime,
    ) -> None:
        """Keep what was granted, and let the second contact fall due."""
        standing, request = _standing(asked), asked.request
        timers = asked.profile.timers
        link = await link_store.link_of(
            connection, standing.registration.registration_id
        )
        await link_store.add_link_end(connection, link, answered=True, at=now)
        until = now + 2 * timers.second_contact_before
        await store.hold(
            connection,
            request.consent_request_id,
            [one.id for one in purposes],
            method,
            link_hash=hash_token(new_token()),
            expires_at=until,
        )
        await self.waiting.hold(connection, standing, until=until)
        await deadlines.await_second_contact(
            connection, asked.account_id, timers, now=now
        )
        content = ConsentToBeConfirmed(
            purposes=titles_of(purposes, request.language),
            policy_version=asked.policy.version,
            hours=int(timers.second_contact_after.total_seconds() // 3600),
        )
        message = to_guardian(request, content)
        await self.messages.queue(connection, message, key=standing.key, at=now)


def _standing(asked: Asked) -> Standing:
    if asked.standing is None:
        raise LookupError("this request is about no registration")
    return asked.standing
