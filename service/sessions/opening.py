"""Opening a session, and handing out what it is carried by."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from service.audit import log as audit
from service.caller import Holder
from service.domain.accounts import AccountId
from service.domain.actors import holder
from service.domain.audit import Entry
from service.domain.authenticators import Assurance
from service.domain.profiles import AppName, PolicyProfile
from service.domain.sessions import Device, Session, SessionKind
from service.kit.database import Connection
from service.kit.ids import new_id
from service.kit.queries import Write, write
from service.kit.secrets import KeyRing, SealingKey
from service.kit.tokens import Token, hash_token
from service.profiles.reader import Profiles
from service.sessions import refresh_store, store
from service.sessions.tokens import (
    COOKIE_MARK,
    AccessTokens,
    Bearing,
    new_marked,
    new_refresh_token,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A session and what carries it: a cookie, or a pair of tokens."""

    session: Session
    cookie: Token | None = field(default=None, repr=False)
    access_token: str | None = field(default=None, repr=False)
    refresh_token: Token | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrant:
    """Somebody who has proven enough to be let in, from a *device*.

    They proved it when the account's epoch was *epoch*.
    """

    account_id: AccountId
    app: AppName
    epoch: int
    kind: SessionKind
    assurance: Assurance
    device: Device


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Lets people in; every method runs in the caller's transaction."""

    keys: KeyRing
    profiles: Profiles
    tokens: AccessTokens

    async def open(
        self,
        connection: Connection,
        entrant: Entrant,
        *,
        key: SealingKey,
        now: datetime,
    ) -> Opened | None:
        """Open a session; None when the account was changed meanwhile."""
        browser = entrant.kind is SessionKind.BROWSER
        cookie = new_marked(COOKIE_MARK) if browser else None
        session = Session(
            session_id=new_id(now),
            account_id=entrant.account_id,
            app=entrant.app,
            kind=entrant.kind,
            assurance=entrant.assurance,
            opened_at=now,
            last_used_at=now,
            expires_at=now + lifetime(self.profiles[entrant.app], entrant.kind),
            epoch=entrant.epoch,
        )
        if not await store.add(
            connection,
            session,
            entrant.device,
            token_hash=hash_token(cookie) if cookie else None,
            key=key,
        ):
            return None
        noting = _noting(session, "session.opened", now=now)
        if cookie:
            await write(connection, *noting)
            return Opened(session=session, cookie=cookie)
        refresh_token = new_refresh_token(self.keys, session.session_id)
        adding = refresh_store.adding(refresh_token, session.session_id, now=now)
        await write(connection, *noting, adding)
        return await self.carried(connection, session, refresh_token, now=now)

    async def raise_level(
        self,
        connection: Connection,
        session: Session,
        assurance: Assurance,
        *,
        now: datetime,
    ) -> Opened | None:
        """Give a session another level, and another cookie or other tokens with it.

        Whoever fixed or stole the ones before gains nothing (F7). None when the session
        has ended meanwhile.
        """
        browser = session.kind is SessionKind.BROWSER
        cookie = new_marked(COOKIE_MARK) if browser else None
        if not await store.raise_level(
            connection,
            session.session_id,
            assurance,
            token_hash=hash_token(cookie) if cookie else None,
        ):
            return None
        await self.note(connection, session, "session.stepped_up", now=now)
        if cookie:
            bearing = await store.find(connection, session.session_id, now=now)
            return (
                None
                if bearing is None
                else Opened(session=bearing.session, cookie=cookie)
            )
        successor = new_refresh_token(self.keys, session.session_id)
        await refresh_store.replace_all(
            connection, session.session_id, successor, keys=self.keys, now=now
        )
        await refresh_store.add(connection, successor, session.session_id, now=now)
        return await self.carried(connection, session, successor, now=now)

    async def renew(
        self, connection: Connection, holder: Holder, *, now: datetime
    ) -> Opened | None:
        """Carry the holder's session by another cookie or other tokens from now on.

        For one that goes on into a new epoch; None when it has ended meanwhile.
        """
        bearing = await store.find(connection, holder.session_id, now=now)
        if bearing is None:
            return None
        return await self.raise_level(
            connection, bearing.session, holder.assurance, now=now
        )

    async def carried(
        self,
        connection: Connection,
        session: Session,
        refresh_token: Token,
        *,
        now: datetime,
    ) -> Opened | None:
        """Return the session as it is now with a new access token; None if it ended."""
        bearing = await store.find(connection, session.session_id, now=now)
        if bearing is None:
            return None
        return self.handed(bearing, refresh_token, now=now)

    def handed(
        self, bearing: Bearing, refresh_token: Token, *, now: datetime
    ) -> Opened:
        """Return a session with a new access token beside its refresh token."""
        return Opened(
            session=bearing.session,
            access_token=self.tokens.make(bearing, now=now),
            refresh_token=refresh_token,
        )

    async def note(
        self, connection: Connection, session: Session, action: str, *, now: datetime
    ) -> None:
        """Write down what was done to a session."""
        await write(connection, *_noting(session, action, now=now))


def _noting(session: Session, action: str, *, now: datetime) -> Sequence[Write]:
    entry = Entry(
        app=session.app,
        subject_id=session.account_id,
        actor=holder(session.account_id),
        action=action,
        detail={"session_id": str(session.session_id), "kind": session.kind},
    )
    return audit.recording(entry, at=now)


def lifetime(profile: PolicyProfile, kind: SessionKind) -> timedelta:
    """Return how long a session lasts however much it is used."""
    timers = profile.timers
    browser = kind is SessionKind.BROWSER
    return timers.session_browser if browser else timers.session_mobile


def is_idle(profile: PolicyProfile, last_used_at: datetime, *, now: datetime) -> bool:
    """Tell whether a session was left alone for too long."""
    return now - last_used_at >= profile.timers.session_idle


async def refused(
    connection: Connection,
    app: AppName,
    subject_id: UUID,
    proof: str,
    *,
    now: datetime,
) -> None:
    """Write down that somebody failed to prove who they are, known or not."""
    entry = Entry(
        app=app,
        subject_id=subject_id,
        actor=holder(None),
        action="session.refused",
        detail={"proof": proof},
    )
    await audit.record(connection, entry, at=now)
