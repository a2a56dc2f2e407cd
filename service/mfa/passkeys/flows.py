"""Passkeys: added, renamed, removed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from service.caller import Holder
from service.domain.accounts import AccountId
from service.domain.authenticators import Factor
from service.domain.messages import PasskeyAdded, PasskeyRemoved
from service.domain.refusals import (
    AuthenticatorsUsedUp,
    AuthenticatorUnknown,
    PasskeyWrong,
)
from service.kit.clock import Clock
from service.kit.database import Connection, Pool, transaction
from service.kit.ids import new_id
from service.kit.secrets import KeyRing, SealingKey
from service.kit.times import instant
from service.mfa.changes import Added, Changing, FactorChanges, Rise, stay
from service.mfa.passkeys import store
from service.mfa.passkeys.auth import (
    LIFETIME,
    Json,
    Made,
    NotProven,
    RelyingParty,
    challenge_in,
    new_challenge,
    new_user_handle,
)
from service.mfa.passkeys.kept import Passkey, PasskeyId, Purpose
from service.mfa.passkeys.store import Asked
from service.mfa.recovery_codes.flows import RecoveryCodeFlows
from service.profiles.reader import Profiles
from service.vault.flows import Vault

PASSKEYS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyFlows:
    """How people come to passkeys, and part with them."""

    pool: Pool
    clock: Clock
    keys: KeyRing
    profiles: Profiles
    vault: Vault
    relying_party: RelyingParty
    changes: FactorChanges
    recovery_codes: RecoveryCodeFlows

    async def options(self, holder: Holder) -> Json:
        """Return what a page gives to navigator.credentials.create()."""
        now, challenge = self.clock.now(), new_challenge()
        async with transaction(self.pool) as connection:
            changing = await self.changes.begin(connection, holder, now=now)
            account, key = changing.account, changing.key
            known = await store.find_all(connection, account.account_id, key=key)
            if len(known) >= PASSKEYS:
                raise AuthenticatorsUsedUp
            handle = await store.keep_user_handle(
                connection, account.account_id, new_user_handle()
            )
            asked = Asked.of(challenge, Purpose.ADD, account.app, account.account_id)
            await store.ask(connection, asked, expires_at=now + LIFETIME)
        return self.relying_party.creation_options(
            product=self.profiles[account.app].name,
            holder=changing.shown_name,
            user_handle=handle,
            challenge=challenge,
            known=[one.known for one in known],
        )

    async def add(
        self, holder: Holder, name: str, credential: Json, rise: Rise = stay
    ) -> Added:
        """Take the passkey that a device has made, and call it *name*.

        Returns recovery codes as well, if the account has none. *rise* is done with it.
        """
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            changing = await self.changes.lock(connection, holder)
            try:
                made = await self._made(connection, holder, credential, now=now)
                added = await self._add(connection, changing, made, name, now=now)
                await rise(connection, Factor.PASSKEY, now=now)
            except NotProven:
                added = None
        if added is None:  # what was asked is used up: say no only after the commit
            raise PasskeyWrong
        return added

    async def _made(
        self, connection: Connection, holder: Holder, credential: Json, *, now: datetime
    ) -> Made:
        challenge = challenge_in(credential)
        asked = Asked.of(challenge, Purpose.ADD, holder.app, holder.account_id)
        if not await store.take(connection, asked, now=now):
            raise NotProven
        return self.relying_party.take_new(credential, challenge)

    async def _add(
        self,
        connection: Connection,
        changing: Changing,
        made: Made,
        name: str,
        *,
        now: datetime,
    ) -> Added:
        account_id, passkey_id = changing.account_id, PasskeyId(new_id(now))
        if await store.count(connection, account_id) >= PASSKEYS:
            raise AuthenticatorsUsedUp
        if not await store.add(
            connection,
            account_id,
            passkey_id,
            made,
            name=name,
            index=store.index_of(self.keys, made.credential_id),
            key=changing.key,
            at=now,
        ):
            raise NotProven
        codes = await self.recovery_codes.give_first(connection, changing, now=now)
        await self.changes.added(
            connection,
            changing,
            Factor.PASSKEY,
            lambda link: PasskeyAdded(link=link),
            now=now,
        )
        return Added(passkey_id=passkey_id, recovery_codes=codes)

    async def rename(self, holder: Holder, passkey_id: UUID, name: str) -> None:
        """Call a passkey by another name."""
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            changing = await self.changes.begin(connection, holder, now=now)
            if not await store.rename(
                connection,
                holder.account_id,
                PasskeyId(passkey_id),
                name,
                key=changing.key,
            ):
                raise AuthenticatorUnknown

    async def remove(self, holder: Holder, passkey_id: UUID) -> None:
        """Take a passkey away; with the last factor the recovery codes go as well."""
        now, chosen = self.clock.now(), PasskeyId(passkey_id)
        async with transaction(self.pool) as connection:
            changing = await self.changes.begin(connection, holder, now=now)
            if not await store.delete(connection, holder.account_id, chosen):
                raise AuthenticatorUnknown
            await self.recovery_codes.settle_last(connection, changing)
            await self.changes.removed(
                connection,
                changing,
                Factor.PASSKEY,
                lambda link: PasskeyRemoved(link=link),
                now=now,
            )

    async def find(
        self, connection: Connection, account_id: AccountId, *, key: SealingKey
    ) -> list[Passkey]:
        """Return the passkeys of an account."""
        return await store.find_all(connection, account_id, key=key)

    async def remove_since(
        self, connection: Connection, account_id: AccountId, since: datetime
    ) -> int:
        """Delete the passkeys that were added *since* then; how many."""
        return await store.delete_since(connection, account_id, since=since)

    async def export(
        self, connection: Connection, account_id: AccountId
    ) -> list[Mapping[str, object]]:
        """Return what is known of the holder's passkeys."""
        key = await self.vault.key_of(connection, account_id)
        return [
            {
                "name": one.name,
                "credential_id": one.known.credential_id.hex(),
                "transports": [*one.known.transports],
                "backup_eligible": one.backup_eligible,
                "backed_up": one.backed_up,
                "created_at": instant(one.created_at),
                "last_used_at": one.last_used_at and instant(one.last_used_at),
            }
            for one in await self.find(connection, account_id, key=key)
        ]

    async def erase(self, connection: Connection, account_id: AccountId) -> int:
        """Delete every passkey of an account; how many."""
        return await store.delete_all(connection, account_id)

    async def sweep(self, connection: Connection, *, now: datetime) -> int:
        """Delete what nobody signed in time; how many."""
        return await store.sweep(connection, now=now)
