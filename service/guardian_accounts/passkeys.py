"""The passkeys of guardians: made on a device, which verifies who unlocks it."""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from service.domain.authenticators import Factor
from service.domain.consent import GuardianId
from service.domain.guardian_factors import GuardianCause, GuardianSession
from service.domain.profiles import AppName, PolicyProfile
from service.domain.refusals import (
    AuthenticatorsUsedUp,
    FactorWrong,
    PasskeyWrong,
)
from service.guardian_accounts import factor_store as store
from service.guardian_accounts.changes import Changing, GuardianChanges
from service.guardian_accounts.factor_store import Asked, Found
from service.guardian_accounts.opened import SignedIn, open_session
from service.kit.clock import Clock
from service.kit.database import Connection, Pool, transaction
from service.kit.ids import new_id
from service.kit.secrets import KeyRing
from service.mfa.passkeys.auth import (
    LIFETIME,
    Json,
    NotProven,
    RelyingParty,
    challenge_in,
    credential_id_in,
    new_challenge,
    new_user_handle,
    user_handle_in,
)
from service.mfa.passkeys.kept import PasskeyId, Purpose
from service.profiles.reader import Profiles

PASSKEYS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianPasskeys:
    """How guardians come to passkeys, and come in by them."""

    pool: Pool
    clock: Clock
    keys: KeyRing
    profiles: Profiles
    relying_party: RelyingParty
    changes: GuardianChanges

    async def options_to_add(self, session: GuardianSession) -> Json:
        """Return what a page gives to navigator.credentials.create()."""
        now, challenge = self.clock.now(), new_challenge()
        async with transaction(self.pool) as connection:
            changing = await self.changes.begin(connection, session, now=now)
            guardian = changing.guardian
            known = await store.find_passkeys(
                connection, guardian.guardian_id, key=guardian.key
            )
            if len(known) >= PASSKEYS:
                raise AuthenticatorsUsedUp
            handle = await store.keep_user_handle(
                connection, guardian.guardian_id, new_user_handle()
            )
            asked = _asked(challenge, Purpose.ADD, guardian.app, guardian.guardian_id)
            await store.ask(connection, asked, expires_at=now + LIFETIME)
        return self.relying_party.creation_options(
            product=self.profiles[guardian.app].name,
            holder=guardian.contact.address,
            user_handle=handle,
            challenge=challenge,
            known=[one.known for one in known],
        )

    async def add(
        self, session: GuardianSession, name: str, credential: Json
    ) -> tuple[PasskeyId, SignedIn]:
        """Take the passkey that a device has made, and call it *name*.

        The session carries it from now on: its user was just verified.
        """
        now = self.clock.now()
        added = None
        async with transaction(self.pool) as connection:
            changing = await self.changes.lock(connection, session)
            with suppress(NotProven):
                added = await self._add(
                    connection, session, changing, name, credential, now=now
                )
        if added is None:  # what was asked is used up: say no only after the commit
            raise PasskeyWrong
        return added

    async def _add(
        self,
        connection: Connection,
        session: GuardianSession,
        changing: Changing,
        name: str,
        credential: Json,
        *,
        now: datetime,
    ) -> tuple[PasskeyId, SignedIn]:
        guardian, challenge = changing.guardian, challenge_in(credential)
        guardian_id, passkey_id = guardian.guardian_id, PasskeyId(new_id(now))
        asked = _asked(challenge, Purpose.ADD, guardian.app, guardian_id)
        if not await store.take(connection, asked, now=now):
            raise NotProven
        made = self.relying_party.take_new(credential, challenge)
        known = await store.find_passkeys(connection, guardian_id, key=guardian.key)
        if len(known) >= PASSKEYS:
            raise AuthenticatorsUsedUp
        if not await store.add_passkey(
            connection,
            guardian_id,
            passkey_id,
            made,
            name=name,
            index=store.index_of(self.keys, made.credential_id),
            key=guardian.key,
            at=now,
        ):
            raise NotProven
        return passkey_id, await self.changes.added(
            connection,
            session,
            guardian,
            Factor.PASSKEY,
            GuardianCause.PASSKEY_ADDED,
            now=now,
        )

    async def options_to_sign_in(self, profile: PolicyProfile) -> Json:
        """Return what a page gives to navigator.credentials.get(), of nobody yet."""
        challenge = await self._ask(Purpose.SIGN_IN, profile.app, None)
        return self.relying_party.request_options(challenge=challenge)

    async def options_to_prove(self, session: GuardianSession) -> Json:
        """Return what the page of who is signed in gives to the same."""
        async with transaction(self.pool) as connection:
            changing = await self.changes.lock(connection, session)
            guardian = changing.guardian
            found = await store.find_passkeys(
                connection, guardian.guardian_id, key=guardian.key
            )
        challenge = await self._ask(Purpose.PROVE, guardian.app, guardian.guardian_id)
        known = [one.known for one in found]
        return self.relying_party.request_options(challenge=challenge, known=known)

    async def sign_in(self, profile: PolicyProfile, assertion: Json) -> SignedIn:
        """Sign in whose passkey signed: the device, and the finger or PIN on it.

        Raises FactorWrong, whatever was wrong.
        """
        now, signed_in = self.clock.now(), None
        async with transaction(self.pool) as connection:
            guardian_id = await self._identify(
                connection, profile.app, assertion, now=now
            )
            if guardian_id is not None:
                signed_in = await open_session(
                    connection, profile.app, guardian_id, {Factor.PASSKEY}, now=now
                )
        if signed_in is None:  # what was asked of the passkey is used up
            raise FactorWrong
        return signed_in

    async def check(
        self,
        connection: Connection,
        guardian_id: GuardianId,
        assertion: Json,
        *,
        now: datetime,
    ) -> bool:
        """Tell whether a guardian's own passkey signed what they were asked, once."""
        try:
            found = await self._find(connection, assertion)
            challenge = challenge_in(assertion)
            asked = _asked(challenge, Purpose.PROVE, found.app, guardian_id)
            if (
                not await store.take(connection, asked, now=now)
                or found.guardian_id != guardian_id
            ):
                return False
            await self._use(connection, found, assertion, challenge, now=now)
        except NotProven:
            return False
        return True

    async def _ask(
        self, purpose: Purpose, app: AppName, guardian_id: GuardianId | None
    ) -> bytes:
        now, challenge = self.clock.now(), new_challenge()
        asked = _asked(challenge, purpose, app, guardian_id)
        async with transaction(self.pool) as connection:
            await store.ask(connection, asked, expires_at=now + LIFETIME)
        return challenge

    async def _identify(
        self, connection: Connection, app: AppName, assertion: Json, *, now: datetime
    ) -> GuardianId | None:
        try:
            challenge = challenge_in(assertion)
            asked = _asked(challenge, Purpose.SIGN_IN, app, None)
            if not await store.take(connection, asked, now=now):
                return None
            found = await self._find(connection, assertion)
            if found.app != app or user_handle_in(assertion) is None:
                return None
            await self._use(connection, found, assertion, challenge, now=now)
        except NotProven:
            return None
        return found.guardian_id

    async def _find(self, connection: Connection, assertion: Json) -> Found:
        """Return the passkey that is said to have signed, or raise NotProven."""
        index = store.index_of(self.keys, credential_id_in(assertion))
        found = await store.find_passkey(connection, index)
        if found is None or user_handle_in(assertion) not in {None, found.user_handle}:
            raise NotProven
        return found

    async def _use(
        self,
        connection: Connection,
        found: Found,
        assertion: Json,
        challenge: bytes,
        *,
        now: datetime,
    ) -> None:
        """Check the signature and note the use, or raise NotProven.

        A counter that did not rise is that of a copy: refused, and its owner is told.
        Whether a passkey can be backed up never changes (WebAuthn level 3, 7.2).
        """
        guardian = await self.changes.guardians.read(connection, found.guardian_id)
        public_key = store.open_public_key(found, key=guardian.key)
        used = self.relying_party.take_used(assertion, challenge, public_key=public_key)
        if used.backup_eligible is not found.backup_eligible:
            raise NotProven
        if not await store.use_passkey(connection, found.passkey_id, used, now=now):
            cause = GuardianCause.PASSKEY_REFUSED
            await self.changes.told(connection, guardian, cause, now=now)
            raise NotProven


def _asked(
    challenge: bytes, purpose: Purpose, app: AppName, guardian_id: GuardianId | None
) -> Asked:
    """Return what is kept of a *challenge*: never the challenge itself."""
    return Asked(
        challenge_hash=hashlib.sha256(challenge).digest(),
        purpose=purpose,
        app=app,
        guardian_id=guardian_id,
    )
