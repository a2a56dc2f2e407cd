"""Moving to another country: stricter at once, looser after a while, never both."""

import asyncio
from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest

from service.age_assurance.providers import Outcome
from service.domain.accounts import AccountId
from service.domain.decisions import DecisionKind
from service.domain.refusals import AccountUnknown
from tests.support.clock import StoppedClock
from tests.support.invariants import broken
from tests.support.members import Member, SignedIn
from tests.support.service import Json, Service
from tests.support.signed_in import sign_in as guardian_signs_in
from tests.support.wards import Ward, a_ward, pass_time

COUNTRY = "/v1/account/country"
WAIT, SECOND = timedelta(days=90), timedelta(seconds=1)
EMAIL = "ada@example.org"
OF_15 = "2011-05-17"
"""On 22 November 2026: decides alone in China (14), not in Germany (16)."""


async def somebody(
    service: Service, country: str, born: str = OF_15, app: str = "plain"
) -> Member:
    answer = {"date_of_birth": born, "country": country}
    person = await service.register(app, **answer, email=EMAIL)
    await person.confirm(EMAIL)
    return Member(service, person.id, EMAIL, app)


async def move(session: SignedIn, country: str) -> tuple[int, Json]:
    response = await session.put(COUNTRY, country=country)
    return response.status, await response.json()


async def account(service: Service, account_id: object) -> Json:
    row = await service.pool.fetchrow(
        "SELECT account.*, decision FROM account"
        " JOIN age_decision ON decision_id = age_decision_id WHERE account_id = $1",
        account_id,
    )
    return row and dict(row)


async def test_stricter_law_applies_at_once(service: Service) -> None:
    member = await somebody(service, "CN")
    status, told = await move(await member.sign_in(), "DE")

    assert (status, told["country"], told["waits_for"]) == (200, "DE", None)
    held = await account(service, member.account_id)
    assert (held["decision"], held["age_band"]) == ("ask_guardian", "child")
    assert held["suspended_for"] == "consent"
    events = await service.events(member.id)
    after = events[events.index("account.moved") :]
    assert {"consent.invalidated", "account.suspended"} <= {*after}
    letters = (await service.send_messages()).to(EMAIL)
    assert any("another country" in one for one in letters)
    assert await broken(service.pool) == []


async def test_looser_law_applies_after_a_while(
    service: Service, clock: StoppedClock
) -> None:
    member = await somebody(service, "DE", "1990-05-17")
    status, told = await move(await member.sign_in(), "CN")

    assert (status, told["country"], told["waits_for"]) == (200, "DE", "CN")
    clock.advance(WAIT / 2)
    again = await move(await member.sign_in(), "CN")
    assert again[1]["moves_at"] == told["moves_at"]  # asking again begins no new wait
    await pass_time(service, WAIT / 2 - SECOND)
    assert (await account(service, member.account_id))["country"] == "DE"
    clock.advance(SECOND)
    made = await asyncio.gather(*(service.parts.moves.step() for _ in range(10)))

    assert sum(made) == 1
    held = await account(service, member.account_id)
    assert (held["country"], held["state"]) == ("CN", "active")
    assert (await service.events(member.id)).count("account.moved") == 1
    assert await broken(service.pool) == []


async def test_going_back_and_forth_gains_nothing(service: Service) -> None:
    member = await somebody(service, "DE", "1990-05-17")
    session = await member.sign_in()
    await move(session, "CN")
    assert (await move(session, "DE"))[1]["waits_for"] is None  # called off
    await pass_time(service, WAIT)
    assert (await account(service, member.account_id))["country"] == "DE"

    session = await member.sign_in()
    before = (await move(session, "CN"))[1]["moves_at"]
    await move(session, "AT")
    after = (await move(session, "CN"))[1]["moves_at"]
    assert after >= before


async def test_a_child_is_moved_by_its_guardian_alone(service: Service) -> None:
    ward = await a_ward(service, "plain", country="CN", date_of_birth="2015-08-19")
    child = Member(service, ward.family.child.id, "little-kim", "plain")
    refused = await (await child.sign_in()).put(COUNTRY, country="DE")
    assert (await refused.json())["code"] == "guardian_decides"
    guardian = await guardian_signs_in(service, app="plain")

    response = await _by_guardian(service, guardian.token, ward, "FR")

    assert response == (200, "FR")
    held = await account(service, ward.account_id)
    assert held["decision"] == "ask_guardian"
    # The law of France wants the child's own yes as well.
    assert "waiting" in {
        state for one in (await ward.grants()).values() for state in one
    }
    assert await broken(service.pool) == []


async def _by_guardian(
    service: Service, token: str, ward: Ward, country: str
) -> tuple[int, str]:
    response = await service.client.put(
        f"/v1/guardian/children/{ward.account_id}/country",
        json={"country": country},
        headers={"Authorization": f"Bearer {token}"},
    )
    return response.status, (await response.json()).get("country")


async def test_evidence_frees_who_decides_alone_there(service: Service) -> None:
    ward = await a_ward(service, "plain", country="DE", date_of_birth=OF_15)
    moves = service.parts.moves

    waits = await moves.by_operator(ward.account_id, "CN", "says so", evidence=False)
    assert waits.waiting is not None
    place = await moves.by_operator(ward.account_id, "CN", "a bill", evidence=True)

    assert (place.country, place.waiting) == ("CN", None)
    held = await account(service, ward.account_id)
    assert (held["decision"], held["own_word_due"]) == ("admit", True)
    assert held["state"] == "active"
    assert await broken(service.pool) == []
    await pass_time(service, WAIT)
    assert (await account(service, ward.account_id))["country"] == "CN"


async def test_who_must_prove_an_age_there_is_under_review(service: Service) -> None:
    person = await service.register(
        "platform", date_of_birth="1990-05-17", country="DE", email=EMAIL
    )
    await person.confirm(EMAIL)
    await person.post("age-proofs", method="card")
    await service.parts.proof_outcomes.take(service.sandbox.latest, Outcome.OVER)
    member = Member(service, person.id, EMAIL, "platform")

    await move(await member.sign_in(), "TH")  # 20, and 18 was proven

    held = await account(service, member.account_id)
    assert (held["country"], held["suspended_for"]) == ("TH", "age_review")
    session = await member.sign_in()
    appealed = await session.post("/v1/account/age-appeals", method="card")
    assert appealed.status == 202
    assert service.sandbox.wanted[-1].threshold == 20
    await service.parts.proof_outcomes.take(service.sandbox.latest, Outcome.OVER)
    assert (await account(service, member.account_id))["state"] == "active"
    assert await broken(service.pool) == []


async def test_a_stale_proof_of_who_one_is_moves_nobody(
    service: Service, clock: StoppedClock
) -> None:
    member = await somebody(service, "DE", "1990-05-17")
    session = await member.sign_in(kind="browser")
    clock.advance(timedelta(minutes=11))
    assert (await move(session, "CN"))[1]["code"] == "step_up_required"
    nobody, moves = AccountId(uuid4()), service.parts.moves
    with pytest.raises(AccountUnknown):
        await moves.by_operator(nobody, "CN", "nobody", evidence=True)


async def test_a_hundred_at_once_move_once(service: Service) -> None:
    member = await somebody(service, "CN", "1990-05-17")
    session = await member.sign_in()

    told = await asyncio.gather(*(move(session, "DE") for _ in range(100)))

    assert Counter(status for status, _ in told)[200] >= 1
    assert (await service.events(member.id)).count("account.moved") == 1
    held = await account(service, member.account_id)
    assert held["decision"] == DecisionKind.ADMIT


async def test_a_place_that_there_is_not(service: Service) -> None:
    member = await somebody(service, "DE", "1990-05-17")
    session = await member.sign_in()
    assert (await move(session, "XX"))[1]["code"] == "country_unknown"
    assert (await move(session, "Germany"))[1]["code"] == "fields_wrong"
