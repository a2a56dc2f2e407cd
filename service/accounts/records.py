"""An account as it is kept: its contacts, its password, whether it can be used."""

from dataclasses import dataclass
from datetime import datetime

from service.accounts import identifier_store, store
from service.domain.accounts import Account, AccountId
from service.domain.forms import ContactKind, Identifier
from service.domain.profiles import AppName
from service.domain.recovery import HELD
from service.domain.refusals import IdentifierTaken
from service.kit.database import Connection
from service.kit.secrets import KeyRing, SealingKey


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRecords:
    """Reads and changes accounts; every method runs in the caller's transaction."""

    keys: KeyRing

    def index(self, app: AppName, identifier: str) -> bytes:
        """Return the keyed hash under which an identifier is found."""
        return self.keys.blind_index("identifier", app, identifier)

    async def find_holder(
        self, connection: Connection, app: AppName, index: bytes
    ) -> AccountId | None:
        """Return the account that is found by an identifier, or None."""
        return await identifier_store.find_holder(connection, app, index)

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
        short: bool,
        key: SealingKey,
    ) -> None:
        """Keep another password; an account that was locked is open again.

        A *short* one can't stand alone.
        """
        await store.replace_password(
            connection, account.account_id, password_hash, short=short, key=key
        )

    async def lock_sign_in(
        self, connection: Connection, account_id: AccountId, *, now: datetime
    ) -> None:
        """Let nobody sign in, in any way, before the password was reset (CP-10)."""
        await store.lock_sign_in(connection, account_id, at=now)

    async def move_contact(
        self,
        connection: Connection,
        account: Account,
        kind: ContactKind,
        contact: str | None,
        *,
        key: SealingKey,
        now: datetime,
    ) -> None:
        """Give the account another *contact*, or none; what it replaces is held.

        Raises IdentifierTaken when it has come to somebody else: the caller's
        transaction must then not keep what this began.
        """
        before = account.confirmed.get(kind)
        if before is not None:
            old = self.index(account.app, before)
            until = now + HELD
            await identifier_store.hold(connection, account, old, until=until)
        await self._claim(connection, account, kind, contact, key=key)

    async def put_back_contact(
        self,
        connection: Connection,
        account: Account,
        kind: ContactKind,
        contact: str | None,
        *,
        key: SealingKey,
    ) -> None:
        """Give the account a *contact* that was its own, or none, as it was before.

        What is there now is let go. Raises IdentifierTaken when it is held no longer,
        and came to somebody else.
        """
        there = account.confirmed.get(kind)
        if there is not None and there != contact:
            index = self.index(account.app, there)
            await identifier_store.release(connection, account, index)
        await self._claim(connection, account, kind, contact, key=key)

    async def sweep(self, connection: Connection, *, now: datetime) -> int:
        """Let go the contacts that were held long enough; how many."""
        return await identifier_store.sweep(connection, now=now)

    async def _claim(
        self,
        connection: Connection,
        account: Account,
        kind: ContactKind,
        contact: str | None,
        *,
        key: SealingKey,
    ) -> None:
        if contact is not None:
            indexes = {Identifier(kind): self.index(account.app, contact)}
            if not await store.claim(
                connection, account.app, account.account_id, indexes
            ):
                raise IdentifierTaken
        await identifier_store.set_contact(connection, account, kind, contact, key=key)
