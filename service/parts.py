"""The parts of the service, made and joined by hand, once for web and worker alike.

This is the wiring diagram: below is what each flow works with.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from argon2 import PasswordHasher

from service.accounts.flows import AccountFlows
from service.accounts.held import HeldAccounts
from service.accounts.records import AccountRecords
from service.accounts.security_links import SecurityLinks
from service.accounts.sign_in import SignInRecords
from service.accounts.tries import Tries
from service.accounts.warnings import FailureWarnings
from service.age_assurance.flows import ProofFlows
from service.age_assurance.providers import ProofProvider
from service.compromise.flows import CompromiseFlows
from service.consents.flows import Consents
from service.consents.guardian_security import GuardianSecurityLinks
from service.consents.guarding import GuardiansOfAccounts
from service.consents.links import Links
from service.consents.own_word import OwnWord
from service.consents.people import Guardians
from service.consents.says import Says
from service.contacts.changes import ContactChanges
from service.contacts.flows import ContactFlows as AccountContactFlows
from service.deliveries.flows import DeliveryFlows
from service.domain.forms import ContactKind
from service.gate.decisions import AgeDecisions
from service.gate.flows import GateFlows
from service.guardian_accounts.apps import GuardianApps
from service.guardian_accounts.changes import GuardianChanges
from service.guardian_accounts.children import ChildrenFlows
from service.guardian_accounts.factors import GuardianFactors
from service.guardian_accounts.passkeys import GuardianPasskeys
from service.guardian_accounts.proving import GuardianProofs
from service.guardian_accounts.recovery import GuardianRecovery
from service.guardian_accounts.signing_in import GuardianSignIns
from service.guardians.answers import AccountAnswers, RegistrationAnswers
from service.guardians.asking import GuardianRequests
from service.guardians.asking_anew import AccountRequests
from service.guardians.bounces import Bounces
from service.guardians.browsers import Browsers
from service.guardians.coming_of_age import ComingOfAge
from service.guardians.disputes import Disputes
from service.guardians.disqualified import Disqualified
from service.guardians.flows import GuardianFlows
from service.guardians.granted import GrantedFlows
from service.guardians.policy_changes import PolicyChanges
from service.guardians.resending import Resending
from service.guardians.second import SecondGuardians
from service.guardians.timers import ConsentTimers
from service.kit import traces
from service.kit.clock import Clock
from service.kit.database import Pool
from service.kit.passwords import Passwords
from service.kit.secrets import KeyRing
from service.kit.signing import Signatures
from service.messages.flows import Messages
from service.mfa.changes import FactorChanges
from service.mfa.flows import AuthenticatorFlows
from service.mfa.passkeys.auth import RelyingParty
from service.mfa.passkeys.flows import PasskeyFlows
from service.mfa.passkeys.proofs import PasskeyProofs
from service.mfa.recovery_codes.flows import RecoveryCodeFlows
from service.mfa.totp.flows import TotpFlows
from service.minors.flows import MinorFlows
from service.obligations.flows import ObligationFlows
from service.outbox.feed import Feed
from service.outbox.flows import Outbox
from service.outbox.reader import read_subscribers
from service.outbox.subscribers import Subscribers
from service.passwords.changes import PasswordChanges
from service.passwords.flows import PasswordFlows
from service.passwords.links import ResetLinks
from service.passwords.resets import ResetFlows
from service.profiles.jurisdictions import read_jurisdictions
from service.profiles.reader import Profiles, read_profiles
from service.receipts.flows import Receipts
from service.registration.contacts import ContactFlows
from service.registration.flows import RegistrationFlows
from service.registration.intake import Intake
from service.registration.progress import Progress
from service.registration.steps import StepFlows
from service.registration.timers import RegistrationTimers
from service.service_tokens import NO_TOKENS, ServiceTokens, read_tokens
from service.sessions.account import AccountView
from service.sessions.factors import SecondFactor
from service.sessions.flows import SessionFlows
from service.sessions.guards import Door
from service.sessions.handing_out import TokenFlows
from service.sessions.opening import Opening
from service.sessions.proving import SecondFactors
from service.sessions.refreshing import RefreshFlows
from service.sessions.signing_in import SignInFlows
from service.sessions.stepping_up import StepUpFlows
from service.sessions.tokens import AccessTokens
from service.settings import Settings, SettingWrongError
from service.vault.flows import Vault
from service.vault.signing_keys import SigningKeys


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What an operator gives the service, read and checked before it starts."""

    settings: Settings
    keys: KeyRing
    profiles: Profiles
    subscribers: Subscribers
    providers: Mapping[str, ProofProvider]
    service_tokens: ServiceTokens = NO_TOKENS

    @classmethod
    def read(
        cls, settings: Settings, providers: Mapping[str, ProofProvider] | None = None
    ) -> Self:
        """Read the files that the settings name, or raise what is wrong with them."""
        settings.check_production()
        check_traces(settings)
        known = providers or {}
        if settings.profiles_dir is None:
            raise SettingWrongError("AGEGATE_PROFILES_DIR is not set")
        profiles = read_profiles(settings.profiles_dir, providers=known.keys())
        _check_phones(settings, profiles)
        subscribers = read_subscribers(settings.subscribers_file, profiles)
        return cls(
            settings=settings,
            keys=KeyRing.parse(_text(settings.keys_file, "AGEGATE_KEYS_FILE")),
            profiles=profiles,
            subscribers=subscribers,
            providers=known,
            service_tokens=read_tokens(
                settings.service_tokens_file, [one.name for one in subscribers.every]
            ),
        )


def _check_phones(settings: Settings, profiles: Profiles) -> None:
    """Refuse to start where phones are confirmed, and no code could ever be sent."""
    asking = [app for app, one in profiles.items() if ContactKind.PHONE in one.confirms]
    if settings.production and asking and not settings.sms_url:
        raise SettingWrongError(
            f"AGEGATE_SMS_URL is not set, and {', '.join(asking)} confirms phones"
        )


def check_traces(settings: Settings) -> None:
    """Refuse to start where traces are wanted, and nothing here can make them."""
    if settings.otel_endpoint and not traces.is_installed():
        raise SettingWrongError(
            "AGEGATE_OTEL_ENDPOINT needs an extra that is not installed: agegate[otel]"
        )


def _text(path: Path | None, variable: str) -> str:
    if path is None:
        raise SettingWrongError(f"{variable} is not set")
    try:
        return path.read_text()
    except OSError as error:
        raise SettingWrongError(f"{variable}: the file can't be read") from error


def make_passwords(settings: Settings) -> Passwords:
    """Return the bounded pool that hashes passwords at the cost that is set."""
    hasher = PasswordHasher(
        time_cost=settings.argon2_time_cost,
        memory_cost=settings.argon2_memory_kib,
        parallelism=settings.argon2_parallelism,
    )
    return Passwords(hasher, workers=settings.hash_workers, queue=settings.hash_queue)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrances:
    """Every way into an account, and staying there."""

    sign_in: SignInFlows
    step_up: StepUpFlows
    refresh: RefreshFlows
    tokens: TokenFlows
    door: Door
    account: AccountView


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """Every way back into an account, and what changes the ways in."""

    passwords: PasswordFlows
    resets: ResetFlows
    reset_links: ResetLinks
    contacts: AccountContactFlows
    contact_changes: ContactChanges
    compromise: CompromiseFlows


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianWays:
    """What guardians sign in with beside a link, and the way back."""

    apps: GuardianApps
    passkeys: GuardianPasskeys
    factors: GuardianFactors
    proofs: GuardianProofs
    recovery: GuardianRecovery


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Every flow, ready to be used."""

    given: Given
    pool: Pool
    clock: Clock
    passwords: Passwords
    vault: Vault
    signing_keys: SigningKeys
    outbox: Outbox
    messages: Messages
    records: AccountRecords
    security_links: SecurityLinks
    tries: Tries
    sessions: SessionFlows
    authenticators: AuthenticatorFlows
    entrances: Entrances
    recovery: Recovery
    warnings: FailureWarnings
    requests: GuardianRequests
    gate: GateFlows
    steps: StepFlows
    contacts: ContactFlows
    registration: RegistrationFlows
    timers: RegistrationTimers
    guardians: GuardianFlows
    held: HeldAccounts
    consents: Consents
    granted: GrantedFlows
    second: SecondGuardians
    guardian_sign_ins: GuardianSignIns
    guardian_ways: GuardianWays
    children: ChildrenFlows
    disputes: Disputes
    bounces: Bounces
    links: Links
    receipts: Receipts
    consent_timers: ConsentTimers
    coming_of_age: ComingOfAge
    policy_changes: PolicyChanges
    people: Guardians
    own_word: OwnWord
    disqualified: Disqualified
    minors: MinorFlows
    proofs: ProofFlows
    obligations: ObligationFlows
    feed: Feed
    deliveries: DeliveryFlows


def join(given: Given, *, pool: Pool, clock: Clock, passwords: Passwords) -> Parts:
    """Join the parts."""
    keys, base_url = given.keys, given.settings.base_url
    vault = Vault(keys=keys)
    outbox = Outbox(given.subscribers)
    messages = Messages(base_url=base_url)
    accounts = AccountFlows(keys=keys, outbox=outbox)
    records = AccountRecords(keys=keys)
    security_links = SecurityLinks(
        base_url=base_url, records=records, messages=messages
    )
    tries = Tries()
    sessions = SessionFlows(
        pool=pool,
        clock=clock,
        vault=vault,
        accounts=accounts,
        tries=tries,
        outbox=outbox,
    )
    decisions = AgeDecisions(jurisdictions=read_jurisdictions())
    gate = GateFlows(
        pool=pool,
        clock=clock,
        keys=keys,
        decisions=decisions,
        outbox=outbox,
    )
    requests = GuardianRequests(
        base_url=base_url, keys=keys, messages=messages, outbox=outbox
    )
    progress = Progress(
        profiles=given.profiles,
        keys=keys,
        vault=vault,
        decisions=decisions,
        accounts=accounts,
        requests=requests,
        messages=messages,
        outbox=outbox,
    )
    signing_keys = SigningKeys(signatures=Signatures.of(keys))
    held = HeldAccounts(
        profiles=given.profiles,
        vault=vault,
        decisions=decisions,
        sessions=sessions,
        messages=messages,
        outbox=outbox,
    )
    receipts = Receipts(
        base_url=base_url, pool=pool, keys=keys, signing_keys=signing_keys
    )
    people = Guardians(keys=keys, vault=vault, messages=messages, tries=tries)
    guardian_links = GuardianSecurityLinks(base_url=base_url, guardians=people)
    says = Says(decisions=decisions)
    consents = Consents(
        base_url=base_url,
        accounts=held,
        guardians=people,
        says=says,
        receipts=receipts,
        outbox=outbox,
    )
    links = Links()
    account_requests = AccountRequests(
        base_url=base_url,
        requests=requests,
        guardians=people,
        messages=messages,
        outbox=outbox,
    )
    granted = GrantedFlows(
        pool=pool,
        clock=clock,
        held=held,
        links=links,
        guardians=people,
        consents=consents,
        requests=account_requests,
    )
    disqualified = Disqualified(
        pool=pool, clock=clock, held=held, guardians=people, consents=consents
    )
    second = SecondGuardians(
        base_url=base_url,
        pool=pool,
        clock=clock,
        granted=granted,
        requests=requests,
        guardians=people,
        consents=consents,
        messages=messages,
        outbox=outbox,
    )
    of_registrations = RegistrationAnswers(
        waiting=progress,
        requests=requests,
        guardians=people,
        held=held,
        consents=consents,
        messages=messages,
        outbox=outbox,
    )
    steps = StepFlows(pool=pool, clock=clock, requests=requests, progress=progress)
    contacts = ContactFlows(
        pool=pool,
        clock=clock,
        keys=keys,
        vault=vault,
        accounts=accounts,
        progress=progress,
        messages=messages,
        outbox=outbox,
    )
    intake = Intake(
        vault=vault,
        decisions=decisions,
        accounts=accounts,
        contacts=contacts,
        progress=progress,
        outbox=outbox,
    )
    obligations = ObligationFlows(
        pool=pool,
        clock=clock,
        keys=keys,
        vault=vault,
        profiles=given.profiles,
        messages=messages,
        outbox=outbox,
        operator_email=given.settings.operator_email,
    )
    authenticators = _authenticators(
        given,
        pool=pool,
        clock=clock,
        vault=vault,
        tries=tries,
        changes=FactorChanges(
            records=records,
            sessions=sessions,
            security_links=security_links,
            outbox=outbox,
        ),
    )
    entrances = _entrances(
        given,
        pool=pool,
        clock=clock,
        passwords=passwords,
        vault=vault,
        records=SignInRecords(keys=keys, records=records, waiting=progress),
        tries=tries,
        sessions=sessions,
        authenticators=authenticators,
        links=security_links,
        signatures=signing_keys.signatures,
    )
    recovery = _recovery(
        given,
        pool=pool,
        clock=clock,
        passwords=passwords,
        vault=vault,
        accounts=accounts,
        sessions=sessions,
        authenticators=authenticators,
        links=security_links,
        guardians=GuardiansOfAccounts(guardians=people, links=guardian_links),
        by=entrances.step_up,
    )
    return Parts(
        given=given,
        pool=pool,
        clock=clock,
        passwords=passwords,
        vault=vault,
        signing_keys=signing_keys,
        outbox=outbox,
        messages=messages,
        records=records,
        security_links=security_links,
        tries=tries,
        sessions=sessions,
        authenticators=authenticators,
        entrances=entrances,
        recovery=recovery,
        warnings=FailureWarnings(pool=pool, clock=clock, security_links=security_links),
        requests=requests,
        gate=gate,
        steps=steps,
        contacts=contacts,
        registration=RegistrationFlows(
            clock=clock,
            passwords=passwords,
            gate=gate,
            contacts=contacts,
            steps=steps,
            intake=intake,
            says=says,
        ),
        obligations=obligations,
        deliveries=DeliveryFlows(pool=pool, clock=clock, obligations=obligations),
        feed=Feed(pool=pool, subscribers=given.subscribers),
        timers=RegistrationTimers(
            pool=pool,
            clock=clock,
            decisions=decisions,
            requests=requests,
            progress=progress,
            messages=messages,
            outbox=outbox,
        ),
        guardians=GuardianFlows(
            pool=pool,
            clock=clock,
            waiting=progress,
            held=held,
            requests=requests,
            guardians=people,
            accounts=accounts,
            of_registrations=of_registrations,
            of_accounts=AccountAnswers(
                accounts=accounts,
                held=held,
                guardians=people,
                consents=consents,
                outbox=outbox,
            ),
            browsers=Browsers(messages=messages),
            resending=Resending(
                base_url=base_url, requests=requests, messages=messages
            ),
        ),
        held=held,
        consents=consents,
        granted=granted,
        second=second,
        guardian_sign_ins=GuardianSignIns(
            base_url=base_url, pool=pool, clock=clock, guardians=people
        ),
        guardian_ways=_guardian_ways(
            given,
            pool=pool,
            clock=clock,
            passwords=passwords,
            tries=tries,
            changes=GuardianChanges(guardians=people, links=guardian_links),
            compromise=recovery.compromise,
        ),
        children=ChildrenFlows(
            pool=pool,
            clock=clock,
            held=held,
            accounts=accounts,
            guardians=people,
            says=says,
            consents=consents,
            receipts=receipts,
            second=second,
            records=records,
            sessions=sessions,
            reset_links=recovery.reset_links,
        ),
        disputes=Disputes(
            pool=pool,
            clock=clock,
            held=held,
            consents=consents,
            second=second,
            outbox=outbox,
        ),
        bounces=Bounces(
            pool=pool,
            clock=clock,
            waiting=progress,
            held=held,
            messages=messages,
            outbox=outbox,
        ),
        links=links,
        receipts=receipts,
        consent_timers=ConsentTimers(
            pool=pool,
            clock=clock,
            base_url=base_url,
            waiting=progress,
            accounts=held,
            guardians=people,
            consents=consents,
            granted=granted,
            registrations=of_registrations,
            messages=messages,
        ),
        coming_of_age=ComingOfAge(
            pool=pool,
            clock=clock,
            accounts=held,
            guardians=people,
            requests=account_requests,
        ),
        policy_changes=PolicyChanges(
            pool=pool,
            clock=clock,
            profiles=given.profiles,
            accounts=held,
            guardians=people,
            consents=consents,
            requests=account_requests,
        ),
        people=people,
        own_word=OwnWord(
            pool=pool, clock=clock, accounts=accounts, held=held, consents=consents
        ),
        disqualified=disqualified,
        minors=MinorFlows(
            pool=pool,
            clock=clock,
            accounts=accounts,
            held=held,
            decisions=decisions,
            consents=consents,
            requests=account_requests,
            disqualified=disqualified,
            outbox=outbox,
        ),
        proofs=ProofFlows(
            pool=pool,
            clock=clock,
            providers=given.providers,
            waiting=progress,
            gate=gate,
            decisions=decisions,
            outbox=outbox,
        ),
    )


def _entrances(
    given: Given,
    *,
    pool: Pool,
    clock: Clock,
    passwords: Passwords,
    vault: Vault,
    records: SignInRecords,
    tries: Tries,
    sessions: SessionFlows,
    authenticators: AuthenticatorFlows,
    links: SecurityLinks,
    signatures: Signatures,
) -> Entrances:
    """Join the ways in."""
    keys, profiles, passkeys = given.keys, given.profiles, authenticators.passkey_proofs
    factors: Sequence[SecondFactor] = (
        authenticators.totp,
        authenticators.recovery_codes,
        passkeys,
    )
    tokens = AccessTokens(signatures, keys, profiles, given.settings.base_url)
    opening = Opening(keys=keys, profiles=profiles, tokens=tokens)
    second = SecondFactors(
        factors={one.kind: one for one in factors},
        changes=authenticators.changes,
        tries=tries,
    )
    return Entrances(
        sign_in=SignInFlows(
            pool=pool,
            clock=clock,
            passwords=passwords,
            vault=vault,
            records=records,
            tries=tries,
            second=second,
            passkeys=passkeys,
            opening=opening,
        ),
        step_up=StepUpFlows(
            pool=pool,
            clock=clock,
            passwords=passwords,
            records=records.records,
            tries=tries,
            second=second,
            opening=opening,
        ),
        refresh=RefreshFlows(
            pool=pool,
            clock=clock,
            keys=keys,
            profiles=profiles,
            sessions=sessions,
            security_links=links,
            opening=opening,
        ),
        tokens=TokenFlows(pool=pool, clock=clock, profiles=profiles, tokens=tokens),
        door=Door(pool=pool, clock=clock, profiles=profiles, tokens=tokens),
        account=AccountView(pool=pool, clock=clock, keys=keys, profiles=profiles),
    )


def _recovery(
    given: Given,
    *,
    pool: Pool,
    clock: Clock,
    passwords: Passwords,
    vault: Vault,
    accounts: AccountFlows,
    sessions: SessionFlows,
    authenticators: AuthenticatorFlows,
    links: SecurityLinks,
    guardians: GuardiansOfAccounts,
    by: StepUpFlows,
) -> Recovery:
    """Join the ways back in; *by* is how somebody proves who they are."""
    keys, profiles, base_url = given.keys, given.profiles, given.settings.base_url
    records, messages, outbox = links.records, links.messages, sessions.outbox
    reset_links = ResetLinks(
        base_url=base_url,
        keys=keys,
        records=records,
        guardians=guardians,
        messages=messages,
    )
    changes = PasswordChanges(
        records=records,
        links=reset_links,
        sessions=sessions,
        security_links=links,
        tries=by.tries,
        outbox=outbox,
    )
    contact_changes = ContactChanges(
        base_url=base_url, records=records, security_links=links, outbox=outbox
    )
    return Recovery(
        passwords=PasswordFlows(
            pool=pool,
            clock=clock,
            profiles=profiles,
            passwords=passwords,
            records=records,
            factors=authenticators.changes,
            tries=by.tries,
            changes=changes,
            opening=by.opening,
        ),
        resets=ResetFlows(
            pool=pool,
            clock=clock,
            keys=keys,
            profiles=profiles,
            passwords=passwords,
            records=records,
            links=reset_links,
            changes=changes,
            second_factors=by.second,
        ),
        reset_links=reset_links,
        contacts=AccountContactFlows(
            pool=pool,
            clock=clock,
            keys=keys,
            profiles=profiles,
            vault=vault,
            accounts=accounts,
            records=records,
            factors=authenticators.changes,
            changes=contact_changes,
            messages=messages,
        ),
        contact_changes=contact_changes,
        compromise=CompromiseFlows(
            pool=pool,
            clock=clock,
            records=records,
            security_links=links,
            sessions=sessions,
            authenticators=authenticators,
            contacts=contact_changes,
            resets=reset_links,
            outbox=outbox,
        ),
    )


def _authenticators(
    given: Given,
    *,
    pool: Pool,
    clock: Clock,
    vault: Vault,
    tries: Tries,
    changes: FactorChanges,
) -> AuthenticatorFlows:
    """Join the second factors."""
    keys, profiles = given.keys, given.profiles
    domain, origins = given.settings.relying_party
    relying_party = RelyingParty(rp_id=domain, origins=origins)
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
            tries=tries,
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


def _guardian_ways(
    given: Given,
    *,
    pool: Pool,
    clock: Clock,
    passwords: Passwords,
    tries: Tries,
    changes: GuardianChanges,
    compromise: CompromiseFlows,
) -> GuardianWays:
    """Join what guardians sign in with beside a link."""
    domain, origins = given.settings.relying_party
    passkeys = GuardianPasskeys(
        pool=pool,
        clock=clock,
        keys=given.keys,
        profiles=given.profiles,
        relying_party=RelyingParty(rp_id=domain, origins=origins),
        changes=changes,
    )
    apps = GuardianApps(
        pool=pool, clock=clock, profiles=given.profiles, tries=tries, changes=changes
    )
    return GuardianWays(
        apps=apps,
        passkeys=passkeys,
        factors=GuardianFactors(
            pool=pool,
            clock=clock,
            profiles=given.profiles,
            passwords=passwords,
            tries=tries,
            changes=changes,
        ),
        proofs=GuardianProofs(
            pool=pool,
            clock=clock,
            passwords=passwords,
            tries=tries,
            guardians=changes.guardians,
            changes=changes,
            apps=apps,
            passkeys=passkeys,
        ),
        recovery=GuardianRecovery(
            base_url=given.settings.base_url,
            pool=pool,
            clock=clock,
            changes=changes,
            compromise=compromise,
        ),
    )
