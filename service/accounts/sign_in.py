"""Who signs in by what, and what is kept of their password."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from service.accounts import sign_in_store as store
from service.accounts.records import AccountRecords
from service.accounts.sign_in_store import NO_EPOCH, Subject
from service.accounts.waiting import Standing, Waiting
from service.domain.accounts import Account, AccountId
from service.domain.profiles import PolicyProfile
from service.domain.registration import RegistrationId
from service.kit.database import Connection
from service.kit.secrets import KeyRing, SealingKey

UUID_BYTES: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is known of somebody who wants to sign in; of a stranger nothing is.

    *subject_id* is theirs or, of a stranger, one that is made up of what they typed
    and always the same.
    """

    subject_id: UUID
    epoch: int
    account: tuple[Account, SealingKey] | None
    waiting: Standing | None

    @property
    def locked(self) -> bool:
        """Tell whether nobody may sign in to this account now."""
        return self.account is not None and self.account[0].locked

    @property
    def password_hash(self) -> str | None:
        """Return the hash of the password they should know."""
        if self.account is not None:
            return self.account[0].password_hash
        return None if self.waiting is None else self.waiting.registration.password_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInRecords:
    """Looks up who wants to sign in, by the same statements for everybody."""

    keys: KeyRing
    records: AccountRecords
    waiting: Waiting

    async def find(
        self, connection: Connection, profile: PolicyProfile, identifier: str
    ) -> Found:
        """Return what is known of whoever signs in by a canonical *identifier*."""
        blind_index = self.keys.blind_index("identifier", profile.app, identifier)
        subject = await store.find_subject(
            connection, profile.app, blind_index, profile.identifiers
        ) or Subject(_made_up(self.keys, blind_index), NO_EPOCH)
        subject_id = subject.subject_id
        return Found(
            subject_id=subject_id,
            epoch=subject.epoch,
            account=await self.records.find(connection, AccountId(subject_id)),
            waiting=await self.waiting.find(connection, RegistrationId(subject_id)),
        )

    async def find_epoch(
        self, connection: Connection, account_id: AccountId
    ) -> int | None:
        """Return the credentials epoch of an account, or None."""
        return await store.find_epoch(connection, account_id)

    async def strengthen(
        self,
        connection: Connection,
        account_id: AccountId,
        password_hash: str,
        *,
        epoch: int,
        key: SealingKey,
    ) -> None:
        """Keep a stronger hash of the same password, unless it was changed since."""
        await store.strengthen_hash(
            connection, account_id, password_hash, epoch=epoch, key=key
        )


def _made_up(keys: KeyRing, blind_index: bytes) -> UUID:
    """Return under what a stranger's failures are counted."""
    made = keys.blind_index("stranger", blind_index.hex())
    return UUID(bytes=made[:UUID_BYTES])
