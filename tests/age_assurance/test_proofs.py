"""Proving an age: what a provider says decides, and only that."""

import pytest

from service.age_assurance.providers import Outcome
from service.domain.refusals import ProofUnknown
from service.domain.registration import PROOF_TRIES, State
from tests.support.service import Applicant, Service

BORN = "1990-05-17"
EMAIL = "ada@example.org"


@pytest.fixture
async def applicant(service: Service) -> Applicant:
    """Somebody at the platform whose age is to be proven."""
    begun = await service.register("platform", email=EMAIL, date_of_birth=BORN)
    await begun.confirm(EMAIL)
    return begun


async def begin(applicant: Applicant, method: str = "document") -> None:
    response = await applicant.post("age-proofs", method=method)
    assert response.status == 202, await response.text()


async def test_a_proven_age_opens_the_account(
    service: Service, applicant: Applicant
) -> None:
    await begin(applicant)

    state = await service.parts.proof_outcomes.take(
        service.sandbox.latest, Outcome.OVER
    )

    assert state is State.COMPLETED
    row = await service.pool.fetchrow("SELECT decision, method FROM age_decision")
    assert row is not None
    assert tuple(row) == ("admit", "document")


async def test_proven_too_young_everything_is_gone_at_once(
    service: Service, applicant: Applicant
) -> None:
    await begin(applicant)

    state = await service.parts.proof_outcomes.take(
        service.sandbox.latest, Outcome.UNDER
    )

    assert state is State.ENDED
    assert await service.count("registration") == 0
    assert await service.count("subject_key") == 0
    again = await service.post(
        "/v1/apps/platform/registrations",
        {
            "email": EMAIL,
            "date_of_birth": BORN,
            "password": "violin harbour 27 umbrellas",
            "policy_version": service.policy_version("platform"),
        },
    )
    assert again.status == 403  # the address was theirs, and is locked for a day


async def test_a_second_proof_does_not_undo_the_first(
    service: Service, applicant: Applicant
) -> None:
    await begin(applicant)
    first = service.sandbox.latest
    await begin(applicant, "card")

    state = await service.parts.proof_outcomes.take(first, Outcome.UNDER)

    assert state is State.ENDED
    with pytest.raises(ProofUnknown):
        await service.parts.proof_outcomes.take(service.sandbox.latest, Outcome.OVER)


async def test_a_proof_that_was_given_up_opens_nothing(
    service: Service, applicant: Applicant
) -> None:
    await begin(applicant)
    first = service.sandbox.latest
    await begin(applicant, "card")

    with pytest.raises(ProofUnknown):
        await service.parts.proof_outcomes.take(first, Outcome.OVER)
    assert (await applicant.look())["state"] == "awaiting_proof"


async def test_a_proof_says_no_more_than_it_was_asked(
    service: Service, applicant: Applicant
) -> None:
    await begin(applicant)
    await service.pool.execute("UPDATE age_proof SET threshold = 17")

    await service.parts.proof_outcomes.take(service.sandbox.latest, Outcome.OVER)

    assert (await applicant.look())["state"] == "ask_proof"
    assert await service.count("account") == 0


async def test_after_a_few_tries_it_is_over(
    service: Service, applicant: Applicant
) -> None:
    for left in reversed(range(PROOF_TRIES)):
        await begin(applicant)
        state = await service.parts.proof_outcomes.take(
            service.sandbox.latest, Outcome.INCONCLUSIVE
        )
        assert state is (State.ASK_PROOF if left else State.ENDED)


async def test_tries_that_were_begun_count_too(
    service: Service, applicant: Applicant
) -> None:
    for _ in range(PROOF_TRIES):
        await begin(applicant)

    response = await applicant.post("age-proofs", method="card")

    assert (response.status, (await response.json())["code"]) == (409, "proofs_used_up")


async def test_a_provider_out_of_reach_costs_no_try(
    service: Service, applicant: Applicant
) -> None:
    service.sandbox.error = OSError("out of reach")
    for _ in range(PROOF_TRIES + 1):
        response = await applicant.post("age-proofs", method="document")
        assert response.status == 503
    assert (await applicant.look())["state"] == "ask_proof"

    service.sandbox.error = None
    await begin(applicant)


async def test_a_method_that_the_operator_does_not_take_is_refused(
    service: Service, applicant: Applicant
) -> None:
    response = await applicant.post("age-proofs", method="wallet")

    assert (await response.json())["code"] == "proof_method_unknown"
    assert await service.count("age_proof") == 0


async def test_a_proof_that_nobody_began_is_unknown(service: Service) -> None:
    begun = await service.register("platform", email=EMAIL, date_of_birth=BORN)

    early = await begun.post("age-proofs", method="document")

    assert (await early.json())["code"] == "step_not_due"  # the contact comes first
