"""Messages about an account's security, each with a link to say "this wasn't me".

Any slice that changes what an account is signed in with calls ``tell`` in the
transaction of the change; what the link does is in service/reports.
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
from service.domain.security import LINK_LIFETIME, Report, SecurityCause
from service.kit.database import Connection
from service.kit.secrets import SealingKey
from service.kit.tokens import hash_token, new_token
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
