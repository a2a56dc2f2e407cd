"""What setting another password does, however it came to it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from service.accounts.records import AccountRecords
from service.accounts.security_links import SecurityLinks
from service.accounts.tries import Tries
from service.audit import log as audit
from service.domain.accounts import Account
from service.domain.actors import Actor
from service.domain.audit import Entry
from service.domain.authenticators import Proof
from service.domain.events import Cause, EventType
from service.domain.messages import ChildPasswordChanged, PasswordChanged
from service.domain.profiles import PolicyProfile
from service.domain.security import SecurityCause
from service.kit.database import Connection
from service.kit.secrets import SealingKey
from service.outbox.flows import Outbox
from service.passwords.links import ResetLinks
from service.sessions.flows import SessionFlows


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHash:
    """A new password as it is kept, and the profile it was checked against.

    *length* is that of the password, in code points.
    """

    password_hash: str
    length: int
    profile: PolicyProfile


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChanges:
    """Sets passwords, in the transaction that locked the account."""

    records: AccountRecords
    links: ResetLinks
    sessions: SessionFlows
    security_links: SecurityLinks
    tries: Tries
    outbox: Outbox

    async def set(
        self,
        connection: Connection,
        account: Account,
        new: NewHash,
        *,
        key: SealingKey,
        cause: Cause,
        actor: Actor,
        end_sessions: bool,
        keep: UUID | None = None,
        now: datetime,
    ) -> None:
        """Keep another password, and tell of it.

        Every older token is worth nothing; the session *keep* goes on in any case, the
        others where they are not to end. Links that wait for a reset are worth nothing.
        """
        account_id = account.account_id
        short = new.length < new.profile.password.min_length
        await self.records.replace_password(
            connection, account, new.password_hash, short=short, key=key
        )
        await self.links.drop(connection, account_id)
        await self.tries.forget(connection, account_id, Proof.PASSWORD)
        if end_sessions:
            await self.sessions.raise_epoch(connection, account_id, keep=keep, now=now)
        else:
            await self.sessions.renew(connection, account_id)
        await self._tell(connection, account, cause, actor, now=now)

    async def _tell(
        self,
        connection: Connection,
        account: Account,
        cause: Cause,
        actor: Actor,
        *,
        now: datetime,
    ) -> None:
        event = account.event(EventType.SECURITY_PASSWORD_CHANGED, cause, actor)
        await self.outbox.record(connection, event, at=now)
        entry = Entry(
            app=account.app,
            subject_id=account.account_id,
            actor=actor,
            action=event.type,
            detail={"cause": cause},
        )
        await audit.record(connection, entry, at=now)
        told = await self.security_links.tell(
            connection,
            account.account_id,
            SecurityCause.PASSWORD_CHANGED,
            lambda link: PasswordChanged(link=link),
            now=now,
        )
        if not told:
            await self.links.tell_guardians(
                connection,
                account,
                lambda link: ChildPasswordChanged(link=link),
                now=now,
            )
