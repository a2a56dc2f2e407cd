"""What is kept of how somebody gets into their account, as they may have it."""

from collections.abc import Mapping
from dataclasses import dataclass

from service.accounts.security_links import SecurityLinks
from service.contacts.changes import ContactChanges
from service.domain.accounts import AccountId
from service.kit.database import Connection
from service.kit.secrets import SealingKey
from service.mfa.flows import AuthenticatorFlows
from service.passwords.resets import ResetFlows
from service.sessions.flows import SessionFlows


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Sessions, second factors and changes; runs in the caller's transaction."""

    sessions: SessionFlows
    authenticators: AuthenticatorFlows
    contacts: ContactChanges
    resets: ResetFlows
    security_links: SecurityLinks

    async def of(
        self, connection: Connection, account_id: AccountId, *, key: SealingKey
    ) -> Mapping[str, object]:
        """Return all of it but the secrets, which are nobody's to read."""
        return {
            "sessions": await self.sessions.export(connection, account_id),
            "authenticators": await self.authenticators.export(connection, account_id),
            "contact_changes": await self.contacts.export(
                connection, account_id, key=key
            ),
            "password_resets": await self.resets.export(connection, account_id),
            "security_messages": await self.security_links.export(
                connection, account_id
            ),
        }
