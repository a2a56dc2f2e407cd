"""Proving once more who one is, before something that matters."""

from dataclasses import dataclass

from service.accounts.password_rules import normalised
from service.accounts.records import AccountRecords
from service.accounts.tries import Tries
from service.caller import Holder
from service.domain.authenticators import Factor, Proof, satisfying
from service.domain.refusals import (
    CredentialsWrong,
    FactorWrong,
    SessionRequired,
    StepUpRequired,
)
from service.kit.clock import Clock
from service.kit.database import Connection, Pool, transaction
from service.kit.database import connection as reading
from service.kit.passwords import Passwords
from service.sessions import store
from service.sessions.factors import Given
from service.sessions.opening import Opened, Opening, refused
from service.sessions.proving import SecondFactors


@dataclass(frozen=True, slots=True, kw_only=True)
class StepUpFlows:
    """How a session comes to a fresh proof."""

    pool: Pool
    clock: Clock
    passwords: Passwords
    records: AccountRecords
    tries: Tries
    second: SecondFactors
    opening: Opening

    async def step_up(
        self, holder: Holder, method: Factor, password: str, given: Given
    ) -> Opened:
        """Take one more proof, and give the session another cookie or other tokens.

        Raises StepUpRequired when another *method* is needed: who has a second factor
        proves that one.
        """
        now, account_id = self.clock.now(), holder.account_id
        async with reading(self.pool) as connection:
            enrolled = await self.second.enrolled(connection, account_id)
            found = await self.records.find(connection, account_id)
        if method not in satisfying(enrolled):
            raise StepUpRequired(satisfying(enrolled))
        by_password, opened, right = method is Factor.PASSWORD, None, False
        if by_password:
            stored = None if found is None else found[0].password_hash
            right = await self.passwords.verify(stored, normalised(password))
        async with transaction(self.pool) as connection:
            if by_password:
                proven = await self.tries.settle(
                    connection, account_id, Proof.PASSWORD, right=right, now=now
                )
            else:
                proven = await self.second.prove(
                    connection, account_id, method, given, now=now
                )
            if proven:
                bearing = await store.find(connection, holder.session_id, now=now)
                if bearing is None:
                    raise SessionRequired
                assurance = holder.assurance.with_proof(method, at=now)
                opened = await self.opening.raise_level(
                    connection, bearing.session, assurance, now=now
                )
            else:
                await self._refuse(connection, holder, method)
        if opened is None:  # the try is counted
            raise CredentialsWrong if by_password else FactorWrong
        return opened

    async def _refuse(
        self, connection: Connection, holder: Holder, method: Factor
    ) -> None:
        now = self.clock.now()
        await refused(connection, holder.app, holder.account_id, method, now=now)
