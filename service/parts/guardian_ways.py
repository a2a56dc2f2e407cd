"""What guardians sign in with beside a link, and the way back."""

from dataclasses import dataclass

from service.compromise.flows import CompromiseFlows
from service.guardian_accounts.apps import GuardianApps
from service.guardian_accounts.changes import GuardianChanges
from service.guardian_accounts.factors import GuardianFactors
from service.guardian_accounts.passkeys import GuardianPasskeys
from service.guardian_accounts.proving import GuardianProofs
from service.guardian_accounts.recovery import GuardianRecovery
from service.mfa.passkeys.auth import RelyingParty
from service.parts.accounts import AccountParts
from service.parts.consent import Asking
from service.parts.ground import Ground


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianWays:
    """Passkeys, apps, passwords, and what becomes of them."""

    apps: GuardianApps
    passkeys: GuardianPasskeys
    factors: GuardianFactors
    proofs: GuardianProofs
    recovery: GuardianRecovery


def join_guardian_ways(
    ground: Ground,
    *,
    accounts: AccountParts,
    asking: Asking,
    compromise: CompromiseFlows,
) -> GuardianWays:
    """Join what guardians sign in with beside a link."""
    pool, clock, profiles = ground.pool, ground.clock, ground.profiles
    changes = GuardianChanges(guardians=asking.people, links=asking.security_links)
    domain, origins = ground.given.settings.relying_party
    passkeys = GuardianPasskeys(
        pool=pool,
        clock=clock,
        keys=ground.keys,
        profiles=profiles,
        relying_party=RelyingParty(rp_id=domain, origins=origins),
        changes=changes,
    )
    apps = GuardianApps(
        pool=pool, clock=clock, profiles=profiles, tries=accounts.tries, changes=changes
    )
    return GuardianWays(
        apps=apps,
        passkeys=passkeys,
        factors=GuardianFactors(
            pool=pool,
            clock=clock,
            profiles=profiles,
            passwords=ground.passwords,
            tries=accounts.tries,
            changes=changes,
        ),
        proofs=GuardianProofs(
            pool=pool,
            clock=clock,
            passwords=ground.passwords,
            tries=accounts.tries,
            guardians=asking.people,
            changes=changes,
            apps=apps,
            passkeys=passkeys,
        ),
        recovery=GuardianRecovery(
            base_url=ground.base_url,
            pool=pool,
            clock=clock,
            changes=changes,
            compromise=compromise,
        ),
    )
