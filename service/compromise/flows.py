"""Shutting an account that somebody else got into, and giving it back (CP-10).

Both links lead here: "this wasn't me" in every message about an account's security,
and "take it back" in the one to a contact that was replaced.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from service.accounts.guarding import Guarding
from service.accounts.records import AccountRecords
from service.accounts.security_links import SecurityLinks
from service.audit import log as audit
from service.contacts.changes import ContactChanges
from service.domain.accounts import Account, AccountId
from service.domain.actors import Actor, ActorKind, holder
from service.domain.audit import Entry
from service.domain.events import Cause, EventType
from service.domain.forms import ContactKind
from service.domain.messages import Channel
from service.domain.refusals import TooManyRequests
from service.domain.security import SUSPECT, SecurityCause
from service.kit.clock import Clock
from service.kit.database import Connection, Pool, transaction
from service.kit.secrets import SealingKey
from service.kit.tokens import Token
from service.mfa.flows import AuthenticatorFlows
from service.outbox.flows import Outbox
from service.passwords.links import ResetLinks
from service.sessions.flows import SessionFlows


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """What a holder denies: that they did something at *caused_at*.

    They say so from a *contact* that was theirs before.
    """

    account_id: AccountId
    cause: SecurityCause
    contact: tuple[ContactKind, str] = field(repr=False)
    caused_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CompromiseFlows:
    """What happens when a holder says that it was not them."""

    pool: Pool
    clock: Clock
    records: AccountRecords
    security_links: SecurityLinks
    sessions: SessionFlows
    authenticators: AuthenticatorFlows
    contacts: ContactChanges
    resets: ResetLinks
    outbox: Outbox

    async def report(self, token: Token) -> None:
        """Shut the account and send its holder the way back; once, however often asked.

        Raises SecurityLinkInvalid for a link that we don't know, or not any more.
        """
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            report = await self.security_links.use(connection, token, now=now)
            if report is None:
                return
            by_mail = report.channel is Channel.EMAIL
            kind = ContactKind.EMAIL if by_mail else ContactKind.PHONE
            denied = Denied(
                account_id=report.account_id,
                cause=report.cause,
                contact=(kind, report.recipient),
                caused_at=report.caused_at,
            )
            await self._shut(connection, denied, now=now)

    async def undo_contact_change(self, token: Token) -> None:
        """Put a contact back, shut the account and send its holder the way back; once.

        Raises UndoLinkInvalid for a link that we don't know, or not any more.
        """
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            change = await self.contacts.undo(connection, token, now=now)
            if change is None or change.before is None:
                return
            denied = Denied(
                account_id=change.account_id,
                cause=SecurityCause.CONTACT_CHANGED,
                contact=(change.kind, change.before),
                caused_at=change.changed_at,
            )
            await self._shut(connection, denied, now=now)

    async def _shut(
        self, connection: Connection, denied: Denied, *, now: datetime
    ) -> None:
        """Undo what somebody else may have done, and write to the holder alone.

        Contacts go back to what they were, factors that are not older than the attack
        may be are removed, and so are the links and sessions that it may have left.
        """
        account_id, since = denied.account_id, denied.caused_at - SUSPECT
        found = await self.records.lock(connection, account_id)
        if found is None:
            return
        account, key = found
        await self._take_back(connection, account, denied, key=key, now=now)
        await self._lock(
            connection, account, since, denied.cause, holder(account_id), now=now
        )

    async def shut_by_guardian(
        self,
        connection: Connection,
        account_id: AccountId,
        guardian: Guarding,
        *,
        caused_at: datetime,
        now: datetime,
    ) -> None:
        """Shut a child's account for its *guardian*, and write to them the way back.

        Runs in the caller's transaction, like what follows for a holder.
        """
        found = await self.records.lock(connection, account_id)
        if found is None:
            return
        account, actor = found[0], Actor(ActorKind.GUARDIAN, guardian.guardian_id)
        cause, since = SecurityCause.PASSWORD_CHANGED, caused_at - SUSPECT
        await self.security_links.drop_since(connection, account_id, caused_at)
        await self.resets.drop(connection, account_id)
        await self._lock(connection, account, since, cause, actor, now=now)
        with suppress(TooManyRequests):  # shut it stays: the way back is in their mail
            await self.resets.help_child_recover(
                connection, account, actor=actor, guardian=guardian, now=now
            )

    async def _lock(
        self,
        connection: Connection,
        account: Account,
        since: datetime,
        about: SecurityCause,
        actor: Actor,
        *,
        now: datetime,
    ) -> None:
        """Remove what was added *since*, end every session, and let nobody in."""
        account_id = account.account_id
        await self.authenticators.remove_since(
            connection, account_id, since, cause=Cause.NOT_ME, now=now
        )
        await self.records.lock_sign_in(connection, account_id, now=now)
        await self.sessions.raise_epoch(connection, account_id, now=now)
        event = account.event(
            EventType.SECURITY_COMPROMISE_REPORTED, Cause.NOT_ME, actor
        )
        await self.outbox.record(connection, event, at=now)
        entry = Entry(
            app=account.app,
            subject_id=account_id,
            actor=actor,
            action=event.type,
            detail={"about": about},
        )
        await audit.record(connection, entry, at=now)

    async def _take_back(
        self,
        connection: Connection,
        account: Account,
        denied: Denied,
        *,
        key: SealingKey,
        now: datetime,
    ) -> None:
        since = denied.caused_at - SUSPECT
        done = await self.contacts.secure(
            connection,
            account,
            denied.contact,
            caused_at=denied.caused_at,
            since=since,
            key=key,
            now=now,
        )
        await self.security_links.drop_since(
            connection, account.account_id, denied.caused_at
        )
        await self.resets.drop(connection, account.account_id)
        if done:  # else the contact is another account's, and nobody is written to
            await self.resets.send(
                connection,
                account,
                denied.contact,
                key=key,
                actor=holder(account.account_id),
                now=now,
            )
