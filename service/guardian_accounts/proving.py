"""A guardian proves one factor more, or comes in by a password and an app."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from service.accounts.password_rules import normalised
from service.accounts.tries import Tries
from service.consents.guardian import Guardian
from service.consents.people import Guardians
from service.domain.authenticators import Factor, Proof
from service.domain.consent import GuardianId
from service.domain.guardian_contacts import GuardianContact
from service.domain.guardian_factors import GuardianSession
from service.domain.profiles import AppName, PolicyProfile
from service.domain.refusals import FactorWrong, GuardianCredentialsWrong
from service.guardian_accounts import factor_store as store
from service.guardian_accounts.apps import GuardianApps
from service.guardian_accounts.changes import GuardianChanges
from service.guardian_accounts.factor_store import Stored
from service.guardian_accounts.opened import SignedIn, open_session, raise_session
from service.guardian_accounts.passkeys import GuardianPasskeys
from service.kit.clock import Clock
from service.kit.database import Connection, Pool, transaction
from service.kit.database import connection as reading
from service.kit.passwords import Passwords
from service.kit.secrets import UnsealError
from service.mfa.passkeys.auth import Json

UUID_BYTES: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of somebody who wants to sign in; of a stranger nothing is.

    *subject_id* is theirs or, of a stranger, one that is made up of what they typed
    and always the same: their failures are counted alike.
    """

    subject_id: UUID
    guardian: Guardian | None = None
    stored: Stored | None = field(default=None, repr=False)

    @property
    def password_hash(self) -> str | None:
        """Return the hash of the password they should know."""
        return self.stored.password_hash if self.stored else None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianProofs:
    """Takes the proofs of guardians, each counted where it can be guessed."""

    pool: Pool
    clock: Clock
    passwords: Passwords
    tries: Tries
    guardians: Guardians
    changes: GuardianChanges
    apps: GuardianApps
    passkeys: GuardianPasskeys

    async def prove(
        self,
        session: GuardianSession,
        method: Factor,
        *,
        code: str = "",
        assertion: Json | None = None,
    ) -> SignedIn:
        """Prove one factor more; the session goes on, under another token.

        Raises FactorWrong, and counts a wrong code.
        """
        now, raised = self.clock.now(), None
        async with transaction(self.pool) as connection:
            guardian = (await self.changes.lock(connection, session)).guardian
            if method is Factor.PASSKEY:
                right = assertion is not None and await self.passkeys.check(
                    connection, session.guardian_id, assertion, now=now
                )
            else:
                right = await self.apps.check(connection, guardian, code, now=now)
            if right:
                raised = await raise_session(
                    connection, guardian.app, session, method, now=now
                )
        if raised is None:  # what was tried is counted, or used up
            raise FactorWrong
        return raised

    async def sign_in_by_password(
        self, profile: PolicyProfile, contact: GuardianContact, password: str, code: str
    ) -> SignedIn:
        """Sign in who knows a guardian's password, and has their app.

        An address that we do not know, a wrong password, a wrong code, or too many
        tries: the same hashing and counting, and one refusal. The code is looked at
        after a right password only: strangers can make a password fail, but use up no
        try of the app. Raises GuardianCredentialsWrong.
        """
        now = self.clock.now()
        async with reading(self.pool) as connection:
            known = await self._known(connection, profile.app, contact)
        typed, stored = normalised(password), known.stored
        right = await self.passwords.verify(known.password_hash, typed)
        stronger = None
        if right and stored and self.passwords.is_weak(stored.password_hash):
            stronger = await self.passwords.hash(typed)
        signed_in = None
        async with transaction(self.pool) as connection:
            taken = await self.tries.settle(
                connection, known.subject_id, Proof.PASSWORD, right=right, now=now
            )
            if taken:
                signed_in = await self._enter(connection, known, code, now=now)
            if signed_in is not None and stronger is not None:
                await self._strengthen(connection, known, stronger)
        if signed_in is None:  # the tries are counted: say no only after the commit
            raise GuardianCredentialsWrong
        return signed_in

    async def _known(
        self, connection: Connection, app: AppName, contact: GuardianContact
    ) -> Known:
        """Look somebody up, by the same statements whether we know them or not."""
        index = self.guardians.index_of(contact)
        found = await self.guardians.find(connection, app, index)
        made_up = self.guardians.keys.blind_index("guardian stranger", index.hex())
        subject_id = found[0] if found else UUID(bytes=made_up[:UUID_BYTES])
        try:
            key = await self.guardians.vault.key_of(connection, subject_id)
        except UnsealError:
            key = None
        if key is None or found is None or found[1]:
            await store.find(connection, GuardianId(subject_id))
            return Known(subject_id=subject_id)
        return Known(
            subject_id=subject_id,
            guardian=await self.guardians.read(connection, found[0]),
            stored=await store.find_password(connection, found[0], key=key),
        )

    async def _enter(
        self, connection: Connection, known: Known, code: str, *, now: datetime
    ) -> SignedIn | None:
        """Let in whose password was right, by a code; unless it was changed since."""
        guardian = known.guardian
        if guardian is None or known.stored is None:
            return None
        guardian_id = guardian.guardian_id
        if await store.lock(connection, guardian_id) is None:
            return None
        kept = await store.find_password(connection, guardian_id, key=guardian.key)
        if kept is None or kept.password_hash != known.stored.password_hash:
            return None
        if not await self.apps.check(connection, guardian, code, now=now):
            return None
        methods = {Factor.PASSWORD, Factor.TOTP}
        return await open_session(
            connection, guardian.app, guardian_id, methods, now=now
        )

    async def _strengthen(
        self, connection: Connection, known: Known, stronger: str
    ) -> None:
        if known.guardian is not None and known.stored is not None:
            await store.strengthen_password(
                connection,
                known.guardian.guardian_id,
                stronger,
                key=known.guardian.key,
                set_at=known.stored.set_at,
            )
