"""Who is signed in: by an app's token, or by a browser's cookie."""

from dataclasses import dataclass
from typing import Final

from aiohttp import web

from service.caller import HOLDER, Holder, own_origins
from service.domain.refusals import (
    AccountSuspended,
    OriginNotAllowed,
    SessionRequired,
)
from service.domain.sessions import USED_NOTE
from service.kit.clock import Clock
from service.kit.database import Pool, connection
from service.kit.tokens import Token, hash_token
from service.profiles.reader import Profiles
from service.sessions import store
from service.sessions.opening import is_idle
from service.sessions.store import Presence
from service.sessions.tokens import COOKIE_MARK, AccessTokens, Presented, is_marked

COOKIE: Final = "__Host-agegate-session"
READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Looks up who is signed in, by one statement."""

    pool: Pool
    clock: Clock
    profiles: Profiles
    tokens: AccessTokens

    def presented(self, access_token: str) -> Presented:
        """Return what an access token of ours says, or raise SessionRequired."""
        presented = self.tokens.read(access_token, now=self.clock.now())
        if presented is None:
            raise SessionRequired
        return presented

    async def by_token(self, access_token: str) -> Holder:
        """Return who presents an access token, as surely as it says."""
        now, presented = self.clock.now(), self.presented(access_token)
        presence = await store.find_presence(self.pool, presented.session_id, now=now)
        if presence is None or presence.epoch != presented.epoch:
            raise SessionRequired
        if presence.app != presented.app:
            raise SessionRequired
        return Holder(
            account_id=presence.account_id,
            app=presence.app,
            session_id=presence.session_id,
            assurance=presented.assurance,
            epoch=presence.epoch,
            suspended=presence.suspended,
        )

    async def by_cookie(self, cookie: str) -> Holder:
        """Return whose browser brings a cookie, and note that it was used."""
        if not is_marked(cookie, COOKIE_MARK):
            raise SessionRequired
        now = self.clock.now()
        async with connection(self.pool) as one:
            presence = await store.find_presence_by_cookie(
                one, hash_token(Token(cookie)), now=now
            )
            if presence is None or self._is_idle(presence):
                raise SessionRequired
            if now - presence.last_used_at >= USED_NOTE:
                await store.touch(one, presence.session_id, now=now)
        return Holder(
            account_id=presence.account_id,
            app=presence.app,
            session_id=presence.session_id,
            assurance=presence.assurance,
            epoch=presence.epoch,
            suspended=presence.suspended,
        )

    def _is_idle(self, presence: Presence) -> bool:
        profile = self.profiles.get(presence.app)
        now = self.clock.now()
        return profile is None or is_idle(profile, presence.last_used_at, now=now)


DOOR: Final = web.AppKey("door", Door)
PRESENTED: Final = web.RequestKey("presented", Presented)


async def signed_in(request: web.Request) -> None:
    """Let in who is signed in to an account in use, by a token or a cookie."""
    await signed_in_for_rights(request)
    check_in_use(request)


def check_in_use(request: web.Request) -> None:
    """Say that the account is suspended, where it is: it is used for nothing."""
    if request[HOLDER].suspended:
        raise AccountSuspended


async def signed_in_for_rights(request: web.Request) -> None:
    """Let in who is signed in, also to see and decide what becomes of their data.

    By a bearer token or a browser's cookie.
    """
    door, token = request.app[DOOR], bearer(request)
    if token is not None:
        request[HOLDER] = await door.by_token(token)
        return
    await signed_in_browser(request)


async def signed_in_browser(request: web.Request) -> None:
    """Let in a browser that is signed in; a write must come from a page of ours.

    A browser says with every write which page it comes from (Origin): one that does
    not, or names another app's page, changes nothing.
    """
    holder = await request.app[DOOR].by_cookie(request.cookies.get(COOKIE, ""))
    if request.method not in READING:
        _check_origin(request, holder)
    request[HOLDER] = holder


async def with_session(request: web.Request) -> None:
    """Let in who presents a token whose session the handler's own statement checks."""
    door, token = request.app[DOOR], bearer(request)
    if token is not None:
        request[PRESENTED] = door.presented(token)
        return
    await signed_in_browser(request)


def bearer(request: web.Request) -> str | None:
    """Return the token that a program sends, if it sends one."""
    sent = request.headers.get("Authorization")
    if sent is None:
        return None
    scheme, _, token = sent.partition(" ")
    if scheme.lower() != "bearer":
        raise SessionRequired
    return token


def _check_origin(request: web.Request, holder: Holder) -> None:
    origin = request.headers.get("Origin")
    profile = request.app[DOOR].profiles[holder.app]
    if origin not in own_origins(request) and origin not in profile.allowed_origins:
        raise OriginNotAllowed
