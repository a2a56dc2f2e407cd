"""A guardian signs in: by a link to the contact we know, and the code on a screen.

The link proves the mailbox or phone; the code, that who opens the link is who asked for
it. A link that was forwarded, or asked for by somebody else, opens nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from service.accounts.budgets import spend
from service.consents.guardian import Guardian
from service.consents.people import Guardians
from service.domain.authenticators import Factor
from service.domain.forms import ContactKind
from service.domain.guardian_contacts import GuardianContact
from service.domain.guardian_factors import GuardianSession
from service.domain.messages import GuardianSignIn
from service.domain.profiles import PolicyProfile
from service.domain.refusals import (
    GuardianSignInWrong,
    GuardianTokenMissing,
    TooManyRequests,
)
from service.guardian_accounts import store
from service.guardian_accounts.opened import PREFIX, SignedIn, open_session
from service.guardian_accounts.store import Wanted
from service.kit.clock import Clock
from service.kit.database import Connection, Pool, transaction
from service.kit.database import connection as reading
from service.kit.due import BATCH, do_due
from service.kit.ids import new_id
from service.kit.tokens import Token, hash_token, is_token, new_code, new_token, same

LINK_PATH: Final = "/guardian/enter/"
LINK_LASTS: Final = timedelta(minutes=15)
TRIES: Final = 5
LETTERS: Final = 5
LETTERS_IN: Final = timedelta(hours=1)
KEPT: Final = timedelta(days=1)
FIRST: Final = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Begun:
    """What who wants to sign in is shown: the code, and until when it is good."""

    code: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianSignIns:
    """How guardians come in, and go."""

    base_url: str
    pool: Pool
    clock: Clock
    guardians: Guardians

    async def begin(
        self, profile: PolicyProfile, contact: GuardianContact, language: str
    ) -> Begun:
        """Take a wish to sign in, in one write, whether or not we know the contact."""
        now, code = self.clock.now(), new_code()
        sign_in_id = new_id(now)
        wanted = Wanted(
            sign_in_id=sign_in_id,
            app=profile.app,
            blind_index=self.guardians.index_of(contact),
        )
        expires_at = now + LINK_LASTS
        async with transaction(self.pool) as connection:
            await store.add_sign_in(
                connection,
                wanted,
                code_hash=self._hash(sign_in_id, code),
                language=language,
                tries=TRIES,
                at=now,
                expires_at=expires_at,
            )
        return Begun(code, expires_at)

    async def step(self) -> int:
        """Write to the guardians who want to sign in; a step of the worker."""
        now = self.clock.now()
        return await do_due(
            self.pool,
            partial(self._find, now=now),
            partial(self._write, now=now),
            subject_of=lambda wanted: wanted.sign_in_id,
        )

    async def complete(self, token: Token, code: str) -> SignedIn:
        """Sign a guardian in, by the link and the code; once.

        Raises GuardianSignInWrong, without saying which of the two was wrong.
        """
        now = self.clock.now()
        if not is_token(token):
            raise GuardianSignInWrong
        async with transaction(self.pool) as connection:
            signed_in = await self._take(connection, token, code, now=now)
        if signed_in is None:  # the try is counted: say no only after the commit
            raise GuardianSignInWrong
        return signed_in

    async def who(self, token: str) -> GuardianSession:
        """Return who is signed in with a token, or raise GuardianTokenMissing."""
        body = Token(token.removeprefix(PREFIX))
        if not token.startswith(PREFIX) or not is_token(body):
            raise GuardianTokenMissing
        now = self.clock.now()
        async with reading(self.pool) as connection:
            found = await store.find_session(connection, hash_token(body), now=now)
        if found is None:
            raise GuardianTokenMissing
        return found

    async def sign_out(self, token: str) -> None:
        """Let a token be of no use any more."""
        body = Token(token.removeprefix(PREFIX))
        async with transaction(self.pool) as connection:
            await store.delete_session(connection, hash_token(body))

    async def sweep(self, connection: Connection, *, now: datetime) -> int:
        """Delete the sessions that are over, and past days' wishes; how many."""
        return await store.sweep(connection, now=now, before=now - KEPT)

    async def _find(
        self, connection: Connection, after: Wanted | None, *, now: datetime
    ) -> Sequence[Wanted]:
        start = FIRST if after is None else after.sign_in_id
        return await store.find_waiting(connection, after=start, now=now, batch=BATCH)

    async def _write(
        self, connection: Connection, wanted: Wanted, *, now: datetime
    ) -> bool:
        found = await self.guardians.find(connection, wanted.app, wanted.blind_index)
        since = now - LETTERS_IN
        if (
            found is None
            or found[1]
            or await store.count_recent(connection, wanted, since=since) >= LETTERS
        ):
            return await store.write_to_nobody(connection, wanted)
        guardian_id, token = found[0], new_token()
        guardian = await self.guardians.read(connection, guardian_id)
        if not await self._may_text(connection, guardian, now=now):
            return await store.write_to_nobody(connection, wanted)
        if not await store.write_to(connection, wanted, guardian_id, hash_token(token)):
            return False
        letter = GuardianSignIn(
            link=f"{self.base_url}{LINK_PATH}{token}",
            minutes=int(LINK_LASTS / timedelta(minutes=1)),
        )
        await self.guardians.write(connection, guardian, letter, now=now)
        return True

    async def _may_text(
        self, connection: Connection, guardian: Guardian, *, now: datetime
    ) -> bool:
        """Count a text to a phone; False where its budget, or the app's, is spent."""
        contact = guardian.contact
        if contact.kind is ContactKind.EMAIL:
            return True
        keys = self.guardians.keys
        try:
            await spend(
                connection, keys, guardian.app, contact.kind, contact.address, now=now
            )
        except TooManyRequests:
            return False
        return True

    async def _take(
        self, connection: Connection, token: Token, code: str, *, now: datetime
    ) -> SignedIn | None:
        found = await store.lock_sign_in(connection, hash_token(token), now=now)
        if found is None or found.tries_left <= 0:
            return None
        if not same(found.code_hash, self._hash(found.sign_in_id, code)):
            await store.count_try(connection, found.sign_in_id)
            return None
        await store.use_up(connection, found.sign_in_id, now=now)
        guardian = await self.guardians.read(connection, found.guardian_id)
        return await open_session(
            connection,
            guardian.app,
            found.guardian_id,
            {Factor.EMAIL_LINK},
            now=now,
        )

    def _hash(self, sign_in_id: UUID, code: str) -> bytes:
        """Return what is kept of a code: of no use without the operator's keys."""
        keys = self.guardians.keys
        return keys.blind_index("guardian sign-in code", str(sign_in_id), code)
