"""The links that set another password: to the holder, or to a child's guardian."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from service.accounts.budgets import spend
from service.accounts.guarding import Guardians, Guarding
from service.accounts.records import AccountRecords
from service.accounts.security_links import CHANNEL, Words
from service.audit import log as audit
from service.domain.accounts import Account, AccountId
from service.domain.actors import Actor
from service.domain.audit import Entry
from service.domain.forms import ContactKind
from service.domain.messages import (
    ChildPasswordReset,
    Content,
    Message,
    PasswordReset,
)
from service.domain.recovery import CHILD_RESET, RESET
from service.kit.database import Connection
from service.kit.secrets import KeyRing, SealingKey
from service.kit.tokens import Token, hash_token, new_token
from service.messages.flows import Messages
from service.passwords import store
from service.passwords.store import Reset

LINK_PATH: Final = "/reset#"
"""The secret stands in the fragment: it reaches no server and no log (ASVS 14.2.1)."""

MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)
CONTACT: Final = "contact"
GUARDIAN: Final = "guardian"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetLinks:
    """Sends reset links; every method runs in the caller's transaction."""

    base_url: str
    keys: KeyRing
    records: AccountRecords
    guardians: Guardians
    messages: Messages

    async def send(
        self,
        connection: Connection,
        account: Account,
        contact: tuple[ContactKind, str],
        *,
        key: SealingKey,
        actor: Actor,
        now: datetime,
    ) -> None:
        """Write to a *contact* that is, or has just become again, the holder's own."""
        kind, address = contact
        reset = Reset(
            account_id=account.account_id,
            contact_index=self.records.index(account.app, address),
        )
        token = await _add(connection, reset, RESET, now=now)
        content = PasswordReset(link=self._link(token), minutes=RESET // MINUTE)
        message = Message(
            app=account.app,
            subject_id=account.account_id,
            channel=CHANNEL[kind],
            recipient=address,
            language=account.language,
            content=content,
        )
        await self.messages.queue(connection, message, key=key, at=now)
        await _note(connection, account, CONTACT, actor, now=now)

    async def help_child_recover(
        self,
        connection: Connection,
        account: Account,
        *,
        actor: Actor,
        guardian: Guarding | None = None,
        now: datetime,
    ) -> bool:
        """Write to the guardians of a child, or to one; False when there is none.

        A guardian opens the link together with the child, who chooses the password;
        until then the old one stays good. Nobody can read it. Raises TooManyRequests
        when a guardian was written to often enough today.
        """
        every = await self.guardians.guarding(connection, account.account_id)
        asked = every if guardian is None else [guardian]
        for one in asked:
            await spend(
                connection,
                self.keys,
                account.app,
                one.contact.kind,
                one.contact.address,
                now=now,
            )
            reset = Reset(account_id=account.account_id, guardian_id=one.guardian_id)
            token = await _add(connection, reset, CHILD_RESET, now=now)
            content = ChildPasswordReset(
                link=self._link(token), hours=CHILD_RESET // HOUR
            )
            await self._write(connection, account, one, content, now=now)
        if asked:
            await _note(connection, account, GUARDIAN, actor, now=now)
        return bool(asked)

    async def tell_guardians(
        self,
        connection: Connection,
        account: Account,
        words: Words,
        *,
        now: datetime,
    ) -> None:
        """Write to every guardian of a child that has no contact of its own.

        *words* gets the address at which the guardian says that it was not the child.
        """
        account_id = account.account_id
        for one in await self.guardians.guarding(connection, account_id):
            link = await self.guardians.report_link(
                connection, account_id, one.guardian_id, now=now
            )
            await self._write(connection, account, one, words(link), now=now)

    async def is_bound(
        self, connection: Connection, account: Account, reset: Reset
    ) -> bool:
        """Tell whether a secret still goes to whom it went: contact or guardian."""
        if reset.guardian_id is not None:
            every = await self.guardians.guarding(connection, account.account_id)
            return reset.guardian_id in {one.guardian_id for one in every}
        known = account.confirmed.values()
        return reset.contact_index in {
            self.records.index(account.app, contact) for contact in known
        }

    async def drop(self, connection: Connection, account_id: AccountId) -> None:
        """Make every link that waits worth nothing."""
        await store.drop_unused(connection, account_id)

    async def _write(
        self,
        connection: Connection,
        account: Account,
        guardian: Guarding,
        content: Content,
        *,
        now: datetime,
    ) -> None:
        message = Message(
            app=account.app,
            subject_id=guardian.guardian_id,
            channel=guardian.contact.channel,
            recipient=guardian.contact.address,
            language=guardian.language,
            content=content,
        )
        await self.messages.queue(connection, message, key=guardian.key, at=now)

    def _link(self, token: Token) -> str:
        return f"{self.base_url}{LINK_PATH}{token}"


async def _add(
    connection: Connection, reset: Reset, lifetime: timedelta, *, now: datetime
) -> Token:
    token = new_token()
    await store.add_reset(
        connection,
        hash_token(token),
        reset,
        issued_at=now,
        expires_at=now + lifetime,
    )
    return token


async def _note(
    connection: Connection,
    account: Account,
    through: str,
    actor: Actor,
    *,
    now: datetime,
) -> None:
    entry = Entry(
        app=account.app,
        subject_id=account.account_id,
        actor=actor,
        action="password.reset_sent",
        detail={"through": through},
    )
    await audit.record(connection, entry, at=now)
