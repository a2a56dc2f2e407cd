"""Resetting a forgotten password: asked for, written about, and set.

Whoever asks has one row kept, the same for everybody; the worker finds out whose the
identifier is, and writes to the contact that is stored. So neither the answer nor its
time tells who has an account (F22), and no address that was typed is written to (F21).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from service.accounts.budgets import spend
from service.accounts.password_rules import check_password
from service.accounts.records import AccountRecords
from service.domain.accounts import Account, AccountId, AccountState, Suspension
from service.domain.actors import Actor, ActorKind, holder
from service.domain.authenticators import Factor, satisfying
from service.domain.events import Cause
from service.domain.profiles import AppName, PolicyProfile
from service.domain.recovery import RESET
from service.domain.refusals import (
    FactorWrong,
    ResetLinkInvalid,
    SecondFactorRequired,
)
from service.kit import limits
from service.kit.clock import Clock
from service.kit.database import TRANSIENT, Connection, Pool, transaction
from service.kit.database import connection as reading
from service.kit.limits import Limit
from service.kit.logs import fault_of, log, place_of
from service.kit.passwords import Passwords
from service.kit.secrets import KeyRing, SealingKey
from service.kit.tokens import Token, hash_token, is_token
from service.passwords import store
from service.passwords.changes import NewHash, PasswordChanges
from service.passwords.exchange import Recovery
from service.passwords.links import ResetLinks
from service.passwords.store import Asked, Reset
from service.profiles.reader import Profiles
from service.sessions.proving import SecondFactors

OF_ONE_IDENTIFIER: Final = Limit(
    name="resets of one", count=5, window=timedelta(hours=1)
)
NOBODY: Final = ""
"""What nobody is called: for who types what can be no identifier."""

ANYBODY: Final = Actor(ActorKind.HOLDER)
"""Who asks for a reset says so, and has proven nothing yet."""

POINTER: Final = "/new_password"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Behind:
    """What is behind the secret of a link."""

    account: Account
    key: SealingKey
    reset: Reset
    enrolled: frozenset[Factor]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetFlows:
    """How people get back in who have forgotten their password."""

    pool: Pool
    clock: Clock
    keys: KeyRing
    profiles: Profiles
    passwords: Passwords
    records: AccountRecords
    links: ResetLinks
    changes: PasswordChanges
    second_factors: SecondFactors

    async def ask(self, profile: PolicyProfile, identifier: str | None) -> None:
        """Take a request in, whoever has the *identifier*, or nobody."""
        now = self.clock.now()
        index = self.records.index(profile.app, identifier or NOBODY)
        asked = Asked(app=profile.app, index=index, asked_at=now)
        async with transaction(self.pool) as connection:
            await limits.count(
                connection, self.keys, OF_ONE_IDENTIFIER, index.hex(), now=now
            )
            await store.add_request(connection, asked)

    async def step(self) -> int:
        """Answer one request that waits, in the worker; return how many there were."""
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            asked = await store.take_request(connection)
            if asked is None:
                return 0
            try:
                async with connection.transaction():
                    await self._answer(connection, asked, now=now)
            except TRANSIENT:
                raise  # the request stays
            except Exception as error:  # noqa: BLE001 -- whatever it is, others go on
                log().warning(
                    "reset_not_sent", fault=fault_of(error), where=place_of(error)
                )
        return 1

    async def look(self, token: Token) -> tuple[AppName, Collection[Factor]]:
        """Return the app that a link is for, and what is asked for beside it.

        Raises ResetLinkInvalid; uses nothing up.
        """
        now = self.clock.now()
        opened = Recovery(token=token, new_password="")
        async with reading(self.pool) as connection:
            behind = await self._behind(connection, opened, lock=False, now=now)
        asked = satisfying(behind.enrolled) if behind.enrolled else ()
        return behind.account.app, asked

    async def complete(self, recovery: Recovery) -> None:
        """Set another password; nobody is signed in by it.

        Where there is a second factor it is asked for, and asking uses nothing up.
        """
        now = self.clock.now()
        async with reading(self.pool) as connection:
            behind = await self._behind(connection, recovery, lock=False, now=now)
        profile = self.profiles[behind.account.app]
        _check_proof(behind, recovery)
        check_password(
            profile,
            recovery.new_password,
            own=behind.account.own_words,
            pointer=POINTER,
            second_factor=bool(behind.enrolled),
        )
        new = NewHash(
            password_hash=await self.passwords.hash(recovery.new_password),
            length=len(recovery.new_password),
            profile=profile,
        )
        async with transaction(self.pool) as connection:
            behind = await self._behind(connection, recovery, lock=True, now=now)
            _check_proof(behind, recovery)
            proven = await self._prove(connection, behind, recovery, now=now)
            if proven:
                await self._set(connection, behind, new, recovery, now=now)
        if not proven:  # the try is counted: say no only after the commit
            raise FactorWrong

    async def export(
        self, connection: Connection, account_id: AccountId
    ) -> list[Mapping[str, str]]:
        """Return when the password could be reset, and through whom."""
        return await store.export(connection, account_id)

    async def erase(self, connection: Connection, account_id: AccountId) -> None:
        """Delete the links of an account."""
        await store.erase(connection, account_id)

    async def sweep(self, connection: Connection, *, now: datetime) -> int:
        """Delete links whose time is over; how many."""
        return await store.sweep(connection, now=now)

    async def _answer(
        self, connection: Connection, asked: Asked, *, now: datetime
    ) -> None:
        """Write to who has the identifier: at that contact, or at their first one."""
        account_id = await self.records.find_holder(connection, asked.app, asked.index)
        found = account_id and await self.records.lock(connection, account_id)
        if not found or now - asked.asked_at > RESET:
            return
        account, key = found
        if account.suspended_for is Suspension.AGE_REVIEW:
            return
        if account.state is AccountState.CLOSING:
            return
        contacts = sorted(
            account.confirmed.items(),
            key=lambda one: self.records.index(asked.app, one[1]) != asked.index,
        )
        if not contacts:
            await self.links.help_child_recover(
                connection, account, actor=ANYBODY, now=now
            )
            return
        await spend(connection, self.keys, asked.app, *contacts[0], now=now)
        await self.links.send(
            connection, account, contacts[0], key=key, actor=ANYBODY, now=now
        )

    async def _behind(
        self, connection: Connection, recovery: Recovery, *, lock: bool, now: datetime
    ) -> _Behind:
        if not is_token(recovery.token):
            raise ResetLinkInvalid
        secret_hash = hash_token(recovery.token)
        reset = await store.find_reset(connection, secret_hash, now=now)
        if reset is None:
            raise ResetLinkInvalid
        read = self.records.lock if lock else self.records.find
        found = await read(connection, reset.account_id)
        if found is None or not await self.links.is_bound(connection, found[0], reset):
            raise ResetLinkInvalid
        account, key = found
        enrolled = await self.second_factors.enrolled(connection, account.account_id)
        return _Behind(account=account, key=key, reset=reset, enrolled=enrolled)

    async def _prove(
        self,
        connection: Connection,
        behind: _Behind,
        recovery: Recovery,
        *,
        now: datetime,
    ) -> bool:
        """Tell whether the second factor is right, where there is one; use it up."""
        proof, account_id = recovery.second_factor, behind.account.account_id
        if not behind.enrolled or proof is None:
            return True
        return await self.second_factors.prove(
            connection, account_id, proof.method, proof.given, now=now
        )

    async def _set(
        self,
        connection: Connection,
        behind: _Behind,
        new: NewHash,
        recovery: Recovery,
        *,
        now: datetime,
    ) -> None:
        if not await store.use_reset(connection, hash_token(recovery.token), now=now):
            raise ResetLinkInvalid
        guardian_id, account = behind.reset.guardian_id, behind.account
        actor = holder(account.account_id)
        if guardian_id is not None:
            actor = Actor(ActorKind.GUARDIAN, guardian_id)
        await self.changes.set(
            connection,
            account,
            new,
            key=behind.key,
            cause=Cause.PASSWORD_RESET,
            actor=actor,
            end_sessions=recovery.end_sessions,
            now=now,
        )


def _check_proof(behind: _Behind, recovery: Recovery) -> None:
    if behind.enrolled and recovery.second_factor is None:
        raise SecondFactorRequired(satisfying(behind.enrolled))
