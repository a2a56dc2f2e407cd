"""Tokens for other services, which verify them without asking us."""

from dataclasses import dataclass

from service.caller import Holder
from service.domain.refusals import AudienceUnknown, SessionRequired
from service.kit.clock import Clock
from service.kit.database import Pool, connection
from service.profiles.reader import Profiles
from service.sessions import store
from service.sessions.tokens import AccessTokens


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenFlows:
    """How an app comes to a token that it can show to another service."""

    pool: Pool
    clock: Clock
    profiles: Profiles
    tokens: AccessTokens

    async def make_for(self, by: Holder, audience: str) -> str:
        """Return a token for one *audience* of the profile, or raise AudienceUnknown.

        It says what the holder's own token says, under the name that they have there
        alone; here it opens nothing.
        """
        now = self.clock.now()
        if audience not in self.profiles[by.app].audiences:
            raise AudienceUnknown
        async with connection(self.pool) as one:
            bearing = await store.find(one, by.session_id, now=now)
        if bearing is None:
            raise SessionRequired
        return self.tokens.make(bearing, now=now, audience=audience)
