"""What changing somebody's second factors needs first, and what it causes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from service.accounts.records import AccountRecords
from service.accounts.security_links import SecurityLinks, Words
from service.accounts.sessions import Sessions
from service.audit import log as audit
from service.caller import Holder
from service.domain.accounts import Account, AccountId
from service.domain.actors import holder as acting
from service.domain.audit import Entry
from service.domain.authenticators import Factor, check_fresh
from service.domain.events import Cause, EventType
from service.domain.refusals import SessionRequired
from service.domain.security import SecurityCause
from service.kit.database import Connection
from service.kit.secrets import SealingKey
from service.mfa import store
from service.outbox.flows import Outbox

STANDING_ALONE: Final = frozenset({Factor.TOTP, Factor.PASSKEY})
"""What recovery codes are for: without one of these they recover nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changing:
    """An account under its lock, with its data key, and the session that goes on."""

    account: Account
    key: SealingKey
    keep: UUID | None = None

    @property
    def account_id(self) -> AccountId:
        """Return whose it is."""
        return self.account.account_id

    @property
    def shown_name(self) -> str:
        """Return what devices show beside the product: what one signs in with."""
        contacts = tuple(self.account.confirmed.values())
        return self.account.username or (contacts[0] if contacts else "account")


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """An app that has just been confirmed, with the recovery codes it brought."""

    totp_id: UUID
    recovery_codes: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A passkey that was just added, with the recovery codes it brought."""

    passkey_id: UUID
    recovery_codes: tuple[str, ...] = field(repr=False)


class Rise(Protocol):
    """What becomes of a session in which a factor was added, and so proven."""

    async def __call__(
        self, connection: Connection, factor: Factor, /, *, now: datetime
    ) -> None:
        """Do it in the caller's transaction."""
        ...


async def stay(_: Connection, __: Factor, *, now: datetime) -> None:
    """Leave the session as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorChanges:
    """Every second factor comes and goes through here, so that none does silently.

    Every method runs in the caller's transaction.
    """

    records: AccountRecords
    sessions: Sessions
    security_links: SecurityLinks
    outbox: Outbox

    async def lock(self, connection: Connection, holder: Holder) -> Changing:
        """Return the holder's account, which nobody else changes now."""
        found = await self.records.lock(connection, holder.account_id)
        if found is None:
            raise SessionRequired
        account, key = found
        return Changing(account=account, key=key, keep=holder.session_id)

    async def begin(
        self, connection: Connection, holder: Holder, *, now: datetime
    ) -> Changing:
        """Return the holder's account to be changed, or raise StepUpRequired.

        A stolen session may neither add a factor of the thief's nor take one away.
        """
        changing = await self.lock(connection, holder)
        enrolled = await self.enrolled(connection, holder.account_id)
        check_fresh(holder.assurance, enrolled=enrolled, now=now)
        return changing

    async def enrolled(
        self, connection: Connection, account_id: AccountId
    ) -> frozenset[Factor]:
        """Return the second factors that the account could prove now."""
        return await store.find_enrolled(connection, account_id)

    async def added(
        self,
        connection: Connection,
        changing: Changing,
        factor: Factor,
        words: Words,
        *,
        now: datetime,
    ) -> None:
        """Tell others and the holder that a factor was added."""
        account = changing.account
        event = account.event(
            EventType.SECURITY_AUTHENTICATOR_ADDED,
            Cause.HOLDER_CHOSE,
            acting(account.account_id),
            after=factor,
        )
        await self.outbox.record(connection, event, at=now)
        await self._note(connection, account, event.type, {"factor": factor}, now=now)
        await self.security_links.tell(
            connection,
            account.account_id,
            SecurityCause.AUTHENTICATOR_ADDED,
            words,
            now=now,
        )

    async def removed(
        self,
        connection: Connection,
        changing: Changing,
        factor: Factor,
        words: Words,
        *,
        now: datetime,
    ) -> None:
        """Tell that a factor was removed; every older token is worth nothing (F20)."""
        account = changing.account
        await self.gone(connection, account, factor, cause=Cause.HOLDER_CHOSE, now=now)
        await self.sessions.raise_epoch(
            connection, account.account_id, keep=changing.keep, now=now
        )
        await self.security_links.tell(
            connection,
            account.account_id,
            SecurityCause.AUTHENTICATOR_REMOVED,
            words,
            now=now,
        )

    async def gone(
        self,
        connection: Connection,
        account: Account,
        factor: Factor,
        *,
        cause: Cause,
        now: datetime,
    ) -> None:
        """Tell others alone that a factor was removed; the caller does the rest."""
        event = account.event(
            EventType.SECURITY_AUTHENTICATOR_REMOVED,
            cause,
            acting(account.account_id),
            before=factor,
        )
        await self.outbox.record(connection, event, at=now)
        detail = {"factor": factor, "cause": cause}
        await self._note(connection, account, event.type, detail, now=now)

    async def code_used(
        self,
        connection: Connection,
        account_id: AccountId,
        words: Words,
        *,
        left: int,
        now: datetime,
    ) -> None:
        """Tell others and the holder that a recovery code was used, with *left*."""
        found = await self.records.find(connection, account_id)
        if found is None:
            return
        account, _ = found
        event = account.event(
            EventType.SECURITY_RECOVERY_CODE_USED,
            Cause.FACTOR_PROVEN,
            acting(account_id),
            after=str(left),
        )
        await self.outbox.record(connection, event, at=now)
        await self._note(connection, account, event.type, {"left": str(left)}, now=now)
        await self.security_links.tell(
            connection, account_id, SecurityCause.RECOVERY_CODE_USED, words, now=now
        )

    async def passkey_refused(
        self,
        connection: Connection,
        account_id: AccountId,
        words: Words,
        *,
        now: datetime,
    ) -> None:
        """Tell the holder that somebody may have a copy of their passkey."""
        found = await self.records.find(connection, account_id)
        if found is None:
            return
        await self._note(connection, found[0], "passkey.refused", {}, now=now)
        await self.security_links.tell(
            connection, account_id, SecurityCause.PASSKEY_REFUSED, words, now=now
        )

    async def _note(
        self,
        connection: Connection,
        account: Account,
        action: str,
        detail: Mapping[str, str],
        *,
        now: datetime,
    ) -> None:
        entry = Entry(
            app=account.app,
            subject_id=account.account_id,
            actor=acting(account.account_id),
            action=action,
            detail=detail,
        )
        await audit.record(connection, entry, at=now)
