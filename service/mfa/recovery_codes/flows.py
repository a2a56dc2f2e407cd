"""Recovery codes: made ten at a time, shown once, each used once."""

from dataclasses import dataclass
from datetime import datetime

from service.caller import Holder
from service.domain.accounts import AccountId
from service.domain.authenticators import Factor
from service.domain.messages import RecoveryCodesReplaced, RecoveryCodeUsed
from service.domain.refusals import PasswordNeedsFactor, SecondFactorMissing
from service.kit.clock import Clock
from service.kit.database import Connection, Pool, transaction
from service.kit.secrets import KeyRing
from service.mfa.changes import STANDING_ALONE, Changing, FactorChanges
from service.mfa.given import Typed
from service.mfa.recovery_codes import store
from service.mfa.recovery_codes.auth import new_codes, normalised
from service.mfa.recovery_codes.store import Codes


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryCodeFlows:
    """Makes recovery codes, takes them, and counts what is left."""

    pool: Pool
    clock: Clock
    keys: KeyRing
    changes: FactorChanges

    @property
    def kind(self) -> Factor:
        """Return which factor this is."""
        return Factor.RECOVERY_CODE

    async def enrolled(self, connection: Connection, account_id: AccountId) -> bool:
        """Tell whether the account has a code that was not used."""
        codes = await store.find(connection, account_id)
        return codes is not None and codes.unused > 0

    async def check(
        self,
        connection: Connection,
        account_id: AccountId,
        given: Typed,
        *,
        now: datetime,
    ) -> bool:
        """Tell whether a code is right, and use it up: the holder is told."""
        code = normalised(given.code)
        if code is None:
            return False
        code_hash = self._hash(account_id, code)
        if not await store.use(connection, account_id, code_hash, at=now):
            return False
        left = await self.left(connection, account_id)
        await self.changes.code_used(
            connection,
            account_id,
            lambda link: RecoveryCodeUsed(left=left, link=link),
            left=left,
            now=now,
        )
        return True

    async def replace(self, holder: Holder) -> tuple[str, ...]:
        """Return ten new codes; every older one is worth nothing from now on."""
        now, codes = self.clock.now(), new_codes()
        async with transaction(self.pool) as connection:
            changing = await self.changes.begin(connection, holder, now=now)
            enrolled = await self.changes.enrolled(connection, holder.account_id)
            if not enrolled & STANDING_ALONE:
                raise SecondFactorMissing
            await self._keep(connection, changing.account_id, codes, now=now)
            await self.changes.added(
                connection,
                changing,
                self.kind,
                lambda link: RecoveryCodesReplaced(link=link),
                now=now,
            )
        return codes

    async def give_first(
        self, connection: Connection, changing: Changing, *, now: datetime
    ) -> tuple[str, ...]:
        """Return ten codes for an account that has none, in the caller's transaction.

        Nothing where it has some already. Of the factor that they come with, the
        caller tells.
        """
        if await store.find(connection, changing.account_id) is not None:
            return ()
        codes = new_codes()
        await self._keep(connection, changing.account_id, codes, now=now)
        return codes

    async def settle_last(self, connection: Connection, changing: Changing) -> None:
        """Delete the codes of an account that has no factor left to recover.

        Raises PasswordNeedsFactor if the password is too short to stand alone.
        """
        enrolled = await self.changes.enrolled(connection, changing.account_id)
        if enrolled & STANDING_ALONE:
            return
        if changing.account.password_short:
            raise PasswordNeedsFactor
        await store.delete(connection, changing.account_id)

    async def find(self, connection: Connection, account_id: AccountId) -> Codes | None:
        """Return what there is of an account's codes, never the codes."""
        return await store.find(connection, account_id)

    async def left(self, connection: Connection, account_id: AccountId) -> int:
        """Return how many codes are left."""
        codes = await store.find(connection, account_id)
        return 0 if codes is None else codes.unused

    async def erase(self, connection: Connection, account_id: AccountId) -> int:
        """Delete an account's codes; how many."""
        return await store.delete(connection, account_id)

    async def _keep(
        self,
        connection: Connection,
        account_id: AccountId,
        codes: tuple[str, ...],
        *,
        now: datetime,
    ) -> None:
        hashes = [
            self._hash(account_id, code)
            for code in map(normalised, codes)
            if code is not None
        ]
        await store.replace(connection, account_id, hashes, at=now)

    def _hash(self, account_id: AccountId, code: str) -> bytes:
        """Return the hash under which a code is kept.

        NIST SP 800-63B-4 wants a password hash of what has fewer than 112 bits, so
        that a stolen database can't be searched; a code has 80. A keyed hash does
        that better: without the key, which is not in the database, there is nothing
        to search with, and ten codes need not cost ten times the memory.
        """
        return self.keys.blind_index("recovery code", str(account_id), code)
