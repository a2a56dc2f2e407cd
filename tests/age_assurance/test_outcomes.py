"""What a provider says at its own door: once, never twice for the same proof."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta

import pytest

from service.age_assurance.metrics import REPLAYED
from service.age_assurance.providers import Outcome, ProofId
from service.kit.database import Pool
from service.kit.ids import new_id
from service.worker import sweep
from tests.support.clock import StoppedClock
from tests.support.families import a_family
from tests.support.invariants import broken
from tests.support.operators import SHIPPED, running_for
from tests.support.service import SANDBOX, Applicant, Service
from tests.support.verifying import (
    OTHER,
    TOKEN,
    TOKENS,
    bearer,
    operator,
    revoke,
    say,
)
from tests.support.wards import Ward

DIGEST = "7Jm0ZQ3rY1dKpVtC2b9xWg"
ADA = "ada@example.org"


@pytest.fixture
async def service(pool: Pool, clock: StoppedClock) -> AsyncGenerator[Service]:
    platform = replace(SHIPPED["platform"], age_proof_provider=SANDBOX)
    async with running_for(
        pool, clock, operator(), platform, service_tokens=TOKENS
    ) as one:
        yield one


async def an_applicant(service: Service, email: str = ADA) -> Applicant:
    begun = await service.register("platform", email=email, date_of_birth="1990-05-17")
    await begun.confirm(email)
    response = await begun.post("age-proofs", method="document")
    assert response.status == 202
    return begun


async def a_verified_ward(service: Service, username: str = "kim") -> Ward:
    family = await a_family(service, username=username)
    response = await family.answer("give", method="document", purposes=["biometrics"])
    assert response.status == 202
    assert await say(service, service.sandbox.latest, Outcome.OVER) == 204
    mailbox = await service.send_messages()
    return Ward(service, family, mailbox.link_for(family.guardian))


async def replays() -> float:
    return sum(
        sample.value
        for metric in REPLAYED.collect()
        for sample in metric.samples
        if sample.name.endswith("_total")
    )


async def test_only_the_provider_says_what_it_found(service: Service) -> None:
    await an_applicant(service)
    path = f"/v1/age-proofs/{service.sandbox.latest}/outcomes"
    codes = []
    for headers in ({}, bearer(OTHER), bearer(TOKEN)):
        body = {"outcome": "over"}
        response = await service.client.post(path, json=body, headers=headers)
        codes.append(response.status)
    assert codes == [401, 403, 204]
    assert await revoke(service, service.sandbox.latest, OTHER) == 403
    unknown = ProofId(new_id(service.clock.now()))
    assert await say(service, unknown, Outcome.OVER) == 404
    wrong = await service.post(path, {"outcome": "revoked"}, token=TOKEN)
    assert wrong.status == 422
    wrong = await service.post(
        "/v1/age-proofs/x/outcomes", {"outcome": "over"}, token=TOKEN
    )
    assert wrong.status == 404


async def test_saying_it_again_changes_nothing(service: Service) -> None:
    applicant = await an_applicant(service)
    proof_id = service.sandbox.latest

    said = [await say(service, proof_id, Outcome.OVER, digest=DIGEST) for _ in "123"]
    other = await say(service, proof_id, Outcome.UNDER)

    assert (said, other) == ([204, 204, 204], 409)
    assert (await applicant.look())["state"] == "completed"
    assert await service.count("account") == 1


async def test_a_hundred_times_at_once_it_is_said_once(service: Service) -> None:
    await an_applicant(service)
    proof_id = service.sandbox.latest

    said = await asyncio.gather(
        *(say(service, proof_id, Outcome.OVER) for _ in range(100))
    )

    assert {*said} == {204}
    events = await service.events()
    assert events.count("age.proof_accepted") == events.count("account.opened") == 1


async def test_a_proof_counts_for_one_person(service: Service) -> None:
    await an_applicant(service)
    assert (
        await say(service, service.sandbox.latest, Outcome.OVER, digest=DIGEST) == 204
    )
    second = await an_applicant(service, "bo@example.org")
    before = await replays()

    said = await say(service, service.sandbox.latest, Outcome.OVER, digest=DIGEST)

    assert said == 409
    assert (await second.look())["state"] == "ask_proof"
    assert await replays() == before + 1
    kept = await service.pool.fetchrow("SELECT * FROM age_proof_digest")
    assert kept is not None
    assert kept["replays"] == 1
    assert DIGEST.encode() not in kept["digest_hash"]
    family = await a_family(service)
    await family.answer("give", method="card")
    assert (
        await say(service, service.sandbox.latest, Outcome.OVER, digest=DIGEST) == 409
    )
    assert (await family.child.look())["state"] == "awaiting_guardian"


async def test_of_a_hundred_people_with_one_proof_one_gets_in(
    service: Service,
) -> None:
    proofs = []
    for number in range(20):
        await an_applicant(service, f"ada-{number}@example.org")
        proofs.append(service.sandbox.latest)

    said = Counter(
        await asyncio.gather(
            *(
                say(service, proof_id, Outcome.OVER, digest=DIGEST)
                for proof_id in proofs
                for _ in range(5)
            )
        )
    )

    assert await service.count("account") == 1
    assert said == {204: 5, 409: 95}


async def test_an_account_whose_proof_is_revoked_is_reviewed(service: Service) -> None:
    applicant = await an_applicant(service)
    proof_id = service.sandbox.latest
    assert await revoke(service, proof_id) == 404
    await say(service, proof_id, Outcome.OVER)

    assert [await revoke(service, proof_id) for _ in "12"] == [204, 204]

    row = await service.pool.fetchrow("SELECT state, suspended_for FROM account")
    assert row is not None
    assert tuple(row) == ("suspended", "age_review")
    events = await service.events(applicant.id)
    assert events.count("age.assurance_revoked") == 1
    assert "account.suspended" in events
    assert await say(service, proof_id, Outcome.OVER) == 409


async def test_a_guardian_whose_proof_is_revoked_granted_nothing(
    service: Service,
) -> None:
    first = await a_verified_ward(service)
    proof_id = service.sandbox.latest
    second = await a_verified_ward(service, "ada")

    assert [await revoke(service, proof_id) for _ in "12"] == [204, 204]

    for ward in (first, second):
        assert (await ward.account())["suspended_for"] == "consent"
        grants = await ward.grants()
        assert {states[-1] for states in grants.values()} == {"invalidated"}
        assert len(await ward.told("consent.invalidated")) == 1
    family = await a_family(service, username="bobby")
    response = await family.answer("give")
    assert (await response.json())["code"] == "guardian_must_be_adult"
    assert await broken(service.pool) == []


async def test_what_nobody_rests_on_is_not_revoked(service: Service) -> None:
    await an_applicant(service)
    await say(service, service.sandbox.latest, Outcome.INCONCLUSIVE)

    assert await revoke(service, service.sandbox.latest) == 409


async def test_what_was_said_is_forgotten_in_time(service: Service) -> None:
    await an_applicant(service)
    await say(service, service.sandbox.latest, Outcome.INCONCLUSIVE, digest=DIGEST)
    await a_verified_ward(service)
    assert await service.count("age_proof_result") == 2

    service.clock.advance(timedelta(days=31))
    await sweep(service.parts)
    assert await service.count("age_proof_result") == 1
    assert await service.count("age_proof_digest") == 1
    service.clock.advance(timedelta(days=366))
    await sweep(service.parts)
    assert await service.count("age_proof_digest") == 0
