"""The links in a guardian's letters, which lead to what they granted."""

from dataclasses import dataclass
from datetime import datetime

from service.consents import store
from service.domain.accounts import AccountId
from service.domain.consent import GuardianId
from service.domain.refusals import ConsentLinkExpired, ConsentLinkUnknown
from service.kit.database import Connection
from service.kit.tokens import Token, hash_token, is_token


@dataclass(frozen=True, slots=True)
class Links:
    """Finds where a link leads to, by the hash of its secret."""

    async def find(
        self, connection: Connection, token: Token, *, now: datetime
    ) -> tuple[AccountId, GuardianId]:
        """Return the account and the guardian of a link.

        Raises ConsentLinkUnknown, or ConsentLinkExpired when its time is over.
        """
        if not is_token(token):
            raise ConsentLinkUnknown
        link = await store.find_link(connection, hash_token(token))
        if link is None:
            raise ConsentLinkUnknown
        if now >= link.expires_at:
            raise ConsentLinkExpired
        return link.account_id, link.guardian_id

    async def sweep(self, connection: Connection, *, now: datetime) -> int:
        """Delete the links whose time is over; how many."""
        return await store.sweep(connection, now=now)
