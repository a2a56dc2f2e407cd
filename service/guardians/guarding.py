"""The guardians of an account, for slices below that write to them."""

from collections.abc import Sequence
from dataclasses import dataclass

from service.accounts.guarding import Guarding
from service.domain.accounts import AccountId
from service.guardians import guarding_store as store
from service.kit.database import Connection
from service.kit.secrets import KeyRing


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardiansOfAccounts:
    """Tells who guards an account: what service/accounts/guarding.py asks for."""

    keys: KeyRing

    async def guarding(
        self, connection: Connection, account_id: AccountId
    ) -> Sequence[Guarding]:
        """Return the guardians of an account, the first one first."""
        return await store.find_guarding(connection, account_id, keys=self.keys)
