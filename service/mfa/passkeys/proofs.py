"""Passkeys in place of a password, or beside one."""

from dataclasses import dataclass
from datetime import datetime

from service.caller import Holder
from service.domain.accounts import AccountId
from service.domain.authenticators import Factor
from service.domain.messages import PasskeyRefused
from service.domain.profiles import AppName
from service.kit.clock import Clock
from service.kit.database import Connection, Pool, transaction
from service.kit.secrets import KeyRing
from service.mfa.changes import FactorChanges
from service.mfa.given import Signed
from service.mfa.passkeys import store
from service.mfa.passkeys.auth import (
    LIFETIME,
    Json,
    NotProven,
    RelyingParty,
    challenge_in,
    credential_id_in,
    new_challenge,
    user_handle_in,
)
from service.mfa.passkeys.kept import Purpose
from service.mfa.passkeys.store import Asked, Found
from service.vault.flows import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyProofs:
    """Asks devices to sign, and takes what they signed, once."""

    pool: Pool
    clock: Clock
    keys: KeyRing
    vault: Vault
    relying_party: RelyingParty
    changes: FactorChanges

    @property
    def kind(self) -> Factor:
        """Return which factor this is."""
        return Factor.PASSKEY

    async def options_to_sign_in(self, app: AppName) -> Json:
        """Return what a page gives to navigator.credentials.get(), of nobody yet.

        Whoever signs it may be signed in by it alone, or prove a second factor.
        """
        challenge = await self._ask(Purpose.SIGN_IN, app, None)
        return self.relying_party.request_options(challenge=challenge)

    async def options_to_prove(self, holder: Holder) -> Json:
        """Return what the holder's page gives to navigator.credentials.get()."""
        account_id = holder.account_id
        challenge = await self._ask(Purpose.PROVE, holder.app, account_id)
        async with transaction(self.pool) as connection:
            key = await self.vault.key_of(connection, account_id)
            passkeys = await store.find_all(connection, account_id, key=key)
        known = [one.known for one in passkeys]
        return self.relying_party.request_options(challenge=challenge, known=known)

    async def _ask(
        self, purpose: Purpose, app: AppName, account_id: AccountId | None
    ) -> bytes:
        now, challenge = self.clock.now(), new_challenge()
        asked = Asked.of(challenge, purpose, app, account_id)
        async with transaction(self.pool) as connection:
            await store.ask(connection, asked, expires_at=now + LIFETIME)
        return challenge

    async def enrolled(self, connection: Connection, account_id: AccountId) -> bool:
        """Tell whether the account has a passkey."""
        return await store.count(connection, account_id) > 0

    async def identify(
        self, connection: Connection, app: AppName, assertion: Json, *, now: datetime
    ) -> AccountId | None:
        """Return whose passkey signed, with the user verified, or None.

        What was asked is used up, whatever the answer: the caller commits it.
        """
        try:
            challenge = challenge_in(assertion)
            asked = Asked.of(challenge, Purpose.SIGN_IN, app, None)
            if not await store.take(connection, asked, now=now):
                return None
            found = await self._find(connection, app, assertion)
            if user_handle_in(assertion) is None:
                return None
            await self._use(connection, found, assertion, challenge, now=now)
        except NotProven:
            return None
        return found.account_id

    async def check(
        self,
        connection: Connection,
        account_id: AccountId,
        given: Signed,
        *,
        now: datetime,
    ) -> bool:
        """Tell whether a passkey of this account signed what was asked, once."""
        if given.assertion is None:
            return False
        try:
            challenge = challenge_in(given.assertion)
            found = await self._find(connection, None, given.assertion)
            of_holder = Asked.of(challenge, Purpose.PROVE, found.app, account_id)
            of_nobody = Asked.of(challenge, Purpose.SIGN_IN, found.app, None)
            asked = await store.take(connection, of_holder, now=now) or (
                await store.take(connection, of_nobody, now=now)
            )
            if not asked or found.account_id != account_id:
                return False
            await self._use(connection, found, given.assertion, challenge, now=now)
        except NotProven:
            return False
        return True

    async def _find(
        self, connection: Connection, app: AppName | None, assertion: Json
    ) -> Found:
        """Return the passkey that is said to have signed, or raise NotProven."""
        index = store.index_of(self.keys, credential_id_in(assertion))
        found = await store.find(connection, index)
        if found is None or app not in {None, found.app}:
            raise NotProven
        if user_handle_in(assertion) not in {None, found.user_handle}:
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

        A counter that did not rise is that of a copy: refused, and the owner is told.
        Whether a passkey can be backed up never changes (WebAuthn level 3, 7.2).
        """
        key = await self.vault.key_of(connection, found.account_id)
        public_key = store.open_public_key(found, key=key)
        used = self.relying_party.take_used(assertion, challenge, public_key=public_key)
        if used.backup_eligible is not found.backup_eligible:
            raise NotProven
        if not await store.use(connection, found.passkey_id, used, now=now):
            await self.changes.passkey_refused(
                connection,
                found.account_id,
                lambda link: PasskeyRefused(link=link),
                now=now,
            )
            raise NotProven
