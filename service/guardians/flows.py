"""A guardian reads what is asked, and answers: gives, refuses, or "not my child"."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from service.accounts.flows import AccountFlows
from service.accounts.held import HeldAccounts
from service.accounts.waiting import Waiting
from service.audit import log as audit
from service.consents.people import Guardians
from service.domain import consent
from service.domain.accounts import AccountId
from service.domain.actors import Actor, ActorKind
from service.domain.audit import Entry
from service.domain.consent import Answer, ConsentRequest, Reply
from service.domain.consent_methods import Method
from service.domain.decisions import AgeBand
from service.domain.events import Cause, EventType
from service.domain.refusals import (
    ConsentAlreadyAnswered,
    ConsentLinkExpired,
    ConsentLinkInUse,
    ConsentLinkUnknown,
    GuardianMustBeAdult,
    MatchCodeWrong,
)
from service.domain.registration import RegistrationId
from service.guardians import link_store, mailbox_store, store
from service.guardians.account_answers import AccountAnswers
from service.guardians.asked import Asked
from service.guardians.asking import GuardianRequests
from service.guardians.browsers import Browsers
from service.guardians.registration_answers import RegistrationAnswers
from service.guardians.resending import Resending
from service.kit.clock import Clock
from service.kit.database import Connection, Pool, transaction
from service.kit.database import connection as reading
from service.kit.secrets import SealingKey
from service.kit.tokens import Token, hash_token, is_token, same


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianFlows:
    """What guardians see and say."""

    pool: Pool
    clock: Clock
    waiting: Waiting
    held: HeldAccounts
    requests: GuardianRequests
    guardians: Guardians
    accounts: AccountFlows
    of_registrations: RegistrationAnswers
    of_accounts: AccountAnswers
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

    async def send_again(self, token: Token) -> None:
        """Write once more to the stored address, unseen; this link is spent.

        For who has a link that is too old, or is in use elsewhere: whoever asks for it
        gets nothing but what the guardian's own mailbox gets. Raises SendsUsedUp.
        """
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            asked = await self._behind(connection, token, lock=True, now=now)
            await self.resending.send(connection, asked, now=now)

    async def answer(self, token: Token, reply: Reply) -> Asked:
        """Take a guardian's reply; the first one counts, and its effect is at once."""
        now = self.clock.now()
        wrong: MatchCodeWrong | ConsentLinkInUse | None = None
        async with transaction(self.pool) as connection:
            asked = await self._behind(connection, token, lock=True, now=now)
            if reply.answer is Answer.GIVE:  # to refuse, it is never too late
                consent.check_open(asked.request, now=now)
            if not await self.browsers.bind(connection, asked, reply.browser, now=now):
                wrong = ConsentLinkInUse()
            else:
                wrong = await self._take(connection, asked, reply, now=now)
        if wrong is not None:  # it is counted, or told: say no only after the commit
            raise wrong
        return asked

    async def _take(
        self, connection: Connection, asked: Asked, reply: Reply, *, now: datetime
    ) -> MatchCodeWrong | None:
        """Take a reply, or count a try and return why it does not count."""
        matches = _matches(asked.request, reply)
        try:
            consent.check_reply(asked.request, reply, matches=matches)
        except MatchCodeWrong as refusal:
            await store.count_try(connection, asked.request.consent_request_id)
            return refusal
        await self._check_adult(connection, asked, reply)
        reply = await self._as_known(connection, asked, reply)
        asked = await self._restate(connection, asked, reply)
        await self._note_opened(connection, asked, now=now)
        await self._settle(connection, asked, reply, now=now)
        return None

    async def _behind(
        self, connection: Connection, token: Token, *, lock: bool, now: datetime
    ) -> Asked:
        if not is_token(token):
            raise ConsentLinkUnknown
        link_hash = hash_token(token)
        subject_id = await store.find_registration_behind(connection, link_hash)
        if subject_id is not None:
            asked = await self._standing(
                connection, subject_id, link_hash, lock=lock, now=now
            ) or await self._held(connection, subject_id, link_hash, lock=lock, now=now)
            if asked is not None:
                return asked
        answered = await link_store.find_link_end(connection, link_hash)
        if answered is None:
            raise ConsentLinkUnknown
        raise ConsentAlreadyAnswered if answered else ConsentLinkExpired

    async def _standing(
        self,
        connection: Connection,
        registration_id: RegistrationId,
        link_hash: bytes,
        *,
        lock: bool,
        now: datetime,
    ) -> Asked | None:
        """Return what is asked for a registration, or None."""
        read = self.waiting.lock if lock else self.waiting.find
        standing = await read(connection, registration_id)
        if standing is None:
            return None
        request = await self._request(connection, link_hash, standing.key)
        if request is None:
            return None
        return Asked(
            request=request,
            standing=standing,
            child=standing.registration.username,
            today=now.date(),
        )

    async def _held(
        self,
        connection: Connection,
        registration_id: RegistrationId,
        link_hash: bytes,
        *,
        lock: bool,
        now: datetime,
    ) -> Asked | None:
        """Return what is asked for an account, or None."""
        read = self.held.lock if lock else self.held.find
        held = await read(connection, AccountId(registration_id))
        if held is None:
            return None
        request = await self._request(connection, link_hash, held.key)
        if request is None:
            return None
        return Asked(
            request=request,
            held=held,
            child=await self.held.username(connection, held),
            today=now.date(),
        )

    async def _request(
        self, connection: Connection, link_hash: bytes, key: SealingKey
    ) -> ConsentRequest | None:
        request = await store.find_behind(connection, link_hash, key=key)
        if request is None or request.guardian_id is None:
            return request
        guardian = await self.guardians.read(connection, request.guardian_id)
        return replace(request, guardian_email=guardian.email)

    async def _as_known(
        self, connection: Connection, asked: Asked, reply: Reply
    ) -> Reply:
        """Let who is signed in, and was verified before, not be verified again.

        Only the guardian who was asked, and where the operator takes their account.
        """
        if reply.signed_in is None or reply.answer is not Answer.GIVE:
            return reply
        guardian = await self.guardians.read(connection, reply.signed_in)
        request = asked.request
        if (guardian.app, guardian.email) != (request.app, request.guardian_email):
            return reply
        verified_by = await self.guardians.verified_by(connection, reply.signed_in)
        profile = asked.profile
        carrying = consent.methods_for(
            profile,
            [one for one in profile.purposes if one.essential],
            country=asked.country,
            today=asked.today,
            verified_by=verified_by,
        )
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

    async def _check_adult(
        self, connection: Connection, asked: Asked, reply: Reply
    ) -> None:
        """Refuse consent from an address that we know to be a child's or a minor's.

        And from a guardian who was barred: what they say counts no more.
        """
        if reply.answer is not Answer.GIVE:
            return
        app, email = asked.request.app, asked.request.guardian_email
        band = await self.accounts.find_band(connection, app, email)
        known = await self.guardians.known(connection, app, email)
        barred = known is not None and known[1]
        if barred or band in {AgeBand.CHILD, AgeBand.MINOR}:
            raise GuardianMustBeAdult

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
    ) -> None:
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
            case Answer.GIVE:
                await answers.give(connection, asked, reply, now=now)
            case Answer.REFUSE:
                await answers.refuse(connection, asked, now=now)
            case Answer.NOT_MY_CHILD:
                index = self.requests.index(request.guardian_email)
                await mailbox_store.suppress(connection, request.app, index, at=now)
                await answers.dispute(connection, asked, now=now)
            case _:
                assert_never(reply.answer)


def _matches(request: ConsentRequest, reply: Reply) -> bool:
    typed = (reply.match_code or "").encode()
    return same(typed, request.match_code.encode())
