"""The ways into an account, and staying there."""

from collections.abc import Sequence
from dataclasses import dataclass

from service.accounts.sign_in import SignInRecords
from service.mfa.flows import AuthenticatorFlows
from service.parts.accounts import AccountParts
from service.parts.ground import Ground
from service.registration.progress import Progress
from service.sessions.account import AccountView
from service.sessions.enrolling import EnrolmentFlows
from service.sessions.factors import SecondFactor
from service.sessions.guards import Door
from service.sessions.handing_out import TokenFlows
from service.sessions.opening import Opening
from service.sessions.proving import SecondFactors
from service.sessions.recent import SecurityChanges
from service.sessions.refreshing import RefreshFlows
from service.sessions.signing_in import SignInFlows
from service.sessions.stepping_up import StepUpFlows
from service.sessions.tokens import AccessTokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrances:
    """Every way into an account, and staying there."""

    sign_in: SignInFlows
    step_up: StepUpFlows
    refresh: RefreshFlows
    tokens: TokenFlows
    door: Door
    account: AccountView
    enrolments: EnrolmentFlows
    changes: SecurityChanges


def join_entrances(
    ground: Ground,
    *,
    accounts: AccountParts,
    authenticators: AuthenticatorFlows,
    waiting: Progress,
) -> Entrances:
    """Join the ways in; *waiting* is who has registered and has no account yet."""
    pool, clock = ground.pool, ground.clock
    keys, profiles = ground.keys, ground.profiles
    tokens = AccessTokens(
        ground.signing_keys.signatures, keys, profiles, ground.base_url
    )
    opening = Opening(keys=keys, profiles=profiles, tokens=tokens)
    second = _second_factors(accounts, authenticators)
    return Entrances(
        sign_in=SignInFlows(
            pool=pool,
            clock=clock,
            passwords=ground.passwords,
            vault=ground.vault,
            records=SignInRecords(keys=keys, records=accounts.records, waiting=waiting),
            tries=accounts.tries,
            second=second,
            passkeys=authenticators.passkey_proofs,
            opening=opening,
        ),
        step_up=StepUpFlows(
            pool=pool,
            clock=clock,
            passwords=ground.passwords,
            records=accounts.records,
            tries=accounts.tries,
            second=second,
            opening=opening,
        ),
        refresh=RefreshFlows(
            pool=pool,
            clock=clock,
            keys=keys,
            profiles=profiles,
            sessions=accounts.sessions,
            security_links=accounts.security_links,
            opening=opening,
        ),
        tokens=TokenFlows(pool=pool, clock=clock, profiles=profiles, tokens=tokens),
        door=Door(pool=pool, clock=clock, profiles=profiles, tokens=tokens),
        account=AccountView(pool=pool, clock=clock, keys=keys, profiles=profiles),
        changes=SecurityChanges(pool=pool, clock=clock),
        enrolments=EnrolmentFlows(
            totp=authenticators.totp,
            passkeys=authenticators.passkeys,
            opening=opening,
        ),
    )


def _second_factors(
    accounts: AccountParts, authenticators: AuthenticatorFlows
) -> SecondFactors:
    factors: Sequence[SecondFactor] = (
        authenticators.totp,
        authenticators.recovery_codes,
        authenticators.passkey_proofs,
    )
    return SecondFactors(
        factors={one.kind: one for one in factors},
        changes=authenticators.changes,
        tries=accounts.tries,
    )
