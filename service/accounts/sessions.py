"""What accounts need of sessions; the slice that holds sessions joins in here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from service.domain.accounts import AccountId
from service.kit.database import Connection


class Sessions(Protocol):
    """The sessions of accounts, and the tokens that carry purposes."""

    async def outdate(
        self, connection: Connection, account_id: AccountId, *, now: datetime
    ) -> None:
        """Make every token of an account invalid, in the caller's transaction.

        A session may go on with fresh tokens, which say what is true now.
        """
        ...


@dataclass(frozen=True, slots=True)
class NoSessions:
    """Where nobody can sign in there is no token to outdate."""

    async def outdate(
        self, connection: Connection, account_id: AccountId, *, now: datetime
    ) -> None:
        """Do nothing."""
