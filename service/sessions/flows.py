"""The sessions of an account: ended one by one, all at once, or by a new epoch."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from service.accounts.flows import AccountFlows
from service.audit import log as audit
from service.domain.accounts import AccountId
from service.domain.actors import holder
from service.domain.audit import Entry
from service.domain.events import Cause, Event, EventType
from service.domain.profiles import LegalGround
from service.kit.clock import Clock
from service.kit.database import Connection, Pool
from service.outbox.flows import Outbox
from service.sessions import store


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFlows:
    """What may be done to sessions that there are."""

    pool: Pool
    clock: Clock
    accounts: AccountFlows
    outbox: Outbox

    async def raise_epoch(
        self,
        connection: Connection,
        account_id: AccountId,
        *,
        keep: UUID | None = None,
        now: datetime,
    ) -> int:
        """Make every older token of the account worthless, here at once (F20).

        The session *keep* goes on; its app asks for another access token. A sign-in
        that is under way has to begin again.
        """
        epoch = await self.accounts.raise_epoch(connection, account_id)
        await store.delete_challenges(connection, account_id)
        if keep is not None:
            await store.move_to_epoch(connection, keep, epoch)
        await self.end_all(
            connection,
            account_id,
            but=keep,
            cause=Cause.CREDENTIALS_CHANGED,
            now=now,
        )
        return epoch

    async def renew(self, connection: Connection, account_id: AccountId) -> int:
        """Make every older token worthless, and let every session go on; the epoch.

        For a holder who changed the password and stays signed in on other devices.
        """
        epoch = await self.accounts.raise_epoch(connection, account_id)
        await store.delete_challenges(connection, account_id)
        await store.move_all_to_epoch(connection, account_id, epoch)
        return epoch

    async def end_all(
        self,
        connection: Connection,
        account_id: AccountId,
        *,
        but: UUID | None = None,
        cause: Cause,
        now: datetime,
    ) -> int:
        """End every session *but* one, and tell others if there was any; how many."""
        ended = await store.end_all(connection, account_id, but=but, now=now)
        if ended:
            app = await store.find_app(connection, account_id)
            actor = holder(account_id)
            event = Event(
                type=EventType.SECURITY_SESSIONS_ENDED,
                subject_id=account_id,
                app=app,
                cause=cause,
                actor=actor,
                legal_ground=LegalGround.CONTRACT,
            )
            await self.outbox.record(connection, event, at=now)
            entry = Entry(
                app=app,
                subject_id=account_id,
                actor=actor,
                action=EventType.SECURITY_SESSIONS_ENDED,
                detail={"cause": cause, "sessions": str(ended)},
            )
            await audit.record(connection, entry, at=now)
        return ended
