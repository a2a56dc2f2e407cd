"""What falls due for consent: second contacts, notices, ends, erasures, new policies.

Several workers share the work: each takes a timer's row under the account's lock, and
leaves an account alone on which somebody else works.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from math import ceil
from typing import Final, assert_never

from service.accounts.held import Held, HeldAccounts
from service.accounts.waiting import Standing, Waiting
from service.consents import due
from service.consents.due import Timer, TimerKind
from service.consents.flows import Consents
from service.consents.grants import titles_of
from service.consents.people import Guardians
from service.domain.accounts import AccountId, Suspension
from service.domain.actors import TIMER
from service.domain.consent import GuardianId
from service.domain.events import Cause, EventType
from service.domain.grants import Grant, GrantState
from service.domain.messages import SecondContact
from service.domain.registration import RegistrationId
from service.guardians import link_store, store
from service.guardians.asked import Asked
from service.guardians.asking import LINK_PATH
from service.guardians.granted import GrantedFlows
from service.guardians.letters import to_guardian
from service.guardians.registration_answers import RegistrationAnswers
from service.kit.clock import Clock
from service.kit.database import Connection, Pool
from service.kit.due import do_due
from service.kit.tokens import hash_token, new_token
from service.messages.flows import Messages

AGAIN: Final = timedelta(minutes=15)
"""When to look again whether the second contact was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentTimers:
    """A step of the worker."""

    pool: Pool
    clock: Clock
    base_url: str
    waiting: Waiting
    accounts: HeldAccounts
    guardians: Guardians
    consents: Consents
    granted: GrantedFlows
    registrations: RegistrationAnswers
    messages: Messages

    async def step(self) -> int:
        """Do what is due, and return how much was."""
        now = self.clock.now()
        return await do_due(
            self.pool,
            partial(due.find, now=now),
            partial(self._act, now=now),
            subject_of=lambda timer: timer.subject_id,
        )

    async def _act(
        self, connection: Connection, timer: Timer, *, now: datetime
    ) -> bool:
        account_id = AccountId(timer.subject_id)
        if timer.kind is TimerKind.ERASE:
            return await self._erase(connection, timer, now=now)
        held = await self.accounts.lock(connection, account_id, wait=False)
        if held is not None:
            if not await due.take(connection, timer):
                return False
            await self._of_account(connection, timer, held, now=now)
            return True
        registration_id = RegistrationId(timer.subject_id)
        standing = await self.waiting.lock(connection, registration_id)
        if standing is None or not await due.take(connection, timer):
            return False
        await self._of_registration(connection, timer, standing, now=now)
        return True

    async def _erase(
        self, connection: Connection, timer: Timer, *, now: datetime
    ) -> bool:
        """Erase an account that was suspended for as long as it may be."""
        account = await self.accounts.lock_outline(
            connection, AccountId(timer.subject_id), wait=False
        )
        if account is None or not await due.take(connection, timer):
            return False
        if not account.condition.suspended:
            return True
        consent = account.condition.suspended_for is Suspension.CONSENT
        await self.consents.suspensions.erase(
            connection,
            account,
            cause=Cause.CONSENT_ENDED if consent else Cause.REVIEW_DECIDED,
            actor=TIMER,
            now=now,
        )
        return True

    async def _of_account(
        self, connection: Connection, timer: Timer, held: Held, *, now: datetime
    ) -> None:
        match timer.kind:
            case TimerKind.SECOND_CONTACT:
                await self._contact(connection, timer, held, now=now)
            case TimerKind.CONFIRM:
                await self._confirm(connection, timer, held, now=now)
            case TimerKind.NOTICE:
                await self._notice(connection, timer, held, now=now)
            case TimerKind.EXPIRE:
                changed = await self.consents.endings.expire(connection, held, now=now)
                if changed is not None:
                    await self._ask_back(connection, changed.held, now=now)
            case TimerKind.ERASE:
                pass
            case _:
                assert_never(timer.kind)

    async def _contact(
        self, connection: Connection, timer: Timer, held: Held, *, now: datetime
    ) -> None:
        """Write to the guardian again, and wait for it to be sent, and some hours."""
        grants = _provisional(held, timer)
        if not grants or timer.giver_id is None:
            return
        timers = held.profile.timers
        left = timers.second_contact_before - timers.second_contact_after
        guardian = await self.guardians.read(connection, GuardianId(timer.giver_id))
        message_id = await self.consents.letters.second_contact(
            connection, held, guardian, grants, hours=_hours(left), now=now
        )
        await due.await_message(connection, timer, message_id, until=now + left)

    async def _confirm(
        self, connection: Connection, timer: Timer, held: Held, *, now: datetime
    ) -> None:
        """Confirm what was not revoked; what could not be asked about lapses."""
        grants = _provisional(held, timer)
        if not grants:
            return
        sent = timer.message_id and await self.messages.is_sent(
            connection, timer.message_id
        )
        if sent is None:
            await due.put_off(connection, replace(timer, due_at=now + AGAIN))
        elif sent:
            await self.consents.by_guardians.confirm(connection, held, grants, now=now)
        else:
            await self.consents.endings.lapse(connection, held, grants, now=now)

    async def _notice(
        self, connection: Connection, timer: Timer, held: Held, *, now: datetime
    ) -> None:
        """Ask for what ends soon: the guardian, or the holder who decides alone."""
        ending = [
            one
            for one in held.live()
            if one.giver_id == timer.giver_id and one.ends_at == timer.about
        ]
        if not ending or now >= timer.about:
            return
        for bond in await self.guardians.of(connection, held.account_id):
            if bond.guardian_id == timer.giver_id:
                guardian = await self.guardians.read(connection, bond.guardian_id)
                await self.granted.ask(
                    connection,
                    held,
                    guardian,
                    bond.relation,
                    cause=Cause.ENDING_SOON,
                    actor=TIMER,
                    now=now,
                )

    async def _ask_back(
        self, connection: Connection, held: Held, *, now: datetime
    ) -> None:
        """Ask every guardian for what is missing, where the account is suspended."""
        if held.account.condition.suspended_for is not Suspension.CONSENT:
            return
        for bond in await self.guardians.of(connection, held.account_id):
            guardian = await self.guardians.read(connection, bond.guardian_id)
            await self.granted.ask(
                connection,
                held,
                guardian,
                bond.relation,
                cause=Cause.CONSENT_ENDED,
                actor=TIMER,
                now=now,
            )

    async def _of_registration(
        self, connection: Connection, timer: Timer, standing: Standing, *, now: datetime
    ) -> None:
        """Go on with an answer that opens an account after the second contact alone."""
        registration_id = standing.registration.registration_id
        request = await store.find_of(connection, registration_id, key=standing.key)
        if request is None or not request.awaits_contact:
            return
        asked = Asked(
            request=request,
            standing=standing,
            child=standing.registration.username,
            today=now.date(),
        )
        if timer.kind is TimerKind.SECOND_CONTACT:
            await self._contact_once_more(connection, timer, asked, now=now)
            return
        sent = timer.message_id and await self.messages.is_sent(
            connection, timer.message_id
        )
        if sent is None:
            await due.put_off(connection, replace(timer, due_at=now + AGAIN))
        elif sent:
            await self.registrations.confirm(connection, asked, now=now)
        else:
            await self.registrations.refuse(
                connection,
                asked,
                cause=Cause.SECOND_CONTACT_FAILED,
                event_type=EventType.CONSENT_EXPIRED,
                now=now,
            )

    async def _contact_once_more(
        self, connection: Connection, timer: Timer, asked: Asked, *, now: datetime
    ) -> None:
        """Write to the guardian again, with a link that refuses."""
        request, timers = asked.request, asked.profile.timers
        left = timers.second_contact_before - timers.second_contact_after
        token, pending = new_token(), request.pending
        await link_store.replace_link(
            connection,
            request.consent_request_id,
            link_hash=hash_token(token),
            expires_at=now + timers.consent_link,
        )
        held = set() if pending is None else {*pending.purposes}
        purposes = [one for one in asked.profile.purposes if one.id in held]
        content = SecondContact(
            purposes=titles_of(purposes, request.language),
            link=f"{self.base_url}{LINK_PATH}{token}",
            hours=_hours(left),
        )
        message = to_guardian(request, content)
        message_id = await self.messages.queue(
            connection, message, key=asked.key, at=now
        )
        await due.await_message(connection, timer, message_id, until=now + left)


def _provisional(held: Held, timer: Timer) -> list[Grant]:
    """Return what the guardian of *timer* granted then, and nobody has confirmed."""
    return [
        one
        for one in held.grants
        if one.state is GrantState.PROVISIONAL
        and one.giver_id == timer.giver_id
        and one.given_at == timer.about
    ]


def _hours(duration: timedelta) -> int:
    return ceil(duration / timedelta(hours=1))
