"""Changing a contact: asked for, confirmed at the new address, or removed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from service.accounts.budgets import spend
from service.accounts.flows import AccountFlows
from service.accounts.records import AccountRecords
from service.accounts.security_links import CHANNEL
from service.caller import Holder
from service.contacts import store
from service.contacts.changes import ContactChanges
from service.domain.accounts import Account, AccountId
from service.domain.forms import ContactKind, Need
from service.domain.messages import ContactAlreadyUsed, Message, NewContactCode
from service.domain.profiles import PolicyProfile
from service.domain.recovery import CODE
from service.domain.refusals import (
    CodeWrong,
    ContactLocked,
    LastContact,
    SessionRequired,
)
from service.kit.clock import Clock
from service.kit.database import Connection, Pool, transaction
from service.kit.secrets import KeyRing
from service.kit.tokens import is_code, new_code
from service.messages.flows import Messages
from service.mfa.changes import FactorChanges
from service.profiles.reader import Profiles
from service.vault.flows import Vault

MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFlows:
    """What a holder does with the contacts of their account."""

    pool: Pool
    clock: Clock
    keys: KeyRing
    profiles: Profiles
    vault: Vault
    accounts: AccountFlows
    records: AccountRecords
    factors: FactorChanges
    changes: ContactChanges
    messages: Messages

    async def change(self, holder: Holder, kind: ContactKind, contact: str) -> None:
        """Send a code to a new *contact*; until it is typed nothing changes.

        A contact that has an account already is answered exactly like any other, and
        its owner is told.
        """
        now, profile = self.clock.now(), self.profiles[holder.app]
        rule = profile.field(kind)
        if rule is None or rule.locked:
            raise ContactLocked
        async with transaction(self.pool) as connection:
            changing = await self.factors.begin(connection, holder, now=now)
            await spend(connection, self.keys, holder.app, kind, contact, now=now)
            code = new_code()
            await store.put_new(
                connection,
                holder.account_id,
                kind,
                contact,
                code_hash=self._hash(holder.account_id, kind, code),
                epoch=holder.epoch,
                expires_at=now + CODE,
                key=changing.key,
            )
            await self._write(
                connection, changing.account, (kind, contact), code, now=now
            )

    async def confirm(self, holder: Holder, kind: ContactKind, code: str) -> None:
        """Take the code, and let the new contact be the account's.

        Raises IdentifierTaken when it has come to another account meanwhile.
        """
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            found = await self.records.lock(connection, holder.account_id)
            if found is None:
                raise SessionRequired
            account, key = found
            contact = is_code(code) and await store.try_code(
                connection,
                holder.account_id,
                kind,
                self._hash(holder.account_id, kind, code),
                epoch=holder.epoch,
                now=now,
                key=key,
            )
            if contact and contact == account.confirmed.get(kind):
                await store.drop_new(connection, holder.account_id, kind)
            elif contact:
                await self.changes.replace(
                    connection, account, kind, contact, key=key, now=now
                )
        if not contact:  # the try is counted: say no only after the commit
            raise CodeWrong

    async def remove(self, holder: Holder, kind: ContactKind) -> None:
        """Take a contact away, unless the account needs it."""
        now, profile = self.clock.now(), self.profiles[holder.app]
        async with transaction(self.pool) as connection:
            changing = await self.factors.begin(connection, holder, now=now)
            account = changing.account
            _check_not_needed(account, profile, kind)
            if account.contact(kind) is not None:
                await self.changes.replace(
                    connection, account, kind, None, key=changing.key, now=now
                )

    async def _write(
        self,
        connection: Connection,
        account: Account,
        contact: tuple[ContactKind, str],
        code: str,
        *,
        now: datetime,
    ) -> None:
        """Write to a new contact: its code or, to whom it belongs, a notice.

        Both ways the same statements run and one message is queued, so that whoever
        asks learns nothing.
        """
        kind, address = contact
        owner = await self.accounts.find_owner(connection, account.app, address)
        taken = owner not in {None, account.account_id}
        subject_id = owner or account.account_id
        key = await self.vault.key_of(connection, subject_id)
        message = Message(
            app=account.app,
            subject_id=subject_id,
            channel=CHANNEL[kind],
            recipient=address,
            language=account.language,
            content=ContactAlreadyUsed()
            if taken
            else NewContactCode(code=code, minutes=CODE // MINUTE),
        )
        await self.messages.queue(connection, message, key=key, at=now)

    def _hash(self, account_id: AccountId, kind: ContactKind, code: str) -> bytes:
        return self.keys.blind_index("new contact code", str(account_id), kind, code)


def _check_not_needed(
    account: Account, profile: PolicyProfile, kind: ContactKind
) -> None:
    """Raise LastContact where the operator requires it, or nothing else is left.

    Without another confirmed contact nobody could get the account back.
    """
    rule = profile.field(kind)
    if rule is not None and rule.need(account.band) is Need.REQUIRED:
        raise LastContact
    if kind in account.confirmed and len(account.confirmed) == 1:
        raise LastContact
