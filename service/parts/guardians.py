"""Guardians: what they answer, see and dispute, and what happens in their time."""

from dataclasses import dataclass

from service.guardian_accounts.signing_in import GuardianSignIns
from service.guardians.account_answers import AccountAnswers
from service.guardians.bounces import Bounces
from service.guardians.browsers import Browsers
from service.guardians.coming_of_age import ComingOfAge
from service.guardians.disputes import Disputes
from service.guardians.flows import GuardianFlows
from service.guardians.policy_changes import PolicyChanges
from service.guardians.registration_answers import RegistrationAnswers
from service.guardians.resending import Resending
from service.guardians.timers import ConsentTimers
from service.minors.appeals import Appeals
from service.minors.flows import MinorFlows
from service.minors.reviews import Reviews
from service.parts.accounts import AccountParts
from service.parts.consent import Asking, ConsentParts
from service.parts.ground import Ground
from service.parts.verifying import join_verifying
from service.registration.progress import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianParts:
    """Everything guardians do, and what is done because of them."""

    flows: GuardianFlows
    sign_ins: GuardianSignIns
    disputes: Disputes
    bounces: Bounces
    minors: MinorFlows
    appeals: Appeals
    timers: ConsentTimers
    coming_of_age: ComingOfAge
    policy_changes: PolicyChanges


def join_guardians(
    ground: Ground,
    *,
    accounts: AccountParts,
    asking: Asking,
    consent: ConsentParts,
    waiting: Progress,
) -> GuardianParts:
    """Join what guardians do; *waiting* is who has registered and waits for them."""
    reviews = _reviews(ground, accounts=accounts, consent=consent)
    answers = RegistrationAnswers(
        waiting=waiting,
        requests=asking.requests,
        guardians=asking.people,
        held=accounts.held,
        consents=consent.consents,
        messages=ground.messages,
        outbox=ground.outbox,
    )
    return GuardianParts(
        flows=_flows(
            ground, accounts=accounts, asking=asking, consent=consent, answers=answers
        ),
        sign_ins=GuardianSignIns(
            base_url=ground.base_url,
            pool=ground.pool,
            clock=ground.clock,
            guardians=asking.people,
        ),
        disputes=Disputes(
            pool=ground.pool,
            clock=ground.clock,
            held=accounts.held,
            consents=consent.consents,
            second=consent.second,
            outbox=ground.outbox,
        ),
        bounces=Bounces(
            pool=ground.pool,
            clock=ground.clock,
            waiting=waiting,
            held=accounts.held,
            messages=ground.messages,
            outbox=ground.outbox,
        ),
        minors=_minors(ground, accounts=accounts, asking=asking, reviews=reviews),
        appeals=Appeals(
            pool=ground.pool,
            clock=ground.clock,
            held=accounts.held,
            reviews=reviews,
            outbox=ground.outbox,
        ),
        timers=_timers(
            ground, accounts=accounts, asking=asking, consent=consent, answers=answers
        ),
        coming_of_age=ComingOfAge(
            pool=ground.pool,
            clock=ground.clock,
            accounts=accounts.held,
            guardians=asking.people,
            requests=asking.of_accounts,
        ),
        policy_changes=PolicyChanges(
            pool=ground.pool,
            clock=ground.clock,
            profiles=ground.profiles,
            accounts=accounts.held,
            guardians=asking.people,
            consents=consent.consents,
            requests=asking.of_accounts,
        ),
    )


def _flows(
    ground: Ground,
    *,
    accounts: AccountParts,
    asking: Asking,
    consent: ConsentParts,
    answers: RegistrationAnswers,
) -> GuardianFlows:
    of_accounts = AccountAnswers(
        accounts=accounts.flows,
        held=accounts.held,
        guardians=asking.people,
        consents=consent.consents,
        outbox=ground.outbox,
    )
    verifying = join_verifying(
        ground,
        accounts=accounts,
        asking=asking,
        consent=consent,
        of_registrations=answers,
        of_accounts=of_accounts,
    )
    return GuardianFlows(
        pool=ground.pool,
        clock=ground.clock,
        asked=verifying.requests,
        requests=asking.requests,
        guardians=asking.people,
        adults=verifying.adults,
        of_registrations=answers,
        of_accounts=of_accounts,
        verifying=verifying,
        browsers=Browsers(messages=ground.messages),
        resending=Resending(
            base_url=ground.base_url,
            requests=asking.requests,
            messages=ground.messages,
        ),
    )


def _reviews(
    ground: Ground, *, accounts: AccountParts, consent: ConsentParts
) -> Reviews:
    return Reviews(
        base_url=ground.base_url,
        held=accounts.held,
        consents=consent.consents,
        disqualified=consent.disqualified,
        outbox=ground.outbox,
    )


def _minors(
    ground: Ground, *, accounts: AccountParts, asking: Asking, reviews: Reviews
) -> MinorFlows:
    return MinorFlows(
        pool=ground.pool,
        clock=ground.clock,
        accounts=accounts.flows,
        held=accounts.held,
        decisions=ground.decisions,
        requests=asking.of_accounts,
        reviews=reviews,
    )


def _timers(
    ground: Ground,
    *,
    accounts: AccountParts,
    asking: Asking,
    consent: ConsentParts,
    answers: RegistrationAnswers,
) -> ConsentTimers:
    return ConsentTimers(
        pool=ground.pool,
        clock=ground.clock,
        base_url=ground.base_url,
        waiting=answers.waiting,
        accounts=accounts.held,
        guardians=asking.people,
        consents=consent.consents,
        granted=consent.granted,
        registrations=answers,
        messages=ground.messages,
    )
