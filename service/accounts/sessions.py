"""What others may do to the sessions of an account.

Second factors, passwords and contacts change what protects an account; the slice that
holds sessions stands above some of them and joins in here.
"""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from service.domain.accounts import AccountId
from service.domain.events import Cause
from service.kit.database import Connection


class Sessions(Protocol):
    """The sessions of an account; every method runs in the caller's transaction."""

    async def raise_epoch(
        self,
        connection: Connection,
        account_id: AccountId,
        *,
        keep: UUID | None = None,
        now: datetime,
    ) -> int:
        """Make every older token worthless; return the epoch.

        The session *keep* goes on: its app asks for another access token.
        """
        ...

    async def end_all(
        self,
        connection: Connection,
        account_id: AccountId,
        *,
        but: UUID | None = None,
        cause: Cause,
        now: datetime,
    ) -> int:
        """End every session *but* one; how many. Tells others when there was any."""
        ...
