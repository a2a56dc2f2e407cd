"""What others need of the guardians of an account.

The slice that holds guardians stands above them and joins in here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from service.domain.accounts import AccountId
from service.domain.consent import GuardianId
from service.domain.guardian_contacts import GuardianContact
from service.kit.database import Connection
from service.kit.secrets import SealingKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarding:
    """Somebody who has said yes for a minor, and how they are written to."""

    guardian_id: GuardianId
    contact: GuardianContact
    language: str
    key: SealingKey


class Guardians(Protocol):
    """Who guards an account; runs in the caller's transaction."""

    async def guarding(
        self, connection: Connection, account_id: AccountId
    ) -> Sequence[Guarding]:
        """Return the guardians of an account; nobody, for most."""
        ...

    async def report_link(
        self,
        connection: Connection,
        account_id: AccountId,
        guardian_id: GuardianId,
        *,
        now: datetime,
    ) -> str:
        """Return the address at which a guardian says that it was not the child."""
        ...
