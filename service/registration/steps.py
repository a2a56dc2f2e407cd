"""The applicant's steps after the form, and how a registration is shown."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias
from uuid import UUID

from service.accounts.waiting import Standing
from service.domain.actors import APPLICANT
from service.domain.events import Cause
from service.domain.forms import ContactKind
from service.domain.guardian_contacts import GuardianContact, kinds_of
from service.domain.profiles import AppName
from service.domain.refusals import (
    FieldsWrong,
    PolicyVersionOutdated,
    RegistrationUnknown,
    ServiceBusy,
    StepNotDue,
)
from service.domain.registration import RegistrationId, State
from service.domain.sign_ups import purpose_mistakes
from service.guardians.asking import GuardianRequests
from service.guardians.naming import check_asked, read_phone
from service.kit import idempotency
from service.kit.clock import Clock
from service.kit.database import Connection, Pool, statement, transaction
from service.kit.database import connection as reading
from service.kit.idempotency import AlreadyDone, Answer, Repeatable
from service.kit.languages import best_language
from service.registration import store
from service.registration.exchange import GuardianWish, PolicyAcceptance, Shown
from service.registration.progress import Progress, accepted

Work: TypeAlias = Callable[[Connection], Awaitable[Shown]]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFlows:
    """What an applicant can see and do of a registration under way."""

    pool: Pool
    clock: Clock
    requests: GuardianRequests
    progress: Progress

    async def show(self, registration_id: RegistrationId) -> Shown:
        """Return a registration as it stands, also after it was completed or ended."""
        async with reading(self.pool) as connection:
            standing = await self.progress.find(connection, registration_id)
            if standing is not None:
                return await self.shown(connection, standing)
            over = await store.find_end(connection, registration_id)
        if over is None:
            raise RegistrationUnknown
        return Shown(registration_id=registration_id, app=over[0], state=over[1])

    async def ask_guardian(
        self,
        registration_id: RegistrationId,
        wish: GuardianWish,
        repeat: Repeatable | None = None,
    ) -> Shown:
        """Have the guardian written to, for the first time or, same address, again."""
        now = self.clock.now()

        async def ask(connection: Connection) -> Shown:
            standing = await self.progress.take(connection, registration_id)
            match standing.registration.state:
                case State.ASK_GUARDIAN:
                    standing = await self._ask(connection, standing, wish, now=now)
                case State.AWAITING_GUARDIAN:
                    await self._ask_once_more(connection, standing, wish, now=now)
                case _:
                    raise StepNotDue
            return await self.shown(connection, standing)

        done = await self.done_before(repeat)
        asked = done or await self.once(repeat, registration_id, ask)
        if asked.request is None:  # it was answered since the request that this repeats
            raise StepNotDue
        return asked

    async def remind_guardian(self, registration_id: RegistrationId) -> Shown:
        """Have the guardian that was named written to once more."""
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            standing = await self.progress.take(connection, registration_id)
            await self._ask_again(connection, standing, None, now=now)
            return await self.shown(connection, standing)

    async def accept_policy(
        self, registration_id: RegistrationId, chosen: PolicyAcceptance
    ) -> None:
        """Open the account of somebody who has come to decide alone, as they chose.

        Only the policy in force can be accepted: they have not seen another one.
        """
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            standing = await self.progress.take(connection, registration_id)
            if standing.registration.state is not State.ASK_ACCEPTANCE:
                raise StepNotDue
            _check_choice(standing, chosen, today=now.date())
            version, purposes = chosen.policy_version, tuple(chosen.purposes)
            await store.accept_policy(connection, registration_id, version, purposes)
            await self.progress.advance(
                connection,
                accepted(standing, version, purposes),
                cause=Cause.POLICY_ACCEPTED,
                actor=APPLICANT,
                now=now,
            )

    async def give_up(self, registration_id: RegistrationId) -> None:
        """End the registration at the applicant's wish; everything is deleted."""
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            standing = await self.progress.take(connection, registration_id)
            await self.progress.end(
                connection, standing, cause=Cause.GAVE_UP, actor=APPLICANT, now=now
            )

    async def done_before(self, repeat: Repeatable | None) -> Shown | None:
        """Return the answer that a repeated request was given before, if it was."""
        if repeat is None:
            return None
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            answer = await idempotency.earlier(connection, repeat, now=now)
            if answer is None:
                return None
            return await self._shown_again(connection, answer)

    async def once(
        self,
        repeat: Repeatable | None,
        registration_id: RegistrationId,
        work: Work,
        *,
        one_statement: bool = False,
    ) -> Shown:
        """Do *work* in one transaction, or answer as the request it repeats did.

        Work of *one_statement* is a transaction already, unless a key is kept with it.
        """
        if repeat is None:
            within = statement if one_statement else transaction
            async with within(self.pool) as connection:
                return await work(connection)
        now = self.clock.now()
        try:
            async with transaction(self.pool) as connection:
                await idempotency.claim(
                    connection, repeat, subject_id=registration_id, now=now
                )
                shown = await work(connection)
                await idempotency.settle(connection, repeat, _answer(shown))
        except AlreadyDone:
            done = await self.done_before(repeat)
            if done is None:
                raise ServiceBusy from None
            return done
        return shown

    async def shown(self, connection: Connection, standing: Standing) -> Shown:
        """Return a registration as its applicant may see it."""
        registration, request = standing.registration, None
        if registration.state is State.AWAITING_GUARDIAN:
            request = await self.requests.find(
                connection, registration.registration_id, key=standing.key
            )
        return Shown(
            registration_id=registration.registration_id,
            app=registration.app,
            state=registration.state,
            decision=registration.decision,
            unconfirmed=tuple(sorted(registration.unconfirmed(standing.profile))),
            request=request,
            guardian_by=kinds_of(standing.profile.consent.methods),
        )

    async def _shown_again(self, connection: Connection, answer: Answer) -> Shown:
        registration_id = RegistrationId(UUID(answer["registration_id"]))
        app = AppName(answer["app"])
        standing = await self.progress.find(connection, registration_id)
        live = standing and await self.shown(connection, standing)
        return Shown(
            registration_id=registration_id,
            app=app,
            state=State(answer["state"]),
            unconfirmed=tuple(
                ContactKind(kind) for kind in answer["unconfirmed"].split()
            ),
            request=live.request if live else None,
            guardian_by=kinds_of(self.progress.profiles[app].consent.methods),
        )

    async def _ask(
        self,
        connection: Connection,
        standing: Standing,
        wish: GuardianWish,
        *,
        now: datetime,
    ) -> Standing:
        await self.requests.ask(
            connection,
            standing.registration,
            standing.profile,
            guardian_contact=_named(standing, wish),
            relation=wish.relation,
            language=_language(standing, wish),
            key=standing.key,
            now=now,
        )
        state = await self.progress.advance(
            connection,
            standing,
            cause=Cause.GUARDIAN_ASKED,
            actor=APPLICANT,
            now=now,
        )
        return standing.at(state)

    async def _ask_once_more(
        self,
        connection: Connection,
        standing: Standing,
        wish: GuardianWish,
        *,
        now: datetime,
    ) -> None:
        """Write to the same guardian again, or to the address that was corrected."""
        registration, key = standing.registration, standing.key
        contact = _named(standing, wish)
        request = await self.requests.find(
            connection, registration.registration_id, key=key
        )
        if request is None or not request.bounced:
            return await self._ask_again(connection, standing, contact, now=now)
        if contact == request.guardian_contact:
            return await self._ask_again(connection, standing, contact, now=now)
        await self.requests.correct(
            connection,
            registration,
            request,
            standing.profile,
            guardian_contact=contact,
            relation=wish.relation,
            language=_language(standing, wish),
            key=key,
            now=now,
        )
        return None

    async def _ask_again(
        self,
        connection: Connection,
        standing: Standing,
        guardian_contact: GuardianContact | None,
        *,
        now: datetime,
    ) -> None:
        request = await self.requests.find(
            connection, standing.registration.registration_id, key=standing.key
        )
        if request is None or guardian_contact not in {
            None,
            request.guardian_contact,
        }:
            raise StepNotDue
        await self.requests.ask_again(
            connection, request, standing.profile, key=standing.key, now=now
        )


def _named(standing: Standing, wish: GuardianWish) -> GuardianContact:
    """Return who is named, by what this operator asks; or raise FieldsWrong."""
    profile, country = standing.profile, standing.registration.country
    contact = wish.email or read_phone(
        wish.phone or "", region=country or profile.age.default_country
    )
    check_asked(profile, contact)
    return contact


def _language(standing: Standing, wish: GuardianWish) -> str:
    """Return the language to write to a guardian in."""
    return best_language(
        wish.language or standing.registration.language,
        None,
        standing.profile.languages,
    )


def _check_choice(standing: Standing, chosen: PolicyAcceptance, *, today: date) -> None:
    """Refuse what can't be accepted, or not any more."""
    profile = standing.profile
    if chosen.policy_version != profile.current_policy(today).version:
        raise PolicyVersionOutdated
    decision = standing.registration.decision
    mistakes = [*purpose_mistakes(profile, decision, chosen.purposes)]
    if mistakes:
        raise FieldsWrong(mistakes)


def _answer(shown: Shown) -> Answer:
    """Return what is kept of an answer for its repeats: no token and no code."""
    return {
        "registration_id": str(shown.registration_id),
        "app": shown.app,
        "state": shown.state,
        "unconfirmed": " ".join(shown.unconfirmed),
    }
