"""Telling an owner, once, that somebody keeps failing to get in."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from service.accounts import tries_store as store
from service.accounts.security_links import SecurityLinks
from service.domain.accounts import AccountId
from service.domain.messages import SignInsFailed
from service.domain.security import SecurityCause
from service.kit.clock import Clock
from service.kit.database import Pool, transaction
from service.kit.secrets import UnsealError

BATCH: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureWarnings:
    """Warns owners apart from the requests, which do the same work for everybody."""

    pool: Pool
    clock: Clock
    security_links: SecurityLinks

    async def step(self) -> int:
        """Write to the owners whose accounts have slowed down; how many.

        Each is told once until somebody has got in again.
        """
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            untold = await store.take_untold(connection, now=now, batch=BATCH)
            for subject_id in sorted(set(untold)):
                with suppress(UnsealError):  # its key is gone: nobody can write to it
                    await self.security_links.tell(
                        connection,
                        AccountId(subject_id),
                        SecurityCause.SIGN_INS_FAILED,
                        lambda link: SignInsFailed(link=link),
                        now=now,
                    )
        return len(untold)
