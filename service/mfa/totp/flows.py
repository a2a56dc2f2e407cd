"""Authenticator apps: enrolled, confirmed by a first code, used, removed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from service.accounts.tries import Tries
from service.caller import Holder
from service.domain.accounts import AccountId
from service.domain.authenticators import (
    TRIES_IN_WINDOW,
    TRIES_WINDOW,
    Factor,
    Proof,
)
from service.domain.messages import TotpAdded, TotpRemoved
from service.domain.refusals import (
    AuthenticatorsUsedUp,
    AuthenticatorUnknown,
    CodeWrong,
    TooManyRequests,
)
from service.kit.clock import Clock
from service.kit.database import Connection, Pool, transaction
from service.kit.ids import new_id
from service.kit.secrets import SealingKey
from service.kit.times import instant
from service.mfa.changes import Changing, Confirmed, FactorChanges, Rise, stay
from service.mfa.given import Typed
from service.mfa.recovery_codes.flows import RecoveryCodeFlows
from service.mfa.totp import store
from service.mfa.totp.auth import matching_step, new_secret, otpauth_uri, qr_svg
from service.mfa.totp.kept import App, Enrolment, Shown, TotpId
from service.profiles.reader import Profiles
from service.vault.flows import Vault

APPS: Final = 3
"""How many an account may have: each is one more code that a guess could hit."""

ENROLMENT: Final = timedelta(minutes=30)
"""How long an app may wait for its first code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TotpFlows:
    """How people come to codes from an app, and prove with them who they are."""

    pool: Pool
    clock: Clock
    profiles: Profiles
    vault: Vault
    tries: Tries
    changes: FactorChanges
    recovery_codes: RecoveryCodeFlows

    @property
    def kind(self) -> Factor:
        """Return which factor this is."""
        return Factor.TOTP

    async def enrol(self, holder: Holder, name: str) -> Shown:
        """Begin with an app called *name*: return what it has to be given.

        It proves nothing before it is confirmed. An enrolment that was begun before
        and not confirmed is forgotten.
        """
        now, secret = self.clock.now(), new_secret()
        enrolment = Enrolment(totp_id=TotpId(new_id(now)), name=name, secret=secret)
        expires_at = now + ENROLMENT
        async with transaction(self.pool) as connection:
            changing = await self.changes.begin(connection, holder, now=now)
            if await store.count(connection, holder.account_id) >= APPS:
                raise AuthenticatorsUsedUp
            await store.begin(
                connection,
                holder.account_id,
                enrolment,
                key=changing.key,
                at=now,
                expires_at=expires_at,
            )
        product = self.profiles[changing.account.app].name
        uri = otpauth_uri(secret, issuer=product, holder=changing.shown_name)
        return Shown(
            enrolment=enrolment,
            otpauth_uri=uri,
            qr_svg=qr_svg(uri),
            expires_at=expires_at,
        )

    async def confirm(self, holder: Holder, code: str, rise: Rise = stay) -> Confirmed:
        """Take the first code of the app: from now on it is a second factor.

        Returns recovery codes as well, if the account has none. *rise* is done with it.
        """
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            changing = await self.changes.lock(connection, holder)
            confirmed = await self._confirm(connection, changing, code, now=now)
            if confirmed is not None:
                await rise(connection, self.kind, now=now)
        if confirmed is None:  # the try is counted: say no only after the commit
            raise CodeWrong
        return confirmed

    async def _confirm(
        self, connection: Connection, changing: Changing, code: str, *, now: datetime
    ) -> Confirmed | None:
        account_id = changing.account_id
        enrolment = await store.find_unconfirmed(
            connection, account_id, key=changing.key, now=now
        )
        if enrolment is None:
            raise AuthenticatorUnknown
        proof = Proof.SECOND_FACTOR
        if not await self.tries.left(connection, account_id, proof, now=now):
            window = int(TRIES_WINDOW.total_seconds())
            raise TooManyRequests(
                limit=TRIES_IN_WINDOW, window=window, retry_after=window
            )
        step = matching_step(enrolment.secret, code, at=now)
        right = step is not None and await store.confirm(
            connection, enrolment.totp_id, step=step, now=now
        )
        await self.tries.settle(connection, account_id, proof, right=right, now=now)
        if not right:
            return None
        codes = await self.recovery_codes.give_first(connection, changing, now=now)
        await self.changes.added(
            connection, changing, self.kind, lambda link: TotpAdded(link=link), now=now
        )
        return Confirmed(totp_id=enrolment.totp_id, recovery_codes=codes)

    async def rename(self, holder: Holder, totp_id: UUID, name: str) -> None:
        """Call an app by another name."""
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            changing = await self.changes.begin(connection, holder, now=now)
            named = await store.rename(
                connection, holder.account_id, TotpId(totp_id), name, key=changing.key
            )
            if not named:
                raise AuthenticatorUnknown

    async def remove(self, holder: Holder, totp_id: UUID) -> None:
        """Take an app away; with the last factor the recovery codes go as well."""
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            changing = await self.changes.begin(connection, holder, now=now)
            if not await store.delete(connection, holder.account_id, TotpId(totp_id)):
                raise AuthenticatorUnknown
            await self.recovery_codes.settle_last(connection, changing)
            await self.changes.removed(
                connection,
                changing,
                self.kind,
                lambda link: TotpRemoved(link=link),
                now=now,
            )

    async def enrolled(self, connection: Connection, account_id: AccountId) -> bool:
        """Tell whether the account has an app that is confirmed."""
        return await store.count(connection, account_id) > 0

    async def check(
        self,
        connection: Connection,
        account_id: AccountId,
        given: Typed,
        *,
        now: datetime,
    ) -> bool:
        """Tell whether a code is right, and use its step up: it works once (F18)."""
        key = await self.vault.key_of(connection, account_id)
        for app in await self.find(connection, account_id, key=key):
            step = matching_step(app.secret, given.code, at=now)
            if step is not None and await store.take_step(
                connection, app.totp_id, step=step, now=now
            ):
                return True
        return False

    async def find(
        self, connection: Connection, account_id: AccountId, *, key: SealingKey
    ) -> list[App]:
        """Return the apps of an account."""
        return await store.find_confirmed(connection, account_id, key=key)

    async def remove_since(
        self, connection: Connection, account_id: AccountId, since: datetime
    ) -> int:
        """Delete the apps that were added *since* then, or begun; how many."""
        return await store.delete_since(connection, account_id, since=since)

    async def export(
        self, connection: Connection, account_id: AccountId
    ) -> list[Mapping[str, object]]:
        """Return what is known of the holder's apps; a secret is nobody's to read."""
        key = await self.vault.key_of(connection, account_id)
        return [
            {
                "name": app.name,
                "created_at": instant(app.created_at),
                "last_used_at": instant(app.last_used_at),
            }
            for app in await self.find(connection, account_id, key=key)
        ]

    async def erase(self, connection: Connection, account_id: AccountId) -> int:
        """Delete every app of an account; how many."""
        return await store.delete_all(connection, account_id)

    async def sweep(self, connection: Connection, *, now: datetime) -> int:
        """Delete the apps that were not confirmed in time; how many."""
        return await store.sweep(connection, now=now)
