"""Signing in: by a password and what stands beside it, or by a passkey alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from service.accounts.password_rules import normalised
from service.accounts.sign_in import Found, SignInRecords
from service.accounts.tries import Tries
from service.domain.accounts import AccountId
from service.domain.authenticators import SECOND_FACTORS, Assurance, Factor, Proof
from service.domain.profiles import PolicyProfile
from service.domain.refusals import (
    AccountWaiting,
    ChallengeUnknown,
    CredentialsWrong,
    FactorWrong,
    MfaRequired,
    Refusal,
)
from service.domain.sessions import CHALLENGE, Device, SessionKind
from service.kit.clock import Clock
from service.kit.database import Connection, Pool, transaction
from service.kit.database import connection as reading
from service.kit.passwords import Passwords
from service.kit.tokens import Token, hash_token
from service.sessions import store
from service.sessions.factors import Given, Passkeys
from service.sessions.opening import Entrant, Opened, Opening, refused
from service.sessions.proving import SecondFactors
from service.sessions.store import Challenge
from service.sessions.tokens import CHALLENGE_MARK, is_marked, new_marked
from service.vault.flows import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInFlows:
    """How people come in."""

    pool: Pool
    clock: Clock
    passwords: Passwords
    vault: Vault
    records: SignInRecords
    tries: Tries
    second: SecondFactors
    passkeys: Passkeys
    opening: Opening

    async def sign_in(
        self,
        profile: PolicyProfile,
        identifier: str,
        password: str,
        kind: SessionKind,
        device: Device,
    ) -> Opened:
        """Sign somebody in who knows the password of the account they name.

        A wrong password, an unknown name, an account that is slowed down or locked: the
        same statements, the same hashing, the same refusal. Whatever else there is to
        say is said after a right password only. To an account that is suspended its
        holder comes in for their rights alone.
        """
        now = self.clock.now()
        async with reading(self.pool) as connection:
            found = await self.records.find(connection, profile, identifier)
        typed, stored = normalised(password), found.password_hash
        right = await self.passwords.verify(stored, typed) and not found.locked
        stronger = None
        if right and stored is not None and self.passwords.is_weak(stored):
            stronger = await self.passwords.hash(typed)
        async with transaction(self.pool) as connection:
            taken = await self.tries.settle(
                connection, found.subject_id, Proof.PASSWORD, right=right, now=now
            )
            if taken:
                outcome = await self._admit(
                    connection, found, kind, device, stronger, now=now
                )
            else:
                outcome = CredentialsWrong()
                await refused(
                    connection, profile.app, found.subject_id, Factor.PASSWORD, now=now
                )
        if isinstance(outcome, Refusal):  # what was counted is kept
            raise outcome
        return outcome

    async def answer(
        self, challenge_id: str, method: Factor, given: Given, device: Device
    ) -> Opened:
        """Sign somebody in who proves the second factor as well."""
        if not is_marked(challenge_id, CHALLENGE_MARK):
            raise ChallengeUnknown
        now, challenge_hash = self.clock.now(), hash_token(Token(challenge_id))
        opened = None
        async with transaction(self.pool) as connection:
            challenge = await store.try_challenge(connection, challenge_hash, now=now)
            if challenge is None:
                raise ChallengeUnknown
            account_id = challenge.account_id
            if await self.second.prove(connection, account_id, method, given, now=now):
                await store.delete_challenge(connection, challenge_hash)
                entrant = Entrant(
                    account_id=account_id,
                    app=challenge.app,
                    epoch=challenge.epoch,
                    kind=challenge.kind,
                    assurance=Assurance.of(challenge.methods | {method}, at=now),
                    device=device,
                )
                opened = await self._open(connection, entrant, now=now)
            else:
                await refused(connection, challenge.app, account_id, method, now=now)
        if opened is None:  # the try is counted
            raise FactorWrong
        return opened

    async def sign_in_by_passkey(
        self,
        profile: PolicyProfile,
        assertion: Mapping[str, object],
        kind: SessionKind,
        device: Device,
    ) -> Opened:
        """Sign in whoever's passkey signed: the device, and the finger or PIN on it."""
        now = self.clock.now()
        outcome: Opened | Refusal | None = None
        async with transaction(self.pool) as connection:
            account_id = await self.passkeys.identify(
                connection, profile.app, assertion, now=now
            )
            if account_id is not None:
                outcome = await self._admit_holder(
                    connection, account_id, kind, device, now=now
                )
        if outcome is None:  # what was asked of the passkey is used up
            raise FactorWrong
        if isinstance(outcome, Refusal):
            raise outcome
        return outcome

    async def _admit_holder(
        self,
        connection: Connection,
        account_id: AccountId,
        kind: SessionKind,
        device: Device,
        *,
        now: datetime,
    ) -> Opened | Refusal | None:
        found = await self.records.records.find(connection, account_id)
        epoch = await self.records.find_epoch(connection, account_id)
        if found is None or epoch is None or found[0].locked:
            return None
        entrant = Entrant(
            account_id=account_id,
            app=found[0].app,
            epoch=epoch,
            kind=kind,
            assurance=Assurance.of({Factor.PASSKEY}, at=now),
            device=device,
        )
        return await self.opening.open(connection, entrant, key=found[1], now=now)

    async def _admit(
        self,
        connection: Connection,
        found: Found,
        kind: SessionKind,
        device: Device,
        stronger: str | None,
        *,
        now: datetime,
    ) -> Opened | Refusal:
        """Let in who knows the password, or say what is missing."""
        if found.account is None:
            waiting = found.waiting
            if waiting is None:
                return CredentialsWrong()
            return AccountWaiting(waiting.registration.state)
        account, key = found.account
        account_id = account.account_id
        if stronger is not None:
            await self.records.strengthen(
                connection, account_id, stronger, epoch=found.epoch, key=key
            )
        enrolled = await self.second.enrolled(connection, account_id)
        if enrolled:
            challenge = Challenge(
                account_id=account_id,
                app=account.app,
                kind=kind,
                methods=frozenset({Factor.PASSWORD}),
                epoch=found.epoch,
            )
            return await self._challenge(connection, challenge, enrolled, now=now)
        entrant = Entrant(
            account_id=account_id,
            app=account.app,
            epoch=found.epoch,
            kind=kind,
            assurance=Assurance.of({Factor.PASSWORD}, at=now),
            device=device,
        )
        opened = await self.opening.open(connection, entrant, key=key, now=now)
        return opened or CredentialsWrong()

    async def _challenge(
        self,
        connection: Connection,
        challenge: Challenge,
        enrolled: frozenset[Factor],
        *,
        now: datetime,
    ) -> MfaRequired:
        token = new_marked(CHALLENGE_MARK)
        await store.add_challenge(
            connection,
            hash_token(token),
            challenge,
            now=now,
            expires_at=now + CHALLENGE,
        )
        return MfaRequired(token, [one for one in SECOND_FACTORS if one in enrolled])

    async def _open(
        self, connection: Connection, entrant: Entrant, *, now: datetime
    ) -> Opened | None:
        key = await self.vault.key_of(connection, entrant.account_id)
        return await self.opening.open(connection, entrant, key=key, now=now)
