"""The guardians of an account, for slices that write to them about something else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from service.accounts.guarding import Guarding
from service.consents.guardian import Guardian
from service.consents.guardian_security import GuardianSecurityLinks
from service.consents.people import Guardians
from service.domain.accounts import AccountId
from service.domain.consent import GuardianId
from service.domain.guardian_factors import GuardianCause
from service.kit.database import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardiansOfAccounts:
    """Tells who guards an account: what service/accounts/guarding.py asks for."""

    guardians: Guardians
    links: GuardianSecurityLinks

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
                found.append(guarding_of(one))
        return found

    async def report_link(
        self,
        connection: Connection,
        account_id: AccountId,
        guardian_id: GuardianId,
        *,
        now: datetime,
    ) -> str:
        """Return the address at which a guardian says that it was not the child."""
        return await self.links.new_link(
            connection,
            guardian_id,
            GuardianCause.CHILD_PASSWORD_CHANGED,
            account_id=account_id,
            now=now,
        )


def guarding_of(guardian: Guardian) -> Guarding:
    """Return a guardian as those who write to them about a child know them."""
    return Guarding(
        guardian_id=guardian.guardian_id,
        contact=guardian.contact,
        language=guardian.language,
        key=guardian.key,
    )
