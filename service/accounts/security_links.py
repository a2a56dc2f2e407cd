"""Messages about an account's security, each with a link to say "this wasn't me".

Any slice that changes what an account is signed in with calls ``tell`` in the
transaction of the change; what the link does is in service/compromise.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final, TypeAlias

from service.accounts import security_store as store
from service.accounts.records import AccountRecords
from service.domain.accounts import Account, AccountId
from service.domain.forms import ContactKind
from service.domain.messages import Channel, Content, Message
from service.domain.refusals import SecurityLinkInvalid
from service.domain.security import LINK_LIFETIME, Report, SecurityCause
from service.kit.database import Connection
from service.kit.secrets import SealingKey
from service.kit.tokens import Token, hash_token, is_token, new_token
from service.messages.flows import Messages

LINK_PATH: Final = "/security#"
"""The secret stands in the fragment: it reaches no server and no log (ASVS 14.2.1)."""

CHANNEL: Final[Mapping[ContactKind, Channel]] = MappingProxyType(
    {ContactKind.EMAIL: Channel.EMAIL, ContactKind.PHONE: Channel.SMS}
)

Words: TypeAlias = Callable[[str], Content]
"""Makes the message, given the address of its link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityLinks:
    """Writes to account holders about their security."""

    base_url: str
    records: AccountRecords
    messages: Messages

    async def tell(
        self,
        connection: Connection,
        account_id: AccountId,
        cause: SecurityCause,
        words: Words,
        *,
        now: datetime,
    ) -> bool:
        """Write to the holder at their first confirmed contact; False without one.

        *words* gets the address of a fresh link, good for seven days and one use.
        """
        found = await self.records.find(connection, account_id)
        if found is None:
            return False
        account, key = found
        for contact in account.confirmed.items():
            await self.tell_at(
                connection, account, cause, words, contact, key=key, now=now
            )
            return True
        return False

    async def use(
        self, connection: Connection, token: Token, *, now: datetime
    ) -> Report | None:
        """Use a link up, and return what it reports; None when it did so before.

        Raises SecurityLinkInvalid for a link that we don't know, or not any more.
        """
        if not is_token(token):
            raise SecurityLinkInvalid
        link_hash = hash_token(token)
        account_id = await store.use(connection, link_hash, at=now)
        if account_id is None:
            if await store.is_reported(connection, link_hash):
                return None
            raise SecurityLinkInvalid
        found = await self.records.lock(connection, account_id)
        report = found and await store.find(connection, link_hash, key=found[1])
        if not report:
            raise SecurityLinkInvalid
        return report

    async def drop_since(
        self, connection: Connection, account_id: AccountId, since: datetime
    ) -> None:
        """Make the links of messages since then worth nothing."""
        await store.drop_since(connection, account_id, since=since)

    async def export(
        self, connection: Connection, account_id: AccountId
    ) -> list[Mapping[str, str]]:
        """Return what the holder was told about the security of the account."""
        return await store.export(connection, account_id)

    async def erase(self, connection: Connection, account_id: AccountId) -> None:
        """Delete the links of an account."""
        await store.erase(connection, account_id)

    async def sweep(self, connection: Connection, *, now: datetime) -> int:
        """Delete links whose time is over; how many."""
        return await store.sweep(connection, now=now)

    async def tell_at(
        self,
        connection: Connection,
        account: Account,
        cause: SecurityCause,
        words: Words,
        contact: tuple[ContactKind, str],
        *,
        key: SealingKey,
        now: datetime,
    ) -> None:
        """Write to a *contact* that was the holder's before what is told of."""
        token = new_token()
        report = Report(
            account_id=account.account_id,
            cause=cause,
            channel=CHANNEL[contact[0]],
            recipient=contact[1],
            caused_at=now,
        )
        await store.add(
            connection,
            hash_token(token),
            report,
            key=key,
            expires_at=now + LINK_LIFETIME,
        )
        message = Message(
            app=account.app,
            subject_id=account.account_id,
            channel=report.channel,
            recipient=report.recipient,
            language=account.language,
            content=words(f"{self.base_url}{LINK_PATH}{token}"),
        )
        await self.messages.queue(connection, message, key=key, at=now)
