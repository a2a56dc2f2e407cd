"""Opening accounts, and knowing who has an identifier."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from service.accounts import store
from service.audit import log as audit
from service.domain.accounts import AccountId, NewAccount
from service.domain.actors import Actor
from service.domain.audit import Entry
from service.domain.decisions import AgeBand
from service.domain.events import Cause, Event, EventType
from service.domain.forms import ContactKind, Identifier
from service.domain.grants import Acceptance, Giver, Grant, GrantState
from service.domain.profiles import (
    AppName,
    LegalGround,
    PolicyProfile,
    PolicyVersion,
)
from service.domain.refusals import IdentifierTaken, UsernameTaken
from service.kit.database import Connection
from service.kit.secrets import KeyRing, SealingKey
from service.outbox.flows import Outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFlows:
    """Every way to an account ends here, and none without an age decision."""

    keys: KeyRing
    outbox: Outbox

    async def reserve_username(
        self, connection: Connection, app: AppName, username: str, *, subject_id: UUID
    ) -> None:
        """Keep *username* for a registration, or raise UsernameTaken.

        A username is public, so that it is taken may be said aloud.
        """
        indexes = {Identifier.USERNAME: self._index(app, username)}
        if not await store.claim(connection, app, subject_id, indexes):
            raise UsernameTaken

    async def find_owner(
        self, connection: Connection, app: AppName, contact: str
    ) -> UUID | None:
        """Return the account that has a confirmed *contact*, or None."""
        return await store.find_owner(connection, app, self._index(app, contact))

    def index_of(self, app: AppName, identifier: str) -> bytes:
        """Return the blind index by which an account is found."""
        return self._index(app, identifier)

    async def find_owner_behind(
        self, connection: Connection, app: AppName, blind_index: bytes
    ) -> UUID | None:
        """Return the account, or registration, behind a blind index, or None."""
        return await store.find_owner(connection, app, blind_index)

    async def find_band(
        self, connection: Connection, app: AppName, contact: str
    ) -> AgeBand | None:
        """Return how old the holder of a confirmed *contact* is; None without one."""
        return await store.find_band(connection, app, self._index(app, contact))

    async def open(
        self,
        connection: Connection,
        account: NewAccount,
        profile: PolicyProfile,
        *,
        accepted_by: Giver,
        grants: Sequence[Grant],
        key: SealingKey,
        cause: Cause,
        actor: Actor,
    ) -> None:
        """Open the account in the caller's transaction, with all that was agreed to.

        Raises IdentifierTaken when a contact has come to somebody else meanwhile: the
        caller's transaction must then not keep what this began.
        """
        indexes = self._indexes(account)
        if not await store.claim(connection, account.app, account.account_id, indexes):
            raise IdentifierTaken
        await store.add(connection, account, key=key)
        policy = profile.policy(account.policy_version)
        acceptance = Acceptance(
            account_id=account.account_id,
            policy_version=policy.version,
            text_sha256=policy.text_sha256,
            accepted_by=accepted_by,
            accepted_at=account.opened_at,
        )
        await store.add_acceptance(connection, acceptance)
        await store.add_grants(connection, grants)
        await self._tell(connection, account, grants, cause, actor)

    async def watch_age(
        self, connection: Connection, account_id: AccountId, *, watch_from: datetime
    ) -> None:
        """Look from then on whether the holder of an account has aged up."""
        await store.watch_age(connection, account_id, watch_from=watch_from)

    async def accept(
        self,
        connection: Connection,
        account_id: AccountId,
        policy: PolicyVersion,
        accepted_by: Giver,
        *,
        at: datetime,
    ) -> None:
        """Note that a policy version was agreed to for an account that there is."""
        acceptance = Acceptance(
            account_id=account_id,
            policy_version=policy.version,
            text_sha256=policy.text_sha256,
            accepted_by=accepted_by,
            accepted_at=at,
        )
        await store.add_acceptance(connection, acceptance)

    async def _tell(
        self,
        connection: Connection,
        account: NewAccount,
        grants: Sequence[Grant],
        cause: Cause,
        actor: Actor,
    ) -> None:
        states = {GrantState.PROVISIONAL, GrantState.ACTIVE}
        on = [grant.purpose for grant in grants if grant.state in states]
        purposes = tuple(dict.fromkeys(on))
        opened, accepted = (
            Event(
                type=event_type,
                subject_id=account.account_id,
                app=account.app,
                cause=cause,
                actor=actor,
                after=after,
                policy_version=account.policy_version,
                legal_ground=LegalGround.CONTRACT,
                purposes=purposes,
                age_band=account.band,
            )
            for event_type, after in (
                (EventType.ACCOUNT_OPENED, "active"),
                (EventType.POLICY_ACCEPTED, account.policy_version),
            )
        )
        await self.outbox.record(connection, opened, accepted, at=account.opened_at)
        entry = Entry(
            app=account.app,
            subject_id=account.account_id,
            actor=actor,
            action=EventType.ACCOUNT_OPENED,
            detail={"policy_version": account.policy_version},
        )
        await audit.record(connection, entry, at=account.opened_at)

    def _indexes(self, account: NewAccount) -> Mapping[Identifier, bytes]:
        known = account.confirmed
        given = {
            Identifier.EMAIL: account.email if ContactKind.EMAIL in known else None,
            Identifier.PHONE: account.phone if ContactKind.PHONE in known else None,
            Identifier.USERNAME: account.username,
        }
        return {
            kind: self._index(account.app, value)
            for kind, value in given.items()
            if value is not None
        }

    def _index(self, app: AppName, identifier: str) -> bytes:
        """Return the blind index: one namespace for all kinds, apart for each app."""
        return self.keys.blind_index("identifier", app, identifier)
