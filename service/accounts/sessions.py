"""What others may do to the sessions of an account.

Second factors, passwords and contacts change what protects an account, consent and age
what its tokens say; the slice that holds sessions stands above them and joins in here.
"""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from service.domain.accounts import AccountId
from service.domain.actors import Actor
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
        cause: Cause = Cause.CREDENTIALS_CHANGED,
        actor: Actor | None = None,
        now: datetime,
    ) -> int:
        """Make every older token worthless; return the epoch.

        The session *keep* goes on: its app asks for another access token. Unless an
        *actor* is named it is the holder who did it.
        """
        ...

    async def renew(self, connection: Connection, account_id: AccountId) -> int:
        """Make every older token worthless, and let every session go on; the epoch.

        Fresh tokens say what is true now.
        """
        ...

    async def end_all(
        self,
        connection: Connection,
        account_id: AccountId,
        *,
        but: UUID | None = None,
        cause: Cause,
        actor: Actor | None = None,
        now: datetime,
    ) -> int:
        """End every session *but* one; how many. Tells others when there was any."""
        ...

    async def erase(self, connection: Connection, account_id: AccountId) -> int:
        """Delete everything kept of an account's sessions, and of failures; how many.

        What its tokens were good for ends with it.
        """
        ...
