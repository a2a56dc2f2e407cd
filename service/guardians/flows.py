"""A guardian reads what is asked, and answers: gives, refuses, or "not my child"."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from service.audit import log as audit
from service.consents.people import Guardians
from service.domain import consent
from service.domain.actors import Actor, ActorKind
from service.domain.audit import Entry
from service.domain.consent import Answer, ConsentRequest, Reply
from service.domain.consent_methods import Method
from service.domain.events import Cause, EventType
from service.domain.guardian_factors import (
    GuardianSession,
    answered_by,
    carries_second_factor,
    check_known,
)
from service.domain.refusals import (
    ConsentAlreadyAnswered,
    ConsentLinkExpired,
    ConsentLinkInUse,
    ConsentLinkUnknown,
    MatchCodeWrong,
)
from service.guardians import link_store, mailbox_store, store
from service.guardians.account_answers import AccountAnswers
from service.guardians.adults import Adults
from service.guardians.asked import Asked
from service.guardians.asking import GuardianRequests
from service.guardians.browsers import Browsers
from service.guardians.finding import AskedRequests
from service.guardians.registration_answers import RegistrationAnswers
from service.guardians.resending import Resending
from service.guardians.verifying import Begun, Verifying, is_verified
from service.kit.clock import Clock
from service.kit.database import Connection, Pool, transaction
from service.kit.database import connection as reading
from service.kit.tokens import Token, hash_token, is_token, same


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What was asked when a guardian answered, and where they go to be verified."""

    asked: Asked
    href: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianFlows:
    """What guardians see and say."""

    pool: Pool
    clock: Clock
    asked: AskedRequests
    requests: GuardianRequests
    guardians: Guardians
    adults: Adults
    of_registrations: RegistrationAnswers
    of_accounts: AccountAnswers
    verifying: Verifying
    browsers: Browsers
    resending: Resending

    async def look(self, token: Token, *, browser: str | None = None) -> Asked:
        """Return what a link asks, and change nothing: a mail scanner may do this.

        Raises ConsentLinkInUse where another *browser* has it.
        """
        now = self.clock.now()
        async with reading(self.pool) as connection:
            asked = await self._behind(connection, token, lock=False, now=now)
        if browser is not None and not self.browsers.has(asked.request, browser):
            raise ConsentLinkInUse
        return asked

    async def open(self, token: Token, *, browser: str | None = None) -> Asked:
        """Return what a link asks, and note that a person has opened it."""
        now, mine = self.clock.now(), False
        async with transaction(self.pool) as connection:
            asked = await self._behind(connection, token, lock=True, now=now)
            consent.check_open(asked.request, now=now)
            mine = await self.browsers.bind(connection, asked, browser, now=now)
            if mine:
                await self._note_opened(connection, asked, now=now)
        if not mine:  # the guardian is told of it: say no only after the commit
            raise ConsentLinkInUse
        return asked

    async def lock(
        self, connection: Connection, token: Token, *, now: datetime
    ) -> Asked:
        """Return what a link asks, with the lock that decides about it."""
        return await self._behind(connection, token, lock=True, now=now)

    async def send_again(self, token: Token) -> None:
        """Write once more to the stored address, unseen; this link is spent.

        For who has a link that is too old, or is in use elsewhere: whoever asks for it
        gets nothing but what the guardian's own mailbox gets. Raises SendsUsedUp.
        """
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            asked = await self._behind(connection, token, lock=True, now=now)
            await self.resending.send(connection, asked, now=now)

    async def ways(
        self,
        asked: Asked,
        purposes: Collection[str],
        session: GuardianSession | None = None,
    ) -> Sequence[Method]:
        """Return how a guardian can say yes to *purposes*; who is known, as such."""
        if session is None:
            return asked.ways(purposes)
        reply = Reply(
            answer=Answer.GIVE,
            match_code=None,
            purposes=tuple(purposes),
            adult=True,
        )
        reply = answered_by(reply, session)
        async with reading(self.pool) as connection:
            known = await self._as_known(connection, asked, reply)
        if known.method is Method.GUARDIAN_ACCOUNT:
            return (known.method,)
        return asked.ways(purposes)

    async def answer(self, token: Token, reply: Reply) -> Answered:
        """Take a guardian's reply; the first one counts, and its effect is at once.

        But a yes by a method that says who they are: it waits for a verdict.
        """
        now = self.clock.now()
        taken: MatchCodeWrong | ConsentLinkInUse | Begun | None = None
        async with transaction(self.pool) as connection:
            asked = await self._behind(connection, token, lock=True, now=now)
            if reply.answer is Answer.GIVE:  # to refuse, it is never too late
                consent.check_open(asked.request, now=now)
            if not await self.browsers.bind(connection, asked, reply.browser, now=now):
                taken = ConsentLinkInUse()
            else:
                taken = await self._take(connection, asked, reply, now=now)
        if isinstance(taken, Begun):
            href = await self.verifying.start(taken, now=now)
            return Answered(asked=asked, href=href)
        if taken is not None:  # it is counted, or told: say no only after the commit
            raise taken
        return Answered(asked=asked)

    async def _take(
        self, connection: Connection, asked: Asked, reply: Reply, *, now: datetime
    ) -> MatchCodeWrong | Begun | None:
        """Take a reply, or count a try and return why it does not count."""
        matches = _matches(asked.request, reply)
        try:
            consent.check_reply(asked.request, reply, matches=matches)
        except MatchCodeWrong as refusal:
            await store.count_try(connection, asked.request.consent_request_id)
            return refusal
        if reply.answer is Answer.GIVE:
            await self.adults.check(connection, asked.request)
        reply = await self._as_known(connection, asked, reply)
        asked = await self._restate(connection, asked, reply)
        await self._note_opened(connection, asked, now=now)
        return await self._settle(connection, asked, reply, now=now)

    async def _behind(
        self, connection: Connection, token: Token, *, lock: bool, now: datetime
    ) -> Asked:
        if not is_token(token):
            raise ConsentLinkUnknown
        link_hash = hash_token(token)
        asked = await self.asked.behind(connection, link_hash, lock=lock, now=now)
        if asked is not None:
            return asked
        answered = await link_store.find_link_end(connection, link_hash)
        if answered is None:
            raise ConsentLinkUnknown
        raise ConsentAlreadyAnswered if answered else ConsentLinkExpired

    async def _as_known(
        self, connection: Connection, asked: Asked, reply: Reply
    ) -> Reply:
        """Let who is signed in, and was verified before, not be verified again.

        Only the guardian who was asked, by a second factor, and where the operator
        takes their account. Who states no method answers by the contact they were asked
        by. Raises GuardianAccountInsufficient where it is to rest on that account,
        and something is missing.
        """
        if reply.method is Method.EMAIL_PLUS and not reply.stated:
            reply = replace(reply, method=asked.request.guardian_contact.plus)
        if reply.signed_in is None or reply.answer is not Answer.GIVE:
            return reply
        guardian = await self.guardians.read(connection, reply.signed_in)
        request = asked.request
        asked_is = (request.app, request.guardian_contact)
        if (guardian.app, guardian.contact) != asked_is:
            return reply
        verified_by = await self.guardians.verified_by(connection, reply.signed_in)
        if reply.method is Method.GUARDIAN_ACCOUNT:
            check_known(reply.proven, reply.enrolled, verified_by)
        if not carries_second_factor(reply.proven):
            return reply
        carrying = asked.ways(reply.purposes, verified_by)
        if Method.GUARDIAN_ACCOUNT not in carrying:
            return reply
        return replace(reply, method=Method.GUARDIAN_ACCOUNT, verified_by=verified_by)

    async def _restate(
        self, connection: Connection, asked: Asked, reply: Reply
    ) -> Asked:
        """Let the guardian say themself what they are to the child."""
        if reply.relation is None:
            return asked
        request = replace(asked.request, relation=reply.relation)
        await store.restate(connection, request.consent_request_id, reply.relation)
        return replace(asked, request=request)

    async def _note_opened(
        self, connection: Connection, asked: Asked, *, now: datetime
    ) -> None:
        request_id = asked.request.consent_request_id
        if await store.mark_opened(connection, request_id):
            told = self.of_registrations if asked.standing else self.of_accounts
            await told.tell(
                connection, asked, EventType.CONSENT_OPENED, Cause.LINK_OPENED, now=now
            )

    async def _settle(
        self, connection: Connection, asked: Asked, reply: Reply, *, now: datetime
    ) -> Begun | None:
        request = asked.request
        entry = Entry(
            app=request.app,
            subject_id=request.registration_id,
            actor=Actor(ActorKind.GUARDIAN, request.guardian_id),
            action="consent.answered",
            detail={
                "answer": reply.answer,
                "method": reply.method,
                "same_browser": "yes" if reply.same_browser else "no",
            },
        )
        await audit.record(connection, entry, at=now)
        answers = self.of_registrations if asked.standing else self.of_accounts
        match reply.answer:
            case Answer.GIVE if is_verified(reply.method):
                return await self.verifying.hold(connection, asked, reply, now=now)
            case Answer.GIVE:
                await answers.give(connection, asked, reply, now=now)
            case Answer.REFUSE:
                await answers.refuse(connection, asked, now=now)
            case Answer.NOT_MY_CHILD:
                index = self.requests.index(request.guardian_contact)
                await mailbox_store.suppress(connection, request.app, index, at=now)
                await answers.dispute(connection, asked, now=now)
            case _:
                assert_never(reply.answer)
        return None


def _matches(request: ConsentRequest, reply: Reply) -> bool:
    typed = (reply.match_code or "").encode()
    return same(typed, request.match_code.encode())
