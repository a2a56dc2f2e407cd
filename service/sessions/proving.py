"""Taking a second factor as proof, with every failure counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from service.accounts.tries import Tries
from service.domain.accounts import AccountId
from service.domain.authenticators import Factor, Proof
from service.kit.database import Connection
from service.mfa.changes import FactorChanges
from service.sessions.factors import Given, SecondFactor


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactors:
    """The second factors of an account; every method runs in the caller's transaction.

    Wherever somebody proves one, they do it here: so failures count over every path.
    """

    factors: Mapping[Factor, SecondFactor]
    changes: FactorChanges
    tries: Tries

    async def enrolled(
        self, connection: Connection, account_id: AccountId
    ) -> frozenset[Factor]:
        """Return the second factors that an account could prove now."""
        return await self.changes.enrolled(connection, account_id)

    async def prove(
        self,
        connection: Connection,
        account_id: AccountId,
        method: Factor,
        given: Given,
        *,
        now: datetime,
    ) -> bool:
        """Tell whether *given* proves the factor; the caller commits the count.

        Nobody guesses a passkey, so its failures slow nobody down. A code is not looked
        at, nor used up, while no try is left.
        """
        factor = self.factors.get(method)
        if factor is None:
            return False
        if method is Factor.PASSKEY:
            return await factor.check(connection, account_id, given, now=now)
        proof = Proof.SECOND_FACTOR
        left = await self.tries.left(connection, account_id, proof, now=now)
        right = left and await factor.check(connection, account_id, given, now=now)
        return await self.tries.settle(
            connection, account_id, proof, right=right, now=now
        )
