"""The sessions of an account: ended one by one, all at once, or by a new epoch."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from service.accounts.flows import AccountFlows
from service.accounts.tries import Tries
from service.audit import log as audit
from service.caller import Holder
from service.domain.accounts import AccountId
from service.domain.actors import Actor, holder
from service.domain.audit import Entry
from service.domain.events import Cause, Event, EventType
from service.domain.profiles import AppName, LegalGround
from service.domain.refusals import SessionUnknown
from service.domain.sessions import LOST_ANSWER
from service.kit.clock import Clock
from service.kit.database import Connection, Pool, transaction
from service.kit.database import connection as reading
from service.outbox.flows import Outbox
from service.sessions import refresh_store, store
from service.sessions.shown import show
from service.sessions.store import Listed
from service.vault.flows import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFlows:
    """What may be done to sessions that there are."""

    pool: Pool
    clock: Clock
    vault: Vault
    accounts: AccountFlows
    tries: Tries
    outbox: Outbox

    async def raise_epoch(
        self,
        connection: Connection,
        account_id: AccountId,
        *,
        keep: UUID | None = None,
        cause: Cause = Cause.CREDENTIALS_CHANGED,
        actor: Actor | None = None,
        now: datetime,
    ) -> int:
        """Make every older token of the account worthless, here at once (F20).

        The session *keep* goes on; its app asks for another access token. A sign-in
        that is under way has to begin again. Unless an *actor* is named it is the
        holder who did it.
        """
        epoch = await self.accounts.raise_epoch(connection, account_id)
        await store.delete_challenges(connection, account_id)
        if keep is not None:
            await store.move_to_epoch(connection, keep, epoch)
        await self.end_all(
            connection,
            account_id,
            but=keep,
            cause=cause,
            actor=actor,
            now=now,
        )
        return epoch

    async def renew(self, connection: Connection, account_id: AccountId) -> int:
        """Make every older token worthless, and let every session go on; the epoch.

        For a holder who changed the password and stays signed in on other devices, and
        for one whose purposes or age are others now: fresh tokens say so.
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
        actor: Actor | None = None,
        now: datetime,
    ) -> int:
        """End every session *but* one, and tell others if there was any; how many."""
        ended = await store.end_all(connection, account_id, but=but, now=now)
        if ended:
            await self._tell(connection, account_id, ended, cause, actor, now=now)
        return ended

    async def end(
        self,
        connection: Connection,
        account_id: AccountId,
        session_id: UUID,
        *,
        cause: Cause,
        now: datetime,
    ) -> bool:
        """End one session of the account; False when it has no such one."""
        ended = await store.end(connection, account_id, session_id, now=now)
        if ended:
            await self._tell(connection, account_id, 1, cause, now=now)
        return ended

    async def sign_out(self, by: Holder) -> None:
        """End the session that asks."""
        await self.end_one(by, by.session_id)

    async def end_one(self, by: Holder, session_id: UUID) -> None:
        """End one of the holder's sessions, or raise SessionUnknown."""
        now, account_id = self.clock.now(), by.account_id
        async with transaction(self.pool) as connection:
            if not await self.end(
                connection, account_id, session_id, cause=Cause.SIGNED_OUT, now=now
            ):
                raise SessionUnknown

    async def end_others(self, by: Holder, *, current_too: bool) -> None:
        """End every other session of the holder's, or this one as well.

        Sign-ins that are under way have to begin again.
        """
        now, account_id = self.clock.now(), by.account_id
        but = None if current_too else by.session_id
        async with transaction(self.pool) as connection:
            await store.delete_challenges(connection, account_id)
            await self.end_all(
                connection, account_id, but=but, cause=Cause.SIGNED_OUT, now=now
            )

    async def list(self, by: Holder) -> Sequence[Listed]:
        """Return where the holder is signed in, the session used last first."""
        now, account_id = self.clock.now(), by.account_id
        async with reading(self.pool) as connection:
            key = await self.vault.key_of(connection, account_id)
            return await store.list_open(connection, account_id, key=key, now=now)

    async def export(
        self, connection: Connection, account_id: AccountId
    ) -> Sequence[Mapping[str, object]]:
        """Return what is kept of the holder's sessions, ended ones too."""
        key = await self.vault.key_of(connection, account_id)
        return [
            show(one) for one in await store.list_every(connection, account_id, key=key)
        ]

    async def erase(self, connection: Connection, account_id: AccountId) -> int:
        """Delete everything kept of an account's sessions, and of failures; how many.

        What its tokens were good for ends with it.
        """
        await self.tries.forget(connection, account_id)
        return await store.delete_all(connection, account_id)

    async def other_apps(
        self, connection: Connection, apps: Collection[str]
    ) -> Sequence[AppName]:
        """Return the apps that have sessions, but *apps*."""
        return await store.other_apps(connection, apps)

    async def sweep_app(
        self, connection: Connection, app: AppName, *, before: datetime
    ) -> int:
        """Delete sessions of *app* that were over before then; how many."""
        return await store.delete_before(connection, app, before=before)

    async def sweep(self, connection: Connection, *, now: datetime) -> int:
        """Delete sign-ins nobody finished, and refresh tokens that were used; how many.

        A used token says itself whose it was: it need not be kept to be known again.
        """
        return await store.delete_expired_challenges(
            connection, now=now
        ) + await refresh_store.delete_used_before(connection, before=now - LOST_ANSWER)

    async def _tell(
        self,
        connection: Connection,
        account_id: AccountId,
        ended: int,
        cause: Cause,
        actor: Actor | None = None,
        *,
        now: datetime,
    ) -> None:
        app = await store.find_app(connection, account_id)
        actor = actor or holder(account_id)
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
