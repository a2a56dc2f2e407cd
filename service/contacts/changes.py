"""What another contact does to an account, and how it is taken back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from service.accounts.records import AccountRecords
from service.accounts.security_links import SecurityLinks
from service.audit import log as audit
from service.contacts import store
from service.contacts.store import Change
from service.domain.accounts import Account, AccountId
from service.domain.actors import holder
from service.domain.audit import Entry
from service.domain.events import Cause, EventType
from service.domain.forms import ContactKind
from service.domain.messages import ContactAdded, ContactChanged
from service.domain.recovery import HELD, UNDO
from service.domain.refusals import IdentifierTaken, UndoLinkInvalid
from service.domain.security import SecurityCause
from service.kit.database import Connection
from service.kit.ids import new_id
from service.kit.secrets import SealingKey
from service.kit.tokens import Token, hash_token, is_token, new_token
from service.outbox.flows import Outbox

UNDO_PATH: Final = "/undo#"
"""The secret stands in the fragment: it reaches no server and no log (ASVS 14.2.1)."""

HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactChanges:
    """Every contact comes and goes through here, so that none does silently.

    Every method runs in the transaction that locked the account.
    """

    base_url: str
    records: AccountRecords
    security_links: SecurityLinks
    outbox: Outbox

    async def replace(
        self,
        connection: Connection,
        account: Account,
        kind: ContactKind,
        contact: str | None,
        *,
        key: SealingKey,
        now: datetime,
    ) -> None:
        """Give the account another *contact*, or none, and tell its holder.

        What was there before is told, with a link that undoes it for three days; where
        nothing was, another contact of the holder's is.
        """
        before = account.confirmed.get(kind)
        change = Change(
            change_id=new_id(now),
            account_id=account.account_id,
            kind=kind,
            before=before,
            changed_at=now,
        )
        undo = new_token()
        undo_hash = None if before is None else hash_token(undo)
        await store.add_change(connection, change, undo_hash=undo_hash, key=key)
        await store.drop_new(connection, account.account_id, kind)
        await self._tell(connection, account, change, undo, key=key, now=now)
        await self.records.move_contact(
            connection, account, kind, contact, key=key, now=now
        )
        cause = Cause.CONTACT_REMOVED if contact is None else Cause.CONTACT_CHANGED
        await self._note(
            connection,
            account,
            cause,
            before=kind if before is not None else None,
            after=kind if contact is not None else None,
            now=now,
        )

    async def undo(
        self, connection: Connection, token: Token, *, now: datetime
    ) -> Change | None:
        """Use an undo link up, and return what it undoes; None when it was used.

        Raises UndoLinkInvalid for a link that we don't know, or not any more.
        """
        if not is_token(token):
            raise UndoLinkInvalid
        undo_hash, since = hash_token(token), now - UNDO
        account_id = await store.find_account_behind(connection, undo_hash, since=since)
        found = account_id and await self.records.lock(connection, account_id)
        change = found and await store.find_change(
            connection, undo_hash, since=since, key=found[1]
        )
        if not change:
            raise UndoLinkInvalid
        if change.undone or not await store.undo(connection, change.change_id, now=now):
            return None
        return change

    async def secure(
        self,
        connection: Connection,
        account: Account,
        contact: tuple[ContactKind, str],
        *,
        caused_at: datetime,
        since: datetime,
        key: SealingKey,
        now: datetime,
    ) -> bool:
        """Put the contacts back to what they were, with *contact* among them.

        The holder speaks from there: it was theirs at *caused_at*, and every other
        contact is what it was before *since*. What was changed for it before stays to
        be undone from there, should that have been the thief. False when it could not
        be put back: it has come to another account.
        """
        kind, address = contact
        wanted: dict[ContactKind, str | None] = {kind: address}
        for change in await store.find_since(
            connection, account.account_id, since=since, key=key
        ):
            wanted.setdefault(change.kind, change.before)
        await store.drop_new(connection, account.account_id)
        done = True
        for one, before in wanted.items():
            await store.settle_since(
                connection,
                account.account_id,
                one,
                since=caused_at if one is kind else since,
                now=now,
            )
            if account.confirmed.get(one) != before:
                done &= await self._put_back(
                    connection, account, one, before, key=key, now=now
                )
        return done

    async def export(
        self, connection: Connection, account_id: AccountId, *, key: SealingKey
    ) -> list[Mapping[str, str]]:
        """Return what the holder's contacts were before, and which are to be."""
        return await store.export(connection, account_id, key=key)

    async def erase(self, connection: Connection, account_id: AccountId) -> None:
        """Forget what the contacts of an account were."""
        await store.erase(connection, account_id)

    async def sweep(self, connection: Connection, *, now: datetime) -> int:
        """Forget what can't be put back any more; how many."""
        return await store.sweep(connection, now=now, changed_before=now - HELD)

    async def _put_back(
        self,
        connection: Connection,
        account: Account,
        kind: ContactKind,
        before: str | None,
        *,
        key: SealingKey,
        now: datetime,
    ) -> bool:
        try:
            async with connection.transaction():
                await self.records.put_back_contact(
                    connection, account, kind, before, key=key
                )
        except IdentifierTaken:
            return False
        await self._note(
            connection,
            account,
            Cause.CONTACT_CHANGE_UNDONE,
            before=kind if account.confirmed.get(kind) else None,
            after=kind if before is not None else None,
            now=now,
        )
        return True

    async def _tell(
        self,
        connection: Connection,
        account: Account,
        change: Change,
        undo: Token,
        *,
        key: SealingKey,
        now: datetime,
    ) -> None:
        """Tell what was there before or, where nothing was, another contact."""
        if change.before is None:
            await self.security_links.tell(
                connection,
                account.account_id,
                SecurityCause.CONTACT_CHANGED,
                lambda link: ContactAdded(link=link),
                now=now,
            )
            return
        await self.security_links.tell_at(
            connection,
            account,
            SecurityCause.CONTACT_CHANGED,
            lambda link: ContactChanged(
                undo_link=f"{self.base_url}{UNDO_PATH}{undo}",
                link=link,
                hours=UNDO // HOUR,
            ),
            (change.kind, change.before),
            key=key,
            now=now,
        )

    async def _note(
        self,
        connection: Connection,
        account: Account,
        cause: Cause,
        *,
        before: str | None,
        after: str | None,
        now: datetime,
    ) -> None:
        actor = holder(account.account_id)
        event = account.event(
            EventType.ACCOUNT_RECTIFIED, cause, actor, before=before, after=after
        )
        await self.outbox.record(connection, event, at=now)
        entry = Entry(
            app=account.app,
            subject_id=account.account_id,
            actor=actor,
            action=event.type,
            detail={"cause": cause, "kind": before or after or ""},
        )
        await audit.record(connection, entry, at=now)
