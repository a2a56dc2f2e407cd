"""How often somebody is written to, whoever has it done: counted by recipient.

Whether or not an address has an account, it counts the same, and so it tells nothing.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from service.domain.consent import mailbox_of
from service.domain.forms import ContactKind
from service.domain.profiles import AppName
from service.kit import limits
from service.kit.database import Connection
from service.kit.limits import Limit
from service.kit.secrets import KeyRing

TO_ONE_RECIPIENT: Final = Limit(name="recipient", count=10, window=timedelta(hours=24))

TEXTS_OF_ONE_APP: Final = Limit(name="texts", count=1000, window=timedelta(hours=1))
"""What a flood of requests for foreign phones can cost an operator at most."""


def budgets(
    app: AppName, kind: ContactKind, contact: str
) -> Iterator[tuple[Limit, str]]:
    """Yield what a message counts against; a mailbox is one under all its aliases."""
    if kind is ContactKind.EMAIL:
        yield TO_ONE_RECIPIENT, mailbox_of(contact)
        return
    yield TEXTS_OF_ONE_APP, app
    yield TO_ONE_RECIPIENT, contact


async def spend(
    connection: Connection,
    keys: KeyRing,
    app: AppName,
    kind: ContactKind,
    contact: str,
    *,
    now: datetime,
) -> None:
    """Count one message to *contact*, or raise TooManyRequests."""
    for limit, key in budgets(app, kind, contact):
        await limits.count(connection, keys, limit, key, now=now)
