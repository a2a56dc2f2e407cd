"""The guardians of an account, for slices that write to them about something else."""

from collections.abc import Sequence
from dataclasses import dataclass

from service.accounts.guarding import Guarding
from service.consents.people import Guardians
from service.domain.accounts import AccountId
from service.kit.database import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardiansOfAccounts:
    """Tells who guards an account: what service/accounts/guarding.py asks for."""

    guardians: Guardians

    async def guarding(
        self, connection: Connection, account_id: AccountId
    ) -> Sequence[Guarding]:
        """Return who has a say about an account now, the first one first.

        Nobody whose consent does not count any more.
        """
        found = []
        for bond in await self.guardians.of(connection, account_id):
            one = await self.guardians.read(connection, bond.guardian_id)
            if not one.barred:
                guarding = Guarding(
                    guardian_id=one.guardian_id,
                    contact=one.contact,
                    language=one.language,
                    key=one.key,
                )
                found.append(guarding)
        return found
