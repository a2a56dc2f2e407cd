"""A guardian's yes that waits until it is sure who they are, and what comes of it.

Meanwhile nothing is on and no account opens; the link stays as it is, so that the
guardian can still refuse, say "not my child", or try another way.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from service.audit import log as audit
from service.consents.says import Says
from service.domain.actors import PROVIDER, Actor, ActorKind
from service.domain.audit import Entry
from service.domain.consent import (
    VERIFICATION_TRIES,
    Answer,
    ConsentRequestId,
    Reply,
    Verdict,
)
from service.domain.consent_methods import CATALOGUE, Method
from service.domain.events import Cause, EventType
from service.domain.refusals import (
    ConsentAlreadyAnswered,
    ConsentDisputed,
    GuardianMustBeAdult,
    ProofsUsedUp,
    ProofUnavailable,
    PurposesWrong,
)
from service.guardians import store
from service.guardians.account_answers import AccountAnswers
from service.guardians.adults import Adults
from service.guardians.asked import Asked
from service.guardians.finding import AskedRequests
from service.guardians.registration_answers import RegistrationAnswers
from service.kit.database import Connection, Pool, transaction
from service.outbox.flows import Outbox


class Verifier(Protocol):
    """Somebody who makes sure who a guardian is, by the methods they are named for."""

    async def begin(
        self, connection: Connection, asked: Asked, method: Method, *, now: datetime
    ) -> UUID:
        """Note that it begins, in the transaction that holds the guardian's yes."""
        ...

    async def start(self, verification_id: UUID) -> str:
        """Return where the guardian goes next; outside any transaction.

        Raises ProofUnavailable where there is nowhere to go now; what `begin` noted is
        forgotten then.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A verification that has begun."""

    request_id: ConsentRequestId
    method: Method
    verification_id: UUID


class Decided(StrEnum):
    """What a verdict led to."""

    GRANTED = "granted"
    TRY_AGAIN = "try_again"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifying:
    """Holds a yes, and takes the verdict about who gave it.

    *verifiers* go by the method. Whoever has a verdict takes the lock first, looks
    whether it is still theirs to give, and lets it be decided.
    """

    pool: Pool
    verifiers: Mapping[Method, Verifier]
    requests: AskedRequests
    of_registrations: RegistrationAnswers
    of_accounts: AccountAnswers
    adults: Adults
    says: Says
    outbox: Outbox

    async def hold(
        self, connection: Connection, asked: Asked, reply: Reply, *, now: datetime
    ) -> Begun:
        """Keep a guardian's yes, and begin to make sure who they are.

        One that was begun before leads to nothing any more. Raises PurposesWrong,
        ConsentAlreadyAnswered, ConsentDisputed, ProofUnavailable where nobody verifies
        by this method, and ProofsUsedUp.
        """
        request, method = asked.request, reply.method
        if request.awaits_contact:
            raise ConsentAlreadyAnswered
        purposes = asked.chosen(reply)
        if await self._disputed(connection, asked, now=now):
            raise ConsentDisputed
        if request.verifications >= VERIFICATION_TRIES:
            raise ProofsUsedUp
        verifier = self.verifiers.get(method)
        if verifier is None:
            raise ProofUnavailable
        request_id = request.consent_request_id
        names = [one.id for one in purposes]
        await store.verify(connection, request_id, names, method)
        begun = await verifier.begin(connection, asked, method, now=now)
        actor = Actor(ActorKind.GUARDIAN, request.guardian_id)
        await self._tell(
            connection,
            asked,
            EventType.CONSENT_VERIFICATION_STARTED,
            Cause.GUARDIAN_GAVE,
            actor,
            method,
            now=now,
        )
        return Begun(request_id=request_id, method=method, verification_id=begun)

    async def start(self, begun: Begun, *, now: datetime) -> str:
        """Return where the guardian goes to be verified.

        One that could not begin does not count: the guardian can choose again.
        """
        try:
            return await self.verifiers[begun.method].start(begun.verification_id)
        except ProofUnavailable:
            async with transaction(self.pool) as connection:
                if await self.lock(connection, begun.request_id, begun.method, now=now):
                    await store.release(connection, begun.request_id, counts=False)
            raise

    async def lock(
        self,
        connection: Connection,
        request_id: ConsentRequestId,
        method: Method | None,
        *,
        now: datetime,
    ) -> Asked | None:
        """Return what waits for a verdict by *method*, with the lock that decides.

        None where nothing does any more: it was refused, or is over. Without a
        *method*, it need not wait for a verdict.
        """
        asked = await self.requests.lock(connection, request_id, now=now)
        if asked is None or method is None:
            return asked
        if not asked.request.is_verifying:
            return None
        pending = asked.request.pending
        return asked if pending and pending.method is method else None

    async def decide(
        self,
        connection: Connection,
        asked: Asked,
        verdict: Verdict,
        method: Method,
        *,
        actor: Actor = PROVIDER,
        evidence: str | None = None,
        now: datetime,
    ) -> Decided:
        """Let a verdict count, in the transaction that has the lock.

        Verified: what was chosen is granted now. Uncertain: the guardian tries again,
        a few times in all, and then it is over. Too young: it is over, and nothing
        counts that this person says. *evidence* is the SHA-256 of what was signed.
        """
        await self._note(connection, asked, verdict, method, actor, now=now)
        if verdict is Verdict.VERIFIED:
            return await self._grant(
                connection, asked, actor=actor, evidence=evidence, now=now
            )
        failed = EventType.CONSENT_VERIFICATION_FAILED
        cause = Cause.PROOF_FAILED
        if verdict is Verdict.TOO_YOUNG:
            cause = Cause.GUARDIAN_TOO_YOUNG
        await self._tell(connection, asked, failed, cause, actor, method, now=now)
        if verdict is Verdict.TOO_YOUNG:
            await self._end(connection, asked, cause, actor=actor, now=now)
            why = "proven to be a minor"
            await self.adults.bar(connection, asked.request, why, actor=actor, now=now)
            return Decided.ENDED
        if asked.request.verifications >= VERIFICATION_TRIES:
            cause = Cause.GUARDIAN_UNVERIFIED
            await self._end(connection, asked, cause, actor=actor, now=now)
            return Decided.ENDED
        request_id = asked.request.consent_request_id
        await store.release(connection, request_id, counts=True)
        return Decided.TRY_AGAIN

    async def _grant(
        self,
        connection: Connection,
        asked: Asked,
        *,
        actor: Actor,
        evidence: str | None,
        now: datetime,
    ) -> Decided:
        """Grant what was chosen, unless the guardian could not give it any more."""
        pending = asked.request.pending
        if pending is None:
            raise LookupError("nothing waits for a verdict")
        reply = Reply(
            answer=Answer.GIVE,
            match_code=None,
            purposes=pending.purposes,
            adult=True,
            method=pending.method,
            evidence=evidence,
        )
        try:
            await self.adults.check(connection, asked.request)
            asked.chosen(reply)
        except GuardianMustBeAdult:
            cause = Cause.GUARDIAN_BARRED
            await self._end(connection, asked, cause, actor=actor, now=now)
            return Decided.ENDED
        except PurposesWrong:  # the law or the operator's rules have changed meanwhile
            return await self._let_choose(connection, asked)
        if await self._disputed(connection, asked, now=now):
            return await self._let_choose(connection, asked)
        answers = self.of_registrations if asked.standing else self.of_accounts
        await answers.give(connection, asked, reply, now=now)
        return Decided.GRANTED

    async def _let_choose(self, connection: Connection, asked: Asked) -> Decided:
        request_id = asked.request.consent_request_id
        await store.release(connection, request_id, counts=False)
        return Decided.TRY_AGAIN

    async def _end(
        self,
        connection: Connection,
        asked: Asked,
        cause: Cause,
        *,
        actor: Actor,
        now: datetime,
    ) -> None:
        """End the request; a registration that rests on it ends with it."""
        answers = self.of_registrations if asked.standing else self.of_accounts
        await answers.refuse(
            connection,
            asked,
            cause=cause,
            event_type=EventType.CONSENT_EXPIRED,
            actor=actor,
            answered=False,
            now=now,
        )

    async def _disputed(
        self, connection: Connection, asked: Asked, *, now: datetime
    ) -> bool:
        if asked.held is None:
            return False
        return (await self.says.of(connection, asked.held, now=now)).disputed

    async def _tell(  # noqa: PLR0917 -- all of them are what happened
        self,
        connection: Connection,
        asked: Asked,
        event_type: EventType,
        cause: Cause,
        actor: Actor,
        method: Method,
        *,
        now: datetime,
    ) -> None:
        about = asked.standing.registration if asked.standing else asked.held
        if about is None:
            raise LookupError("a request is about something")
        event = replace(about.event(event_type, cause, actor), assurance=method)
        await self.outbox.record(connection, event, at=now)

    async def _note(
        self,
        connection: Connection,
        asked: Asked,
        verdict: Verdict,
        method: Method,
        actor: Actor,
        *,
        now: datetime,
    ) -> None:
        entry = Entry(
            app=asked.request.app,
            subject_id=asked.request.registration_id,
            actor=actor,
            action="consent.verdict",
            detail={"verdict": verdict, "method": method},
        )
        await audit.record(connection, entry, at=now)


def is_verified(method: Method) -> bool:
    """Tell whether a yes by *method* waits until it is sure who gives it."""
    rule = CATALOGUE.get(method)
    return rule is not None and rule.verified
