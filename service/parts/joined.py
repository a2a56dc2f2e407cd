"""Every area, joined."""

from dataclasses import dataclass

from service.accounts.held import HeldAccounts
from service.accounts.records import AccountRecords
from service.accounts.second_factor_resets import SecondFactorResets
from service.accounts.security_links import SecurityLinks
from service.accounts.tries import Tries
from service.accounts.warnings import FailureWarnings
from service.age_assurance.flows import ProofFlows
from service.age_assurance.outcomes import ProofOutcomes
from service.consent_forms.papers import FormFlows
from service.consent_forms.reviews import FormReviews
from service.consent_forms.waiting import FormsWaiting
from service.consents.flows import Consents
from service.consents.guarding import GuardiansOfAccounts
from service.consents.links import Links
from service.consents.own_word import OwnWord
from service.consents.people import Guardians
from service.deliveries.flows import DeliveryFlows
from service.gate.flows import GateFlows
from service.guardian_accounts.child_accounts import ChildAccounts
from service.guardian_accounts.child_consents import ChildConsents
from service.guardian_accounts.children import Children
from service.guardian_accounts.signing_in import GuardianSignIns
from service.guardians.asking import GuardianRequests
from service.guardians.bounces import Bounces
from service.guardians.coming_of_age import ComingOfAge
from service.guardians.disputes import Disputes
from service.guardians.disqualified import Disqualified
from service.guardians.flows import GuardianFlows
from service.guardians.granted import GrantedFlows
from service.guardians.policy_changes import PolicyChanges
from service.guardians.second import SecondGuardians
from service.guardians.timers import ConsentTimers
from service.guardians.verifying import Verifying
from service.kit.clock import Clock
from service.kit.database import Pool
from service.kit.passwords import Passwords
from service.messages.flows import Messages
from service.messages.operators import OperatorLetters
from service.mfa.flows import AuthenticatorFlows
from service.minors.appeals import Appeals
from service.minors.flows import MinorFlows
from service.moves.flows import Moves
from service.moves.impact import Impact
from service.obligations.flows import ObligationFlows
from service.outbox.feed import Feed
from service.outbox.flows import Outbox
from service.parts.accounts import join_accounts
from service.parts.authenticators import join_authenticators
from service.parts.children import join_children
from service.parts.consent import join_asking, join_consent
from service.parts.entrances import Entrances, join_entrances
from service.parts.events import join_events
from service.parts.forms import join_forms
from service.parts.given import Given
from service.parts.ground import lay
from service.parts.guardian_ways import GuardianWays, join_guardian_ways
from service.parts.guardians import join_guardians
from service.parts.moves import join_moves
from service.parts.outcomes import join_outcomes
from service.parts.recovery import Recovery, join_recovery
from service.parts.registration import join_registration
from service.receipts.flows import Receipts
from service.registration.contacts import ContactFlows
from service.registration.flows import RegistrationFlows
from service.registration.steps import StepFlows
from service.registration.timers import RegistrationTimers
from service.sessions.flows import SessionFlows
from service.vault.flows import Vault
from service.vault.signing_keys import SigningKeys


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
    second_factor_resets: SecondFactorResets
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
    children: Children
    child_consents: ChildConsents
    child_accounts: ChildAccounts
    verifying: Verifying
    forms: FormFlows
    form_reviews: FormReviews
    forms_waiting: FormsWaiting
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
    appeals: Appeals
    moves: Moves
    impact: Impact
    proofs: ProofFlows
    proof_outcomes: ProofOutcomes
    obligations: ObligationFlows
    feed: Feed
    deliveries: DeliveryFlows


def join(given: Given, *, pool: Pool, clock: Clock, passwords: Passwords) -> Parts:
    """Join the parts: each area, from those it stands on."""
    ground = lay(given, pool=pool, clock=clock, passwords=passwords)
    accounts = join_accounts(ground)
    asking = join_asking(ground, accounts=accounts)
    consent = join_consent(ground, accounts=accounts, asking=asking)
    registration = join_registration(
        ground, accounts=accounts, asking=asking, consent=consent
    )
    authenticators = join_authenticators(ground, accounts=accounts)
    entrances = join_entrances(
        ground,
        accounts=accounts,
        authenticators=authenticators,
        waiting=registration.progress,
    )
    recovery = join_recovery(
        ground,
        accounts=accounts,
        authenticators=authenticators,
        guardians=GuardiansOfAccounts(
            guardians=asking.people, links=asking.security_links
        ),
        by=entrances.step_up,
    )
    guardians = join_guardians(
        ground,
        accounts=accounts,
        asking=asking,
        consent=consent,
        waiting=registration.progress,
    )
    letters = OperatorLetters(
        profiles=ground.profiles,
        vault=ground.vault,
        messages=ground.messages,
        email=given.settings.operator_email,
    )
    forms = join_forms(ground, guardians=guardians, letters=letters)
    children = join_children(
        ground,
        accounts=accounts,
        asking=asking,
        consent=consent,
        authenticators=authenticators,
        recovery=recovery,
        forms=forms.flows,
    )
    ways = join_guardian_ways(
        ground, accounts=accounts, asking=asking, compromise=recovery.compromise
    )
    events = join_events(ground, letters=letters)
    return Parts(
        given=given,
        pool=pool,
        clock=clock,
        passwords=passwords,
        vault=ground.vault,
        signing_keys=ground.signing_keys,
        outbox=ground.outbox,
        messages=ground.messages,
        records=accounts.records,
        security_links=accounts.security_links,
        tries=accounts.tries,
        sessions=accounts.sessions,
        authenticators=authenticators,
        entrances=entrances,
        recovery=recovery,
        warnings=accounts.warnings,
        second_factor_resets=accounts.second_factor_resets,
        requests=asking.requests,
        gate=registration.gate,
        steps=registration.steps,
        contacts=registration.contacts,
        registration=registration.flows,
        timers=registration.timers,
        guardians=guardians.flows,
        held=accounts.held,
        consents=consent.consents,
        granted=consent.granted,
        second=consent.second,
        guardian_sign_ins=guardians.sign_ins,
        guardian_ways=ways,
        children=children.children,
        child_consents=children.consents,
        child_accounts=children.accounts,
        verifying=guardians.flows.verifying,
        forms=forms.flows,
        form_reviews=forms.reviews,
        forms_waiting=forms.waiting,
        disputes=guardians.disputes,
        bounces=guardians.bounces,
        links=consent.links,
        receipts=consent.receipts,
        consent_timers=guardians.timers,
        coming_of_age=guardians.coming_of_age,
        policy_changes=guardians.policy_changes,
        people=asking.people,
        own_word=consent.own_word,
        disqualified=consent.disqualified,
        minors=guardians.minors,
        appeals=guardians.appeals,
        impact=Impact(
            pool=pool,
            clock=clock,
            profiles=ground.profiles,
            held=accounts.held,
            decisions=ground.decisions,
        ),
        moves=join_moves(
            ground,
            accounts=accounts,
            asking=asking,
            consent=consent,
            guardians=guardians,
            children=children.children,
            factors=authenticators.changes,
        ),
        proofs=registration.proofs,
        proof_outcomes=join_outcomes(
            ground, registration=registration, guardians=guardians, consent=consent
        ),
        obligations=events.obligations,
        feed=events.feed,
        deliveries=events.deliveries,
    )
