"""All the second factors of an account together: shown, exported, erased."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from service.caller import Holder
from service.domain.accounts import AccountId
from service.domain.authenticators import Factor
from service.domain.events import Cause
from service.domain.refusals import SessionRequired
from service.kit.database import Connection, Pool
from service.kit.database import connection as reading
from service.mfa.changes import FactorChanges
from service.mfa.overview import Overview
from service.mfa.passkeys.flows import PasskeyFlows
from service.mfa.passkeys.proofs import PasskeyProofs
from service.mfa.recovery_codes.flows import RecoveryCodeFlows
from service.mfa.recovery_codes.schemas import show
from service.mfa.totp.flows import TotpFlows


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthenticatorFlows:
    """What is done to all second factors of an account at once."""

    pool: Pool
    changes: FactorChanges
    recovery_codes: RecoveryCodeFlows
    totp: TotpFlows
    passkeys: PasskeyFlows
    passkey_proofs: PasskeyProofs

    async def list(self, holder: Holder) -> Overview:
        """Return everything that the holder has added."""
        async with reading(self.pool) as connection:
            found = await self.changes.records.find(connection, holder.account_id)
            if found is None:
                raise SessionRequired
            account_id, key = holder.account_id, found[1]
            return Overview(
                apps=await self.totp.find(connection, account_id, key=key),
                passkeys=await self.passkeys.find(connection, account_id, key=key),
                codes=await self.recovery_codes.find(connection, account_id),
            )

    async def remove_since(
        self,
        connection: Connection,
        account_id: AccountId,
        since: datetime,
        *,
        cause: Cause,
        now: datetime,
    ) -> int:
        """Remove what was added *since* then, in the caller's transaction; how many.

        For a holder who says that it was not them. Recovery codes go as well: whoever
        added a factor may have read them. The caller raises the epoch, and writes to
        the holder.
        """
        found = await self.changes.records.lock(connection, account_id)
        if found is None:
            return 0
        removed = {
            Factor.TOTP: await self.totp.remove_since(connection, account_id, since),
            Factor.PASSKEY: await self.passkeys.remove_since(
                connection, account_id, since
            ),
            Factor.RECOVERY_CODE: await self.recovery_codes.erase(
                connection, account_id
            ),
        }
        for factor, count in removed.items():
            if count:
                await self.changes.gone(
                    connection, found[0], factor, cause=cause, now=now
                )
        return sum(removed.values())

    async def export(
        self, connection: Connection, account_id: AccountId
    ) -> Mapping[str, object]:
        """Return what is kept of the holder's second factors, but no secret."""
        return {
            "totp": await self.totp.export(connection, account_id),
            "passkeys": await self.passkeys.export(connection, account_id),
            "recovery_codes": show(
                await self.recovery_codes.find(connection, account_id)
            ),
        }

    async def erase(self, connection: Connection, account_id: AccountId) -> int:
        """Delete every second factor of an account; how many rows."""
        return (
            await self.totp.erase(connection, account_id)
            + await self.passkeys.erase(connection, account_id)
            + await self.recovery_codes.erase(connection, account_id)
        )

    async def sweep(self, connection: Connection, *, now: datetime) -> int:
        """Delete what was begun and not finished in time; how many rows."""
        return await self.totp.sweep(connection, now=now) + await self.passkeys.sweep(
            connection, now=now
        )
