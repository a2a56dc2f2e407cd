"""An account as it is kept: its contacts, its password, whether it can be used."""

from dataclasses import dataclass
from datetime import datetime

from service.accounts import store
from service.domain.accounts import Account, AccountId
from service.kit.database import Connection
from service.kit.secrets import KeyRing, SealingKey


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRecords:
    """Reads and changes accounts; every method runs in the caller's transaction."""

    keys: KeyRing

    async def find(
        self, connection: Connection, account_id: AccountId
    ) -> tuple[Account, SealingKey] | None:
        """Return an account and its data key, or None."""
        return await store.find(connection, account_id, keys=self.keys)

    async def lock(
        self, connection: Connection, account_id: AccountId
    ) -> tuple[Account, SealingKey] | None:
        """Return an account that nobody else changes now; None when it is gone."""
        if not await store.lock(connection, account_id):
            return None
        return await self.find(connection, account_id)

    async def replace_password(
        self,
        connection: Connection,
        account: Account,
        password_hash: str,
        *,
        key: SealingKey,
    ) -> None:
        """Keep another password; an account that was locked is open again."""
        await store.replace_password(
            connection, account.account_id, password_hash, key=key
        )

    async def lock_sign_in(
        self, connection: Connection, account_id: AccountId, *, now: datetime
    ) -> None:
        """Let nobody sign in, in any way, before the password was reset (CP-10)."""
        await store.lock_sign_in(connection, account_id, at=now)
