"""Second factors, each and all together."""

from service.mfa.changes import FactorChanges
from service.mfa.flows import AuthenticatorFlows
from service.mfa.passkeys.auth import RelyingParty
from service.mfa.passkeys.flows import PasskeyFlows
from service.mfa.passkeys.proofs import PasskeyProofs
from service.mfa.recovery_codes.flows import RecoveryCodeFlows
from service.mfa.totp.flows import TotpFlows
from service.parts.accounts import AccountParts
from service.parts.ground import Ground


def join_authenticators(
    ground: Ground, *, accounts: AccountParts
) -> AuthenticatorFlows:
    """Join the second factors."""
    pool, clock = ground.pool, ground.clock
    keys, profiles, vault = ground.keys, ground.profiles, ground.vault
    domain, origins = ground.given.settings.relying_party
    relying_party = RelyingParty(rp_id=domain, origins=origins)
    changes = FactorChanges(
        records=accounts.records,
        sessions=accounts.sessions,
        security_links=accounts.security_links,
        outbox=ground.outbox,
    )
    recovery_codes = RecoveryCodeFlows(
        pool=pool, clock=clock, keys=keys, changes=changes
    )
    return AuthenticatorFlows(
        pool=pool,
        changes=changes,
        recovery_codes=recovery_codes,
        totp=TotpFlows(
            pool=pool,
            clock=clock,
            profiles=profiles,
            vault=vault,
            tries=accounts.tries,
            changes=changes,
            recovery_codes=recovery_codes,
        ),
        passkeys=PasskeyFlows(
            pool=pool,
            clock=clock,
            keys=keys,
            profiles=profiles,
            vault=vault,
            relying_party=relying_party,
            changes=changes,
            recovery_codes=recovery_codes,
        ),
        passkey_proofs=PasskeyProofs(
            pool=pool,
            clock=clock,
            keys=keys,
            vault=vault,
            relying_party=relying_party,
            changes=changes,
        ),
    )
