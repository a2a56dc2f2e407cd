"""What was changed lately about an account's security, for whoever signs in to it.

Who has a confirmed contact is written to at once. A child without one, or an adult with
nothing but a username, learns of it here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from service.audit import log as audit
from service.caller import Holder
from service.domain.audit import Done
from service.domain.security import CHANGES, CHANGES_SHOWN
from service.kit.clock import Clock
from service.kit.database import Pool
from service.kit.database import connection as reading
from service.kit.times import instant

MOST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityChanges:
    """Shows holders what changed."""

    pool: Pool
    clock: Clock

    async def list(self, holder: Holder) -> Sequence[Done]:
        """Return what was changed in the last 30 days, the newest first."""
        since = self.clock.now() - CHANGES_SHOWN
        async with reading(self.pool) as connection:
            return await audit.recent_among(
                connection, holder.account_id, CHANGES, since=since, most=MOST
            )


def show(one: Done) -> dict[str, object]:
    """Return a change as its holder reads it."""
    return {"action": one.action, "by": one.actor.kind, "at": instant(one.at)}
