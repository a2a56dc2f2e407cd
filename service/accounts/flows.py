"""Opening accounts, and knowing who has an identifier."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
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
from service.domain.refusals import IdentifierTaken, Refusal, UsernameTaken
from service.kit.database import Connection
from service.kit.queries import Write, write
from service.kit.secrets import KeyRing, SealingKey
from service.outbox.flows import Outbox

GRANTED: Final = frozenset({GrantState.PROVISIONAL, GrantState.ACTIVE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What opens an account, and what others are told of it."""

    writes: tuple[Write, ...]
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFlows:
    """Every way to an account ends here, and none without an age decision."""

    keys: KeyRing
    outbox: Outbox

    def reserving_username(
        self, app: AppName, username: str, *, subject_id: UUID
    ) -> Write:
        """Return what keeps *username* for a registration, or raises UsernameTaken.

        A username is public, so that it is taken may be said aloud.
        """
        indexes = {Identifier.USERNAME: self._index(app, username)}
        return store.claiming(app, subject_id, indexes, refusal=UsernameTaken)

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

    async def raise_epoch(self, connection: Connection, account_id: AccountId) -> int:
        """Make every older session and token of the account worthless (F20)."""
        return await store.raise_epoch(connection, account_id)

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
        opening = self.opening(
            account,
            profile,
            accepted_by=accepted_by,
            grants=grants,
            key=key,
            cause=cause,
            actor=actor,
        )
        telling = self.outbox.recording(*opening.events, at=account.opened_at)
        await write(connection, *opening.writes, *telling)

    def opening(
        self,
        account: NewAccount,
        profile: PolicyProfile,
        *,
        accepted_by: Giver,
        grants: Sequence[Grant],
        key: SealingKey,
        cause: Cause,
        actor: Actor,
        taken: type[Refusal] = IdentifierTaken,
    ) -> Opening:
        """Return what opens the account, to be run with what else its flow writes.

        *taken* is raised when an identifier is somebody else's.
        """
        acceptance = _acceptance(
            account.account_id,
            profile.policy(account.policy_version),
            accepted_by,
            at=account.opened_at,
        )
        entry = Entry(
            app=account.app,
            subject_id=account.account_id,
            actor=actor,
            action=EventType.ACCOUNT_OPENED,
            detail={"policy_version": account.policy_version},
        )
        indexes = self._indexes(account)
        return Opening(
            writes=(
                store.claiming(account.app, account.account_id, indexes, refusal=taken),
                store.adding(account, key=key),
                store.adding_acceptance(acceptance),
                *map(store.adding_grant, grants),
                *audit.recording(entry, at=account.opened_at),
            ),
            events=_events(account, grants, cause, actor),
        )

    def watching_age(self, account_id: AccountId, watch_from: datetime) -> Write:
        """Return what lets it be looked, from then on, whether a holder aged up."""
        return store.watching_age(account_id, watch_from)

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
        acceptance = _acceptance(account_id, policy, accepted_by, at=at)
        await write(connection, store.adding_acceptance(acceptance))

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


def _acceptance(
    account_id: AccountId, policy: PolicyVersion, accepted_by: Giver, *, at: datetime
) -> Acceptance:
    return Acceptance(
        account_id=account_id,
        policy_version=policy.version,
        text_sha256=policy.text_sha256,
        accepted_by=accepted_by,
        accepted_at=at,
    )


def _events(
    account: NewAccount, grants: Sequence[Grant], cause: Cause, actor: Actor
) -> tuple[Event, ...]:
    """Return what others are told of an account that opens."""
    granted = [grant.purpose for grant in grants if grant.state in GRANTED]
    purposes = tuple(dict.fromkeys(granted))
    return tuple(
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
