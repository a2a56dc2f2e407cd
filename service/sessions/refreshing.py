"""Staying signed in: a refresh token is used once, and reuse ends its session."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from service.accounts.security_links import SecurityLinks
from service.domain.events import Cause
from service.domain.messages import SessionReused
from service.domain.refusals import RefreshInvalid
from service.domain.security import SecurityCause
from service.domain.sessions import LOST_ANSWER
from service.kit.clock import Clock
from service.kit.database import Connection, Pool, transaction
from service.kit.secrets import KeyRing
from service.kit.tokens import Token
from service.profiles.reader import Profiles
from service.sessions import refresh_store, store
from service.sessions.flows import SessionFlows
from service.sessions.opening import Opened, Opening, is_idle
from service.sessions.tokens import Bearing, new_refresh_token, session_of


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshFlows:
    """How an app comes to another access token."""

    pool: Pool
    clock: Clock
    keys: KeyRing
    profiles: Profiles
    sessions: SessionFlows
    security_links: SecurityLinks
    opening: Opening

    async def refresh(self, refresh_token: str) -> Opened:
        """Return new tokens for a refresh token, once.

        An answer that was lost may be asked for again within ten seconds, and brings
        the same successor (RFC 9700, 4.14.2). After that the token is in two hands: the
        session ends, and its holder is told. A token that is no longer kept was used.
        """
        now = self.clock.now()
        session_id = session_of(self.keys, refresh_token)
        if session_id is None:
            raise RefreshInvalid
        async with transaction(self.pool) as connection:
            # A step-up must see what this leaves, to use it up (F7).
            await store.hold(connection, session_id)
            bearing = await self._bearing(connection, session_id, now=now)
            token = Token(refresh_token)
            successor = await self._successor(connection, session_id, token, now=now)
            if successor is None:
                await self._end(connection, bearing, now=now)
        if successor is None:  # only once the session has ended
            raise RefreshInvalid
        return self.opening.handed(bearing, successor, now=now)

    async def _bearing(
        self, connection: Connection, session_id: UUID, *, now: datetime
    ) -> Bearing:
        bearing = await store.find(connection, session_id, now=now)
        if bearing is None:
            raise RefreshInvalid
        session = bearing.session
        if is_idle(self.profiles[session.app], session.last_used_at, now=now):
            raise RefreshInvalid
        return bearing

    async def _successor(
        self, connection: Connection, session_id: UUID, token: Token, *, now: datetime
    ) -> Token | None:
        successor = new_refresh_token(self.keys, session_id)
        if await refresh_store.use(
            connection, token, successor, keys=self.keys, now=now
        ):
            await refresh_store.add(connection, successor, session_id, now=now)
            await store.touch(connection, session_id, now=now)
            return successor
        return await refresh_store.find_successor(
            connection, token, used_after=now - LOST_ANSWER, keys=self.keys
        )

    async def _end(
        self, connection: Connection, bearing: Bearing, *, now: datetime
    ) -> None:
        session = bearing.session
        ended = await self.sessions.end(
            connection,
            session.account_id,
            session.session_id,
            cause=Cause.TOKEN_REUSED,
            now=now,
        )
        if ended:
            await self.security_links.tell(
                connection,
                session.account_id,
                SecurityCause.SESSION_REUSED,
                lambda link: SessionReused(link=link),
                now=now,
            )
