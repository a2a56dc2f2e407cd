"""Changing one's own password."""

from dataclasses import dataclass
from datetime import datetime

from service.accounts.password_rules import check_password
from service.accounts.records import AccountRecords
from service.accounts.tries import Tries
from service.caller import Holder
from service.domain.accounts import Account
from service.domain.actors import holder as acting
from service.domain.authenticators import Proof
from service.domain.events import Cause
from service.domain.refusals import PasswordWrong, SessionRequired
from service.kit.clock import Clock
from service.kit.database import Pool, transaction
from service.kit.passwords import Passwords
from service.mfa.changes import FactorChanges
from service.passwords.changes import NewHash, PasswordChanges
from service.passwords.exchange import PasswordChange
from service.profiles.reader import Profiles
from service.sessions.opening import Opened, Opening

POINTER = "/new_password"


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordFlows:
    """What a holder does with the password of their account."""

    pool: Pool
    clock: Clock
    profiles: Profiles
    passwords: Passwords
    records: AccountRecords
    factors: FactorChanges
    tries: Tries
    changes: PasswordChanges
    opening: Opening

    async def change(self, holder: Holder, change: PasswordChange) -> Opened:
        """Set another password, given the old one and a fresh proof of who it is.

        The session goes on, carried by another cookie or other tokens. A wrong old
        password counts like one at signing in: a stolen session is no way to guess it.
        """
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            changing = await self.factors.begin(connection, holder, now=now)
            enrolled = await self.factors.enrolled(connection, holder.account_id)
        account, profile = changing.account, self.profiles[holder.app]
        check_password(
            profile,
            change.new_password,
            own=account.own_words,
            pointer=POINTER,
            second_factor=bool(enrolled),
        )
        await self._check_current(account, change.current_password, now=now)
        new = NewHash(
            password_hash=await self.passwords.hash(change.new_password),
            length=len(change.new_password),
            profile=profile,
        )
        async with transaction(self.pool) as connection:
            found = await self.records.lock(connection, holder.account_id)
            if found is None:
                raise SessionRequired
            if found[0].password_hash != account.password_hash:
                raise PasswordWrong  # somebody has set another one meanwhile
            await self.changes.set(
                connection,
                found[0],
                new,
                key=found[1],
                cause=Cause.PASSWORD_CHANGED,
                actor=acting(holder.account_id),
                end_sessions=change.end_other_sessions,
                keep=holder.session_id,
                now=now,
            )
            opened = await self.opening.renew(connection, holder, now=now)
            if opened is None:  # it was ended meanwhile
                raise SessionRequired
        return opened

    async def _check_current(
        self, account: Account, password: str, *, now: datetime
    ) -> None:
        """Raise PasswordWrong unless it is the account's, and a try was left."""
        right = await self.passwords.verify(account.password_hash, password)
        async with transaction(self.pool) as connection:
            right = await self.tries.settle(
                connection, account.account_id, Proof.PASSWORD, right=right, now=now
            )
        if not right:
            raise PasswordWrong
