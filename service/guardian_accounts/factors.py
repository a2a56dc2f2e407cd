"""All that a guardian signs in with beside a link: shown, named, removed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from service.accounts.password_rules import check_password, normalised
from service.accounts.tries import Tries
from service.domain.authenticators import Factor, Proof
from service.domain.guardian_factors import GuardianCause, GuardianSession
from service.domain.profiles import AppName
from service.domain.refusals import AuthenticatorUnknown, SecondFactorMissing
from service.guardian_accounts import factor_store as store
from service.guardian_accounts.changes import GuardianChanges
from service.kit.clock import Clock
from service.kit.database import Pool, transaction
from service.kit.passwords import Passwords
from service.mfa.passkeys.kept import Passkey
from service.mfa.totp.kept import App
from service.profiles.reader import Profiles

REMOVED: Final = {
    Factor.PASSKEY: GuardianCause.PASSKEY_REMOVED,
    Factor.TOTP: GuardianCause.TOTP_REMOVED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Factors:
    """What a guardian has, and when it goes because they say that it is lost."""

    app: AppName
    language: str
    known_as: str = field(repr=False)
    apps: Sequence[App]
    passkeys: Sequence[Passkey]
    password_set_at: datetime | None
    recovered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianFactors:
    """What guardians do with what they have added."""

    pool: Pool
    clock: Clock
    profiles: Profiles
    passwords: Passwords
    tries: Tries
    changes: GuardianChanges

    async def list(self, session: GuardianSession) -> Factors:
        """Return everything that a guardian has added, without any secret."""
        async with transaction(self.pool) as connection:
            guardian = (await self.changes.lock(connection, session)).guardian
            guardian_id, key = guardian.guardian_id, guardian.key
            kept = await store.find_password(connection, guardian_id, key=key)
            return Factors(
                app=guardian.app,
                language=guardian.language,
                known_as=guardian.contact.address,
                apps=await store.find_totps(connection, guardian_id, key=key),
                passkeys=await store.find_passkeys(connection, guardian_id, key=key),
                password_set_at=kept.set_at if kept else None,
                recovered_at=await store.find_recovery(connection, guardian_id),
            )

    async def rename(
        self, session: GuardianSession, factor: Factor, factor_id: UUID, name: str
    ) -> None:
        """Call a passkey or an app by another name."""
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            guardian = (await self.changes.begin(connection, session, now=now)).guardian
            if not await store.rename(
                connection,
                factor,
                guardian.guardian_id,
                factor_id,
                name,
                key=guardian.key,
            ):
                raise AuthenticatorUnknown

    async def remove(
        self, session: GuardianSession, factor: Factor, factor_id: UUID
    ) -> None:
        """Take a passkey or an app away; with the last app a password goes as well."""
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            guardian = (await self.changes.begin(connection, session, now=now)).guardian
            if not await store.delete(
                connection, factor, guardian.guardian_id, factor_id
            ):
                raise AuthenticatorUnknown
            await store.delete_lone_password(connection, guardian.guardian_id)
            await self.changes.removed(
                connection, session, guardian, REMOVED[factor], now=now
            )

    async def set_password(self, session: GuardianSession, password: str) -> None:
        """Set a password, or another one, to sign in by it beside an app.

        By the same rules as one of an account: alone it lets nobody in. Raises
        SecondFactorMissing without an app.
        """
        now, typed = self.clock.now(), normalised(password)
        async with transaction(self.pool) as connection:
            changing = await self.changes.begin(connection, session, now=now)
        if Factor.TOTP not in changing.enrolled:
            raise SecondFactorMissing
        guardian = changing.guardian
        check_password(
            self.profiles[guardian.app],
            typed,
            own=[guardian.contact.address],
            second_factor=True,
        )
        password_hash = await self.passwords.hash(typed)
        async with transaction(self.pool) as connection:
            changing = await self.changes.begin(connection, session, now=now)
            if Factor.TOTP not in changing.enrolled:  # it went meanwhile
                raise SecondFactorMissing
            await store.set_password(
                connection,
                guardian.guardian_id,
                password_hash,
                key=guardian.key,
                at=now,
            )
            await self.tries.forget(connection, guardian.guardian_id, Proof.PASSWORD)
            await self.changes.removed(
                connection, session, guardian, GuardianCause.PASSWORD_SET, now=now
            )

    async def remove_password(self, session: GuardianSession) -> None:
        """Take the password away."""
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            guardian = (await self.changes.begin(connection, session, now=now)).guardian
            if not await store.delete_password(connection, guardian.guardian_id):
                raise AuthenticatorUnknown
            await self.changes.removed(
                connection, session, guardian, GuardianCause.PASSWORD_REMOVED, now=now
            )
