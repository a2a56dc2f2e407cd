"""Who guardians are: what is verified before their yes counts, and by whom."""

from service.age_assurance.guardian_proofs import GuardianProofs
from service.consent_forms.papers import FormVerifier
from service.domain.consent_methods import PROVIDED, Method
from service.guardians.account_answers import AccountAnswers
from service.guardians.adults import Adults
from service.guardians.finding import AskedRequests
from service.guardians.registration_answers import RegistrationAnswers
from service.guardians.verifying import Verifying
from service.parts.accounts import AccountParts
from service.parts.consent import Asking, ConsentParts
from service.parts.ground import Ground


def join_verifying(
    ground: Ground,
    *,
    accounts: AccountParts,
    asking: Asking,
    consent: ConsentParts,
    of_registrations: RegistrationAnswers,
    of_accounts: AccountAnswers,
) -> Verifying:
    """Join what waits for a verdict, with everybody who can give one."""
    proofs = GuardianProofs(
        base_url=ground.base_url,
        pool=ground.pool,
        providers=ground.given.providers,
        decisions=ground.decisions,
    )
    return Verifying(
        pool=ground.pool,
        verifiers={
            **dict.fromkeys(PROVIDED, proofs),
            Method.SIGNED_FORM: FormVerifier(base_url=ground.base_url),
        },
        requests=AskedRequests(
            waiting=of_registrations.waiting,
            held=accounts.held,
            guardians=asking.people,
        ),
        of_registrations=of_registrations,
        of_accounts=of_accounts,
        adults=Adults(
            accounts=accounts.flows,
            guardians=asking.people,
            requests=asking.requests,
            disqualified=consent.disqualified,
        ),
        says=consent.says,
        outbox=ground.outbox,
    )
