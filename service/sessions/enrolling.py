"""A second factor is added, and its first proof counts for the session as well."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from service.caller import Holder
from service.domain.authenticators import Factor
from service.domain.refusals import SessionRequired
from service.kit.database import Connection
from service.mfa.changes import Added, Confirmed
from service.mfa.passkeys.flows import PasskeyFlows
from service.mfa.totp.flows import TotpFlows
from service.sessions import store
from service.sessions.opening import Opened, Opening


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentFlows:
    """How a session comes to the level of the factor that was added in it.

    Whoever has just typed the app's code, or touched the device, has proven it: to ask
    for it again at once would teach people to type codes without a thought.
    """

    totp: TotpFlows
    passkeys: PasskeyFlows
    opening: Opening

    async def confirm_app(self, holder: Holder, code: str) -> tuple[Confirmed, Opened]:
        """Take the first code of an app; the session gets another cookie or tokens."""
        rising = _Rising(self.opening, holder)
        confirmed = await self.totp.confirm(holder, code, rising)
        return confirmed, rising.done()

    async def add_passkey(
        self, holder: Holder, name: str, credential: Mapping[str, object]
    ) -> tuple[Added, Opened]:
        """Take a passkey; the session gets another cookie or other tokens."""
        rising = _Rising(self.opening, holder)
        added = await self.passkeys.add(holder, name, credential, rising)
        return added, rising.done()


@dataclass(slots=True)
class _Rising:
    """Raises a session in the transaction of the change, and keeps what carries it."""

    opening: Opening
    holder: Holder
    opened: Opened | None = None

    async def __call__(
        self, connection: Connection, factor: Factor, /, *, now: datetime
    ) -> None:
        """Count *factor* as proven now; raise SessionRequired if the session ended."""
        holder = self.holder
        bearing = await store.find(connection, holder.session_id, now=now)
        if bearing is None:
            raise SessionRequired
        self.opened = await self.opening.raise_level(
            connection,
            bearing.session,
            holder.assurance.with_proof(factor, at=now),
            now=now,
        )

    def done(self) -> Opened:
        """Return the session as it goes on."""
        if self.opened is None:  # it was ended meanwhile
            raise SessionRequired
        return self.opened
