"""Guardians: who they are, and whose."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from service.accounts.tries import Tries
from service.consents import store
from service.consents.guardian import Guardian
from service.consents.store import Bond
from service.domain.accounts import AccountId
from service.domain.consent import GuardianId, Relation
from service.domain.consent_methods import CATALOGUE, Method
from service.domain.guardian_contacts import GuardianContact
from service.domain.guardian_factors import rested_on
from service.domain.messages import Content, Message
from service.domain.profiles import AppName
from service.kit.database import Connection
from service.kit.ids import new_id
from service.kit.secrets import KeyRing
from service.messages.flows import Messages
from service.vault.flows import Vault

ENDED_KEPT: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guardians:
    """The people who consented for others; runs in the caller's transaction."""

    keys: KeyRing
    vault: Vault
    messages: Messages
    tries: Tries

    async def known(
        self, connection: Connection, app: AppName, contact: GuardianContact
    ) -> tuple[GuardianId, bool] | None:
        """Return who has this contact and whether they are barred; None if nobody.

        Nobody else adds a guardian with this contact meanwhile.
        """
        index = self._identity(contact)
        await store.lock_index(connection, index)
        return await store.find_guardian(connection, app, index)

    async def find(
        self, connection: Connection, app: AppName, blind_index: bytes
    ) -> tuple[GuardianId, bool] | None:
        """Return who is behind an index and whether they are barred; None if nobody."""
        return await store.find_guardian(connection, app, blind_index)

    async def children(
        self, connection: Connection, guardian_id: GuardianId
    ) -> list[AccountId]:
        """Return the accounts about which a guardian has a say now, longest first."""
        return await store.find_children(connection, guardian_id)

    async def verified_by(
        self, connection: Connection, guardian_id: GuardianId
    ) -> Method | None:
        """Return the strongest way by which it is known who a guardian is, or None.

        What was only given, and not confirmed, counts for nothing.
        """
        methods = [
            rested_on(name, strength, recovered=recovered)
            for name, strength, recovered in await store.find_methods(
                connection, guardian_id
            )
            if name in {*Method}
        ]
        return max(methods, key=lambda one: CATALOGUE[one].strength, default=None)

    async def keep(
        self,
        connection: Connection,
        app: AppName,
        contact: GuardianContact,
        language: str,
        *,
        now: datetime,
    ) -> Guardian:
        """Return the guardian with this contact, kept from now on if they are new."""
        found = await self.known(connection, app, contact)
        if found is not None:
            return await self.read(connection, found[0])
        guardian_id = GuardianId(new_id(now))
        key = await self.vault.create(connection, guardian_id, at=now)
        guardian = Guardian(
            guardian_id=guardian_id,
            app=app,
            contact=contact,
            language=language,
            key=key,
        )
        index = self._identity(contact)
        await store.add_guardian(connection, guardian, blind_index=index, at=now)
        return guardian

    async def read(self, connection: Connection, guardian_id: GuardianId) -> Guardian:
        """Return a guardian that there is."""
        key = await self.vault.key_of(connection, guardian_id)
        return await store.read_guardian(connection, guardian_id, key=key)

    async def bind(
        self,
        connection: Connection,
        account_id: AccountId,
        guardian_id: GuardianId,
        relation: Relation,
        *,
        now: datetime,
    ) -> None:
        """Keep whose guardian somebody is, from now on."""
        await store.add_guardianship(
            connection, account_id, guardian_id, relation, at=now
        )

    async def of(self, connection: Connection, account_id: AccountId) -> list[Bond]:
        """Return who has a say about an account now, longest first."""
        return await store.find_bonds(connection, account_id)

    async def release(
        self,
        connection: Connection,
        account_id: AccountId,
        guardian_id: GuardianId | None = None,
        *,
        now: datetime,
    ) -> None:
        """End the say of one guardian, or of every one; their links are spent."""
        await store.end_bonds(connection, account_id, guardian_id, at=now)

    async def bar(
        self, connection: Connection, guardian_id: GuardianId, *, now: datetime
    ) -> None:
        """Let nothing that this person consents to count any more."""
        await store.bar(connection, guardian_id, at=now)

    async def write(
        self,
        connection: Connection,
        guardian: Guardian,
        content: Content,
        *,
        now: datetime,
    ) -> UUID:
        """Write to a guardian, and return the message's id."""
        message = Message(
            app=guardian.app,
            subject_id=guardian.guardian_id,
            channel=guardian.contact.channel,
            recipient=guardian.contact.address,
            language=guardian.language,
            content=content,
        )
        return await self.messages.queue(connection, message, key=guardian.key, at=now)

    async def forget_childless(
        self, connection: Connection, guardian_ids: Collection[GuardianId]
    ) -> None:
        """Forget those of the guardians who have no child here any more."""
        for guardian_id in await store.delete_childless(connection, guardian_ids):
            await self.tries.forget(connection, guardian_id)
            await self.vault.destroy(connection, guardian_id)

    async def sweep(self, connection: Connection, *, now: datetime) -> int:
        """Forget the guardians whose say ended long ago; how many bonds went.

        Till then a letter to them may be under way.
        """
        ended = await store.delete_bonds_ended(connection, before=now - ENDED_KEPT)
        await self.forget_childless(connection, ended)
        return len(ended)

    def index_of(self, contact: GuardianContact) -> bytes:
        """Return the blind index by which a guardian is found."""
        return self._identity(contact)

    def _identity(self, contact: GuardianContact) -> bytes:
        """Return the blind index of the contact itself: for who a guardian is.

        Two people may share a mailbox's name (``sales+emea@``); neither must ever see
        the other's children.
        """
        return self.keys.blind_index("guardian identity", contact.address)
