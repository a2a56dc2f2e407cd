"""The authenticator apps of guardians: enrolled, confirmed by a first code, used."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from service.accounts.tries import Tries
from service.consents.guardian import Guardian
from service.domain.authenticators import (
    TRIES_IN_WINDOW,
    TRIES_WINDOW,
    Factor,
    Proof,
)
from service.domain.guardian_factors import GuardianCause, GuardianSession
from service.domain.refusals import (
    AuthenticatorsUsedUp,
    AuthenticatorUnknown,
    CodeWrong,
    TooManyRequests,
)
from service.guardian_accounts import factor_store as store
from service.guardian_accounts.changes import Changing, GuardianChanges
from service.guardian_accounts.opened import SignedIn
from service.kit.clock import Clock
from service.kit.database import Connection, Pool, transaction
from service.kit.ids import new_id
from service.mfa.totp.auth import matching_step, new_secret, otpauth_uri, qr_svg
from service.mfa.totp.flows import APPS, ENROLMENT
from service.mfa.totp.kept import Enrolment, Shown, TotpId
from service.profiles.reader import Profiles

NONE_LEFT: Final = int(TRIES_WINDOW.total_seconds())


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianApps:
    """How guardians come to codes from an app, and prove with them who they are."""

    pool: Pool
    clock: Clock
    profiles: Profiles
    tries: Tries
    changes: GuardianChanges

    async def enrol(self, session: GuardianSession, name: str) -> Shown:
        """Begin with an app called *name*: return what it has to be given.

        It proves nothing before it is confirmed.
        """
        now, secret = self.clock.now(), new_secret()
        enrolment = Enrolment(totp_id=TotpId(new_id(now)), name=name, secret=secret)
        expires_at = now + ENROLMENT
        async with transaction(self.pool) as connection:
            changing = await self.changes.begin(connection, session, now=now)
            guardian = changing.guardian
            every = await store.find_totps(
                connection, guardian.guardian_id, key=guardian.key
            )
            if len(every) >= APPS:
                raise AuthenticatorsUsedUp
            await store.begin_totp(
                connection,
                guardian.guardian_id,
                enrolment,
                key=guardian.key,
                at=now,
                expires_at=expires_at,
            )
        product = self.profiles[guardian.app].name
        uri = otpauth_uri(secret, issuer=product, holder=guardian.contact.address)
        return Shown(
            enrolment=enrolment,
            otpauth_uri=uri,
            qr_svg=qr_svg(uri),
            expires_at=expires_at,
        )

    async def confirm(
        self, session: GuardianSession, code: str
    ) -> tuple[TotpId, SignedIn]:
        """Take the first code of the app: from now on it is a second factor."""
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            changing = await self.changes.lock(connection, session)
            done = await self._confirm(connection, session, changing, code, now=now)
        if done is None:  # the try is counted: say no only after the commit
            raise CodeWrong
        return done

    async def _confirm(
        self,
        connection: Connection,
        session: GuardianSession,
        changing: Changing,
        code: str,
        *,
        now: datetime,
    ) -> tuple[TotpId, SignedIn] | None:
        guardian, proof = changing.guardian, Proof.SECOND_FACTOR
        guardian_id = guardian.guardian_id
        enrolment = await store.find_unconfirmed(
            connection, guardian_id, key=guardian.key, now=now
        )
        if enrolment is None:
            raise AuthenticatorUnknown
        if not await self.tries.left(connection, guardian_id, proof, now=now):
            raise TooManyRequests(
                limit=TRIES_IN_WINDOW, window=NONE_LEFT, retry_after=NONE_LEFT
            )
        step = matching_step(enrolment.secret, code, at=now)
        right = step is not None and await store.confirm_totp(
            connection, enrolment.totp_id, step=step, now=now
        )
        await self.tries.settle(connection, guardian_id, proof, right=right, now=now)
        if not right:
            return None
        return enrolment.totp_id, await self.changes.added(
            connection,
            session,
            guardian,
            Factor.TOTP,
            GuardianCause.TOTP_ADDED,
            now=now,
        )

    async def check(
        self, connection: Connection, guardian: Guardian, code: str, *, now: datetime
    ) -> bool:
        """Tell whether a code is right, and use its step up: it works once.

        Failures are counted; without a try left no code is looked at, nor used up.
        """
        guardian_id, proof = guardian.guardian_id, Proof.SECOND_FACTOR
        left = await self.tries.left(connection, guardian_id, proof, now=now)
        right = left and await self._take(connection, guardian, code, now=now)
        return await self.tries.settle(
            connection, guardian_id, proof, right=right, now=now
        )

    async def _take(
        self, connection: Connection, guardian: Guardian, code: str, *, now: datetime
    ) -> bool:
        for app in await store.find_totps(
            connection, guardian.guardian_id, key=guardian.key
        ):
            step = matching_step(app.secret, code, at=now)
            if step is not None and await store.take_step(
                connection, app.totp_id, step=step, now=now
            ):
                return True
        return False
