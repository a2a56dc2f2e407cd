"""Letters to guardians about security, each with a link to say "this wasn't me".

What the link does is in service/guardian_accounts.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from service.consents import guardian_security_store as store
from service.consents.people import Guardians
from service.domain.accounts import AccountId
from service.domain.consent import GuardianId
from service.domain.guardian_factors import GuardianCause, GuardianReport
from service.domain.messages import GuardianSecurity
from service.domain.refusals import SecurityLinkInvalid
from service.domain.security import LINK_LIFETIME
from service.kit.database import Connection
from service.kit.tokens import Token, hash_token, is_token, new_token

LINK_PATH: Final = "/guardian/not-me#"
"""The secret stands in the fragment: it reaches no server and no log (ASVS 14.2.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianSecurityLinks:
    """Writes to guardians about security; runs in the caller's transaction."""

    base_url: str
    guardians: Guardians

    async def tell(
        self,
        connection: Connection,
        guardian_id: GuardianId,
        cause: GuardianCause,
        *,
        now: datetime,
    ) -> None:
        """Write to a guardian what became of that by which they sign in."""
        link = await self.new_link(connection, guardian_id, cause, now=now)
        guardian = await self.guardians.read(connection, guardian_id)
        letter = GuardianSecurity(what=cause, link=link)
        await self.guardians.write(connection, guardian, letter, now=now)

    async def new_link(
        self,
        connection: Connection,
        guardian_id: GuardianId,
        cause: GuardianCause,
        *,
        account_id: AccountId | None = None,
        now: datetime,
    ) -> str:
        """Return the address of a fresh link, good for seven days and one use."""
        token = new_token()
        report = GuardianReport(
            guardian_id=guardian_id, account_id=account_id, cause=cause, caused_at=now
        )
        await store.add_link(
            connection, hash_token(token), report, expires_at=now + LINK_LIFETIME
        )
        return f"{self.base_url}{LINK_PATH}{token}"

    async def use(
        self, connection: Connection, token: Token, *, now: datetime
    ) -> GuardianReport | None:
        """Use a link up, and return what it reports; None when it did so before.

        Raises SecurityLinkInvalid for a link that we don't know, or not any more.
        """
        if not is_token(token):
            raise SecurityLinkInvalid
        link_hash = hash_token(token)
        report = await store.use_link(connection, link_hash, now=now)
        if report is None and not await store.is_reported(connection, link_hash):
            raise SecurityLinkInvalid
        return report

    async def drop_since(
        self, connection: Connection, guardian_id: GuardianId, since: datetime
    ) -> None:
        """Make the links of letters since then worth nothing."""
        await store.drop_links_since(connection, guardian_id, since=since)

    async def sweep(self, connection: Connection, *, now: datetime) -> int:
        """Delete the links whose time is over; how many."""
        return await store.delete_links_over(connection, now=now)
