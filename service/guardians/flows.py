"""A guardian reads what is asked, and answers: gives, refuses, or "not my child"."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from service.accounts.flows import AccountFlows
from service.accounts.waiting import Waiting
from service.audit import log as audit
from service.domain import consent
from service.domain.accounts import AccountId
from service.domain.actors import Actor, ActorKind
from service.domain.audit import Entry
from service.domain.consent import (
    STRENGTH,
    Answer,
    ConsentRequest,
    GuardianId,
    Method,
    Reply,
)
from service.domain.decisions import AgeBand
from service.domain.events import Cause, EventType
from service.domain.grants import Giver, Grant
from service.domain.languages import in_language
from service.domain.messages import Channel, GuardianThanks, Message
from service.domain.profiles import LegalGround, Purpose
from service.domain.refusals import (
    ConsentAlreadyAnswered,
    ConsentLinkExpired,
    ConsentLinkUnknown,
    GuardianMustBeAdult,
    MatchCodeWrong,
)
from service.guardians import store
from service.guardians.asked import Asked
from service.guardians.asking import GuardianRequests
from service.kit.clock import Clock
from service.kit.database import Connection, Pool, transaction
from service.kit.database import connection as reading
from service.kit.ids import new_id
from service.kit.tokens import Token, hash_token, is_token, same
from service.messages.flows import Messages
from service.outbox.flows import Outbox
from service.vault.flows import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianFlows:
    """What guardians see and say."""

    pool: Pool
    clock: Clock
    waiting: Waiting
    requests: GuardianRequests
    accounts: AccountFlows
    vault: Vault
    messages: Messages
    outbox: Outbox

    async def look(self, token: Token) -> Asked:
        """Return what a link asks, and change nothing: a mail scanner may do this."""
        async with reading(self.pool) as connection:
            return await self._behind(connection, token, lock=False)

    async def open(self, token: Token) -> Asked:
        """Return what a link asks, and note that a person has opened it."""
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            asked = await self._behind(connection, token, lock=True)
            consent.check_open(asked.request, now=now)
            await self._note_opened(connection, asked, now=now)
        return asked

    async def answer(self, token: Token, reply: Reply) -> Asked:
        """Take a guardian's reply; the first one counts, and its effect is at once."""
        now = self.clock.now()
        wrong: MatchCodeWrong | None = None
        async with transaction(self.pool) as connection:
            asked = await self._behind(connection, token, lock=True)
            if reply.answer is Answer.GIVE:  # to refuse, it is never too late
                consent.check_open(asked.request, now=now)
            try:
                consent.check_reply(
                    asked.request, reply, matches=_matches(asked.request, reply)
                )
            except MatchCodeWrong as refusal:
                await store.count_try(connection, asked.request.consent_request_id)
                wrong = refusal
            else:
                await self._check_adult(connection, asked, reply)
                await self._note_opened(connection, asked, now=now)
                await self._settle(connection, asked, reply, now=now)
        if wrong is not None:  # the try is counted: say no only after the commit
            raise wrong
        return asked

    async def _behind(
        self, connection: Connection, token: Token, *, lock: bool
    ) -> Asked:
        if not is_token(token):
            raise ConsentLinkUnknown
        link_hash = hash_token(token)
        registration_id = await store.find_registration_behind(connection, link_hash)
        if registration_id is not None:
            read = self.waiting.lock if lock else self.waiting.find
            standing = await read(connection, registration_id)
            if standing is not None:
                request = await store.find_behind(
                    connection, link_hash, key=standing.key
                )
                if request is not None:
                    return Asked(standing=standing, request=request)
        answered = await store.find_link_end(connection, link_hash)
        if answered is None:
            raise ConsentLinkUnknown
        raise ConsentAlreadyAnswered if answered else ConsentLinkExpired

    async def _check_adult(
        self, connection: Connection, asked: Asked, reply: Reply
    ) -> None:
        """Refuse consent from an address that we know to be a child's or a minor's."""
        if reply.answer is not Answer.GIVE:
            return
        band = await self.accounts.find_band(
            connection, asked.request.app, asked.request.guardian_email
        )
        if band in {AgeBand.CHILD, AgeBand.MINOR}:
            raise GuardianMustBeAdult

    async def _note_opened(
        self, connection: Connection, asked: Asked, *, now: datetime
    ) -> None:
        request_id = asked.request.consent_request_id
        if await store.mark_opened(connection, request_id):
            await self._tell(
                connection, asked, EventType.CONSENT_OPENED, Cause.LINK_OPENED, now=now
            )

    async def _settle(
        self, connection: Connection, asked: Asked, reply: Reply, *, now: datetime
    ) -> None:
        registration = asked.standing.registration
        registration_id = registration.registration_id
        entry = Entry(
            app=registration.app,
            subject_id=registration_id,
            actor=Actor(ActorKind.GUARDIAN),
            action="consent.answered",
            detail={
                "answer": reply.answer,
                "same_browser": "yes" if reply.same_browser else "no",
            },
        )
        await audit.record(connection, entry, at=now)
        await self.requests.close(connection, registration_id, answered=True, now=now)
        match reply.answer:
            case Answer.GIVE:
                await self._give(connection, asked, reply, now=now)
            case Answer.REFUSE:
                await self._decline(
                    connection,
                    asked,
                    EventType.CONSENT_REFUSED,
                    Cause.GUARDIAN_REFUSED,
                    now=now,
                )
            case Answer.NOT_MY_CHILD:
                index = self.requests.index(asked.request.guardian_email)
                await store.suppress(connection, asked.request.app, index, at=now)
                await self._decline(
                    connection,
                    asked,
                    EventType.CONSENT_DISPUTED,
                    Cause.NOT_MY_CHILD,
                    now=now,
                )
            case _:
                assert_never(reply.answer)

    async def _give(
        self, connection: Connection, asked: Asked, reply: Reply, *, now: datetime
    ) -> None:
        standing, request = asked.standing, asked.request
        purposes = consent.purposes_given(
            standing.profile, reply.purposes, Method.EMAIL_LINK
        )
        index = self.requests.identity(request.guardian_email)
        await store.lock_index(connection, index)
        known = await store.find_guardian(connection, request.app, index)
        guardian_id = known or GuardianId(new_id(now))
        actor = Actor(ActorKind.GUARDIAN, guardian_id)
        grants = _grants(asked, purposes, guardian_id, now=now)
        await self._tell(
            connection,
            asked,
            EventType.CONSENT_GIVEN,
            Cause.GUARDIAN_GAVE,
            now=now,
            actor=actor,
            purposes=tuple(purpose.id for purpose in purposes),
        )
        opened = await self.waiting.complete(
            connection,
            standing,
            grants=grants,
            accepted_by=Giver.GUARDIAN,
            cause=Cause.GUARDIAN_GAVE,
            actor=actor,
            now=now,
        )
        if not opened:
            return
        if known is None:
            key = await self.vault.create(connection, guardian_id, at=now)
            await store.add_guardian(
                connection, guardian_id, request, blind_index=index, key=key, at=now
            )
        else:
            key = await self.vault.key_of(connection, guardian_id)
        account_id = AccountId(standing.registration.registration_id)
        await store.add_guardianship(
            connection, account_id, guardian_id, request.relation, at=now
        )
        thanks = _thanks(asked, purposes, guardian_id)
        await self.messages.queue(connection, thanks, key=key, at=now)

    async def _decline(
        self,
        connection: Connection,
        asked: Asked,
        event_type: EventType,
        cause: Cause,
        *,
        now: datetime,
    ) -> None:
        await self._tell(connection, asked, event_type, cause, now=now)
        await self.waiting.end(
            connection,
            asked.standing,
            cause=cause,
            actor=Actor(ActorKind.GUARDIAN),
            now=now,
        )

    async def _tell(
        self,
        connection: Connection,
        asked: Asked,
        event_type: EventType,
        cause: Cause,
        *,
        now: datetime,
        actor: Actor = Actor(ActorKind.GUARDIAN),  # noqa: B008 -- frozen
        purposes: tuple[str, ...] = (),
    ) -> None:
        event = asked.standing.registration.event(
            event_type,
            cause,
            actor,
            legal_ground=LegalGround.LEGAL_OBLIGATION,
            purposes=purposes,
        )
        await self.outbox.record(connection, event, at=now)


def _matches(request: ConsentRequest, reply: Reply) -> bool:
    typed = (reply.match_code or "").encode()
    return same(typed, request.match_code.encode())


def _grants(
    asked: Asked,
    purposes: Sequence[Purpose],
    guardian_id: GuardianId,
    *,
    now: datetime,
) -> list[Grant]:
    registration, profile = asked.standing.registration, asked.standing.profile
    return [
        Grant(
            grant_id=new_id(now),
            account_id=AccountId(registration.registration_id),
            purpose=purpose.id,
            given_by=Giver.GUARDIAN,
            giver_id=guardian_id,
            method=Method.EMAIL_LINK,
            strength=STRENGTH[Method.EMAIL_LINK],
            policy_version=registration.policy_version,
            given_at=now,
            ends_at=now + profile.timers.consent_validity,
        )
        for purpose in purposes
    ]


def _thanks(
    asked: Asked, purposes: Sequence[Purpose], guardian_id: GuardianId
) -> Message:
    request, profile = asked.request, asked.standing.profile
    titles = [in_language(purpose.title, request.language) for purpose in purposes]
    return Message(
        app=request.app,
        subject_id=guardian_id,
        channel=Channel.EMAIL,
        recipient=request.guardian_email,
        language=request.language,
        content=GuardianThanks(
            purposes=tuple(titles),
            policy_version=asked.policy.version,
            withdraw_contact=profile.contact.email,
        ),
    )
