"""Consent requests as guardians see them, found by their link or by their id."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from service.accounts.held import HeldAccounts
from service.accounts.waiting import Waiting
from service.consents.people import Guardians
from service.domain.accounts import AccountId
from service.domain.consent import ConsentRequest, ConsentRequestId
from service.domain.registration import RegistrationId
from service.guardians import store
from service.guardians.asked import Asked
from service.kit.database import Connection
from service.kit.secrets import SealingKey

Read: TypeAlias = Callable[[SealingKey], Awaitable[ConsentRequest | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedRequests:
    """Finds what is asked of guardians; runs in the caller's transaction.

    With *lock* nobody else changes the registration or the account meanwhile, and the
    request is read under that lock: whoever was first has decided.
    """

    waiting: Waiting
    held: HeldAccounts
    guardians: Guardians

    async def behind(
        self, connection: Connection, link_hash: bytes, *, lock: bool, now: datetime
    ) -> Asked | None:
        """Return what a link asks, or None."""
        subject_id = await store.find_registration_behind(connection, link_hash)

        async def read(key: SealingKey) -> ConsentRequest | None:
            return await store.find_behind(connection, link_hash, key=key)

        return await self._asked(connection, subject_id, read, lock=lock, now=now)

    async def lock(
        self, connection: Connection, request_id: ConsentRequestId, *, now: datetime
    ) -> Asked | None:
        """Return what a request asks, with the lock; None where there is none now."""
        subject_id = await store.find_subject(connection, request_id)

        async def read(key: SealingKey) -> ConsentRequest | None:
            return await store.find(connection, request_id, key=key)

        return await self._asked(connection, subject_id, read, lock=True, now=now)

    async def _asked(
        self,
        connection: Connection,
        subject_id: RegistrationId | None,
        read: Read,
        *,
        lock: bool,
        now: datetime,
    ) -> Asked | None:
        if subject_id is None:
            return None
        return await self._standing(
            connection, subject_id, read, lock=lock, now=now
        ) or await self._held(connection, subject_id, read, lock=lock, now=now)

    async def _standing(
        self,
        connection: Connection,
        registration_id: RegistrationId,
        read: Read,
        *,
        lock: bool,
        now: datetime,
    ) -> Asked | None:
        """Return what is asked for a registration, or None."""
        find = self.waiting.lock if lock else self.waiting.find
        standing = await find(connection, registration_id)
        if standing is None:
            return None
        request = await self._request(connection, read, standing.key)
        if request is None:
            return None
        return Asked(
            request=request,
            standing=standing,
            child=standing.registration.username,
            today=now.date(),
        )

    async def _held(
        self,
        connection: Connection,
        registration_id: RegistrationId,
        read: Read,
        *,
        lock: bool,
        now: datetime,
    ) -> Asked | None:
        """Return what is asked for an account, or None."""
        find = self.held.lock if lock else self.held.find
        held = await find(connection, AccountId(registration_id))
        if held is None:
            return None
        request = await self._request(connection, read, held.key)
        if request is None:
            return None
        return Asked(
            request=request,
            held=held,
            child=await self.held.username(connection, held),
            today=now.date(),
        )

    async def _request(
        self, connection: Connection, read: Read, key: SealingKey
    ) -> ConsentRequest | None:
        request = await read(key)
        if request is None or request.guardian_id is None:
            return request
        guardian = await self.guardians.read(connection, request.guardian_id)
        return replace(request, guardian_contact=guardian.contact)
