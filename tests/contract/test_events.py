"""Subscribers are told what openapi.yaml says: every event, as it is really sent."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from service.age_assurance.providers import Outcome
from service.domain.birthdays import BirthDate
from service.domain.disputes import Outcome as DisputeOutcome
from service.domain.events import EventType
from service.outbox.dispatch import Dispatcher
from service.outbox.subscribers import Subscriber
from service.outbox.transport import Delivered, Envelope
from tests.pages.journeys import with_profile
from tests.sessions.test_second_factor_resets import reset, use_up
from tests.support.contract import Json, mistakes, resolve, webhooks
from tests.support.couples import a_couple
from tests.support.families import a_child, a_family
from tests.support.holders import an_owner, complete_reset, link_to
from tests.support.members import a_member
from tests.support.refusals import bounce
from tests.support.service import BASE_URL, Applicant, Service, everything
from tests.support.verifying import operator
from tests.support.wards import a_ward, pass_time


@dataclass
class Receiver:
    """A transport to a subscriber who takes everything."""

    taken: dict[str, list[tuple[bytes, Mapping[str, str]]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    async def deliver(self, _: Subscriber, envelope: Envelope) -> Delivered:
        self.taken[envelope.type].append((envelope.body, envelope.headers))
        return Delivered(status=204)


@pytest.fixture
async def receiver(service: Service) -> Receiver:
    """A subscriber to everything, after everything has happened to somebody."""
    await _people_sign_up(service)
    await _proofs_are_revoked_and_fail(service)
    await _somebody_protects_their_account(service)
    await _somebody_gets_their_account_back(service)
    await _somebody_used_up_their_codes(service)
    await _somebody_appeals_and_moves(service)
    receiver = Receiver()
    dispatcher = Dispatcher(
        pool=service.pool,
        clock=service.clock,
        transport=receiver,
        base_url=BASE_URL,
    )
    while await dispatcher.step(everything()):
        pass
    return receiver


async def test_every_event_is_as_it_is_described(receiver: Receiver) -> None:
    assert set(receiver.taken) == set(EventType)
    for event_type, told in receiver.taken.items():
        spec = webhooks()[event_type]
        for body, headers in told:
            _check_headers(spec["parameters"], headers)
            media_type = headers["Content-Type"].partition(";")[0]
            schema = spec["requestBody"]["content"][media_type]["schema"]
            assert mistakes(schema, json.loads(body)) == "", body


async def test_no_event_tells_who_somebody_is(receiver: Receiver) -> None:
    told = b"".join(body for each in receiver.taken.values() for body, _ in each)
    for secret in (b"@", b"example.org", b"little-", b"1990-05-17", b"umbrellas"):
        assert secret not in told


def _check_headers(parameters: Json, headers: Mapping[str, str]) -> None:
    for reference in parameters:
        parameter = resolve(reference)
        assert mistakes(parameter["schema"], headers[parameter["name"]]) == ""


async def _people_sign_up(service: Service) -> None:
    """Let everything happen that a subscriber can be told of."""
    await service.check_age("platform", date_of_birth="2010-05-17")
    for answer in ("give", "refuse", "not_my_child"):
        family = await a_family(
            service, username=f"little-{answer}", guardian=f"{answer}@example.org"
        )
        assert (await family.open()).status == 200
        assert (await family.answer(answer)).status == 200
    for outcome in (Outcome.INCONCLUSIVE, Outcome.OVER):
        await _prove(service, await _adult(service, "ada@example.org"), outcome)
    await _prove(service, await _adult(service, "kid@example.org"), Outcome.UNDER)
    leaving = await _adult(service, "eve@example.org")
    await service.delete(f"/v1/registrations/{leaving.id}", token=leaving.token)

    today = service.clock.now()
    soon = today.replace(year=today.year - 14) + timedelta(days=3)
    grown = await a_child(
        service, username="nearly-grown", date_of_birth=f"{soon:%Y-%m-%d}"
    )
    await a_family(service, username="never-answered")
    service.clock.advance(timedelta(days=5))
    assert await service.parts.timers.age_up() == 1
    version = service.policy_version("terra-maestro")
    accepted = await grown.post("policy-acceptances", policy_version=version)
    assert accepted.status == 200
    service.clock.advance(timedelta(days=30))
    assert await service.parts.timers.expire() > 0
    await _consent_changes(service)


async def _consent_changes(service: Service) -> None:
    """Let everything become of consent that can."""
    parts = service.parts
    child = await a_ward(service, username="lost", guardian="lost@example.org")
    await child.withdraw("improvement")
    await child.withdraw("account")
    again = await child.ask_anew()
    assert (await again.answer("give")).status == 200
    barred = await a_ward(service, username="barred", guardian="barred@example.org")
    await parts.disqualified.bar(await barred.guardian_id(), "a minor")
    soon = service.clock.now() + timedelta(days=10)
    born = f"{soon.replace(year=soon.year - 14):%Y-%m-%d}"
    grown = await a_ward(
        service, username="grown", guardian="grown@example.org", date_of_birth=born
    )
    await pass_time(service, timedelta(days=12))
    await parts.own_word.decide(grown.account_id, [])
    couple = await a_couple(service, username="torn")
    await couple.mum.withdraw("improvement")
    body = {"link_token": couple.dad.link}
    assert (await service.post("/v1/consents/dispute", body)).status == 202
    (case,) = await parts.disputes.every()
    outcome = DisputeOutcome.RESTORE
    await parts.disputes.resolve(case.dispute_id, outcome, operator="kim", reason="x")
    nobody = await a_child(service, username="unreachable")
    await nobody.ask_guardian("nobody@example.org")
    assert await bounce(service) == 1
    lost = await a_ward(service, username="gone", guardian="gone@example.org")
    await lost.withdraw()
    await pass_time(service, timedelta(days=31))
    await pass_time(service, timedelta(days=1))
    assert await parts.obligations.step() > 0


async def _somebody_protects_their_account(service: Service) -> None:
    """Add a second factor, use a recovery code, and take the factor away."""
    member, own = (
        await a_member(service, "lin@example.org"),
        "/v1/account/authenticators",
    )
    await member.add_totp()
    other, session = await member.sign_in(), await member.sign_in()
    proof = {"method": "recovery_code", "code": member.recovery_codes[0]}
    session = await session.step_up(**proof)
    (app,) = (await (await session.get(own)).json())["totp"]
    removed = await session.delete(f"{own}/totp/{app['authenticator_id']}")
    assert removed.status == 204
    assert not await other.is_in()


async def _somebody_gets_their_account_back(service: Service) -> None:
    """Change an e-mail address and a password, and say that it was somebody else."""
    owner = await an_owner(service, email="max@example.org")
    await owner.change_email("maxine@example.org")
    assert (await owner.change_password()).status == 200
    token = await link_to(service, "max@example.org", "security")
    response = await service.post("/v1/security-reports", {"token": token})
    assert response.status == 200
    token = await link_to(service, "max@example.org", "reset")
    assert (await complete_reset(service, token)).status == 204


async def _somebody_used_up_their_codes(service: Service) -> None:
    """Let an operator give somebody another hundred tries."""
    member = await a_member(service, "ina@example.org")
    await member.add_totp()
    await use_up(member)
    assert await reset(member)


async def _somebody_appeals_and_moves(service: Service) -> None:
    """Have an age reviewed, appeal, go on, and live elsewhere from then on."""
    member = await a_member(service, "ken@example.org")
    await member.freeze()
    asked = await (await member.sign_in()).post("/v1/account/age-appeals")
    assert asked.status == 202, await asked.text()
    grown = BirthDate(1990, 5, 17)
    await service.parts.minors.judge(member.account_id, grown, "a passport")
    moved = await (await member.sign_in()).put("/v1/account/country", country="DE")
    assert moved.status == 200, await moved.text()


async def _adult(service: Service, email: str) -> Applicant:
    """Return somebody who says to be an adult, whose age is to be proven."""
    applicant = await service.register(
        "platform", date_of_birth="1990-05-17", email=email
    )
    await applicant.confirm(email)
    return applicant


async def _proofs_are_revoked_and_fail(service: Service) -> None:
    await _prove(service, await _adult(service, "late@example.org"), Outcome.OVER)
    await service.parts.proof_outcomes.revoke(service.sandbox.latest)
    profile = operator()
    with_profile(
        service.parts.given,
        profile.app,
        purposes=profile.purposes,
        consent=profile.consent,
        age_proof_provider=profile.age_proof_provider,
    )
    family = await a_family(service, username="verified")
    await family.answer("give", method="document")
    await service.parts.proof_outcomes.take(
        service.sandbox.latest, Outcome.INCONCLUSIVE
    )


async def _prove(service: Service, applicant: Applicant, outcome: Outcome) -> None:
    response = await applicant.post("age-proofs", method="card")
    assert response.status == 202
    await service.parts.proof_outcomes.take(service.sandbox.latest, outcome)
