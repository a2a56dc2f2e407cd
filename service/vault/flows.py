"""Making, using and destroying the data key of a subject."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from service.kit.database import Connection, Pool, transaction
from service.kit.queries import Write, write
from service.kit.secrets import KeyRing, SealingKey, UnsealError, new_sealing_key
from service.vault import store

BATCH: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Vault:
    """Holds one data key a subject, each wrapped by the operator's key ring."""

    keys: KeyRing

    async def create(
        self, connection: Connection, subject_id: UUID, *, at: datetime
    ) -> SealingKey:
        """Return the fresh key of a new subject, in the caller's transaction."""
        key, creating = self.creating(subject_id, at=at)
        await write(connection, creating)
        return key

    def creating(self, subject_id: UUID, *, at: datetime) -> tuple[SealingKey, Write]:
        """Return a fresh key for a new subject, and what keeps it."""
        key = new_sealing_key()
        key_id, wrapped = self.keys.wrap(key, subject_id.bytes)
        return key, store.adding(subject_id, key_id, wrapped, at)

    async def key_of(self, connection: Connection, subject_id: UUID) -> SealingKey:
        """Return the key of a subject, or raise UnsealError when it was destroyed."""
        found = await store.find(connection, subject_id)
        if found is None:
            raise UnsealError
        return self.keys.unwrap(*found, subject_id.bytes)

    async def destroy(self, connection: Connection, subject_id: UUID) -> None:
        """Destroy the key: what it sealed goes with it, messages and names too."""
        await store.delete(connection, subject_id)

    async def rewrap(self, pool: Pool) -> int:
        """Wrap every key by the primary key of the ring, and return how many changed.

        Runs in batches, beside a working service; waits for whoever is at work on a
        subject, so that none is left out. Raises DatabaseUnavailable when that takes
        too long: what was done stays done, and the rest can be done again.
        """
        changed = 0
        while True:
            async with transaction(pool) as connection:
                batch = await store.lock_wrapped_otherwise(
                    connection, self.keys.primary, batch=BATCH
                )
                for subject_id, key_id, wrapped in batch:
                    place = subject_id.bytes
                    key = self.keys.unwrap(key_id, wrapped, place)
                    await store.replace(
                        connection, subject_id, *self.keys.wrap(key, place)
                    )
            if not batch:
                return changed
            changed += len(batch)
