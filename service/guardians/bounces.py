"""Messages to guardians that came back: noted, so that the address can be corrected."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from service.accounts.held import HeldAccounts
from service.accounts.waiting import Waiting
from service.domain.accounts import AccountId
from service.domain.actors import TIMER
from service.domain.events import Cause, EventType
from service.domain.messages import GuardianAsked, GuardianInvited, GuardianReminder
from service.domain.profiles import LegalGround
from service.domain.registration import RegistrationId
from service.guardians import store
from service.kit.clock import Clock
from service.kit.database import Connection, Pool
from service.kit.due import do_due
from service.messages.flows import Failed, Messages
from service.outbox.flows import Outbox

TEMPLATES: Final = tuple(
    one.template for one in (GuardianAsked, GuardianReminder, GuardianInvited)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounces:
    """A step of the worker.

    That a message came back is what the mail server says when it is handed over, or
    that it could not be handed over for as long as it was worth sending.
    """

    pool: Pool
    clock: Clock
    waiting: Waiting
    held: HeldAccounts
    messages: Messages
    outbox: Outbox

    async def step(self) -> int:
        """Note what came back, and return how many messages did."""
        now = self.clock.now()
        return await do_due(
            self.pool,
            partial(self.messages.find_failed, TEMPLATES),
            partial(self._note, now=now),
            subject_of=lambda failed: failed.subject_id,
        )

    async def _note(
        self, connection: Connection, failed: Failed, *, now: datetime
    ) -> bool:
        registration_id = RegistrationId(failed.subject_id)
        standing = await self.waiting.lock(connection, registration_id)
        held = None
        if standing is None:
            account_id = AccountId(failed.subject_id)
            held = await self.held.lock(connection, account_id, wait=False)
        if not await self.messages.take_failure(connection, failed):
            return False
        if standing is not None:
            request = await store.find_of(connection, registration_id, key=standing.key)
            event = standing.registration.event(
                EventType.CONSENT_BOUNCED,
                Cause.MESSAGE_FAILED,
                TIMER,
                legal_ground=LegalGround.LEGAL_OBLIGATION,
            )
        elif held is not None:
            request = await store.find_of_account(
                connection, held.account_id, None, key=held.key
            )
            event = held.event(EventType.CONSENT_BOUNCED, Cause.MESSAGE_FAILED, TIMER)
        else:
            return False
        if request is None or not await store.mark_bounced(
            connection, request.consent_request_id, failed.message_id
        ):
            return False
        await self.outbox.record(connection, event, at=now)
        return True
