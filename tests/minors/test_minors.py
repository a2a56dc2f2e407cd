"""Minors who are found later: reported by anybody, frozen, and judged."""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from service.age_assurance.providers import Outcome
from service.domain.accounts import AccountId
from service.domain.birthdays import BirthDate
from service.domain.consent import Relation
from service.domain.consent_rules import ConsentRules, MinorFound
from service.domain.decisions import DecisionKind
from service.domain.guardian_contacts import by_email
from service.domain.refusals import (
    AccountUnknown,
    GuardianIsApplicant,
    StepNotDue,
)
from service.kit.database import Pool
from tests.support.clock import StoppedClock
from tests.support.families import GUARDIAN
from tests.support.invariants import broken
from tests.support.operators import SHIPPED, running_for
from tests.support.service import Json, Service
from tests.support.wards import a_ward, pass_time

ADULT = {"date_of_birth": "1990-05-17"}
EMAIL = "ada@example.org"
CHILD, GROWN = BirthDate(2015, 8, 19), BirthDate(1990, 5, 17)
REVIEW = timedelta(days=14)
SECOND = timedelta(seconds=1)


async def an_adult(service: Service) -> AccountId:
    """Return the account of somebody who said to be an adult."""
    person = await service.register("plain", **ADULT, email=EMAIL)
    await person.confirm(EMAIL)
    return AccountId(UUID(person.id))


async def a_proven_adult(service: Service) -> AccountId:
    person = await service.register("platform", **ADULT, email=EMAIL)
    await person.confirm(EMAIL)
    assert (await person.post("age-proofs", method="card")).status == 202
    await service.parts.proof_outcomes.take(service.sandbox.latest, Outcome.OVER)
    return AccountId(UUID(person.id))


async def report(service: Service, identifier: str, app: str = "plain") -> Json:
    path = f"/v1/apps/{app}/minor-reports"
    response = await service.post(path, {"identifier": identifier})
    return response.status, await response.json()


async def account(service: Service, account_id: AccountId) -> Json:
    row = await service.pool.fetchrow(
        "SELECT * FROM account WHERE account_id = $1", account_id
    )
    return row and dict(row)


async def test_a_reported_account_is_frozen_and_its_holder_is_told(
    service: Service,
) -> None:
    account_id = await an_adult(service)

    assert await report(service, " ADA@example.org ") == (202, {"state": "received"})
    await pass_time(service)

    held = await account(service, account_id)
    assert (held["state"], held["suspended_for"]) == ("suspended", "age_review")
    letter = (await service.send_messages()).to(EMAIL)[-1]
    profile = service.parts.given.profiles["plain"]
    assert profile.contact.appeals in letter
    assert "in 14 days" in letter
    events = await service.events(str(account_id))
    assert events[-1] == "account.suspended"
    assert await service.count("minor_report") == 0


async def test_a_report_tells_nobody_whether_there_is_such_an_account(
    service: Service,
) -> None:
    account_id = await an_adult(service)
    known = await report(service, EMAIL)
    written = await service.pool.fetchval("SELECT count(*) FROM minor_report")
    unknown = await report(service, "nobody@example.org")

    assert known == unknown
    assert await service.count("minor_report") == written + 1
    assert (await account(service, account_id))["state"] == "active"
    await pass_time(service)
    assert await service.count("minor_report") == 0


async def test_a_strangers_word_does_not_stand_against_a_proof(
    service: Service,
) -> None:
    account_id = await a_proven_adult(service)

    await report(service, EMAIL, "platform")
    await pass_time(service)

    assert (await account(service, account_id))["state"] == "active"
    why = await service.pool.fetchval(
        "SELECT detail->>'reason' FROM audit_entry WHERE action = 'age.reported'"
    )
    assert why == "set aside: the age is known"
    assert await service.parts.minors.freeze(account_id, "a call from a parent")
    assert (await account(service, account_id))["suspended_for"] == "age_review"


async def test_a_child_with_a_guardian_is_left_in_peace(service: Service) -> None:
    ward = await a_ward(service)

    await report(service, "little-kim", "terra-maestro")
    await pass_time(service)

    assert (await ward.account())["state"] == "active"


async def test_a_hundred_workers_freeze_once(service: Service) -> None:
    account_id = await an_adult(service)
    for _ in range(5):
        await report(service, EMAIL)

    step = service.parts.minors.step
    done = await asyncio.gather(*(step() for _ in range(100)))

    assert sum(done) == 1
    assert (await service.events(str(account_id))).count("account.suspended") == 1


async def test_nobody_appeals_and_it_is_erased(service: Service) -> None:
    account_id = await an_adult(service)
    await report(service, EMAIL)
    await pass_time(service)

    await pass_time(service, REVIEW - SECOND)
    assert await account(service, account_id) is not None
    await pass_time(service, SECOND)

    assert await account(service, account_id) is None
    assert (await service.events(str(account_id)))[-1] == "account.erased"


async def test_fresh_evidence_lets_it_go_on(service: Service) -> None:
    account_id = await an_adult(service)
    await service.parts.minors.freeze(account_id, "reported")

    told = await service.parts.minors.judge(account_id, GROWN, "a passport was shown")

    assert told.kind is DecisionKind.ADMIT
    assert (await account(service, account_id))["state"] == "active"
    await pass_time(service, REVIEW)
    assert await account(service, account_id) is not None
    assert await broken(service.pool) == []


async def test_who_needs_a_guardian_waits_for_one_with_nothing_on(
    service: Service,
) -> None:
    account_id = await an_adult(service)
    await service.parts.minors.freeze(account_id, "reported")

    told = await service.parts.minors.judge(account_id, CHILD, "a school's letter")

    assert told.kind is DecisionKind.ASK_GUARDIAN
    held = await account(service, account_id)
    assert (held["suspended_for"], held["age_band"]) == ("consent", "child")
    states = await service.pool.fetch("SELECT DISTINCT state FROM consent_grant")
    assert [row["state"] for row in states] == ["invalidated"]
    events = await service.events(str(account_id))
    assert "age.minor_detected" in events
    assert "consent.invalidated" in events
    await pass_time(service, timedelta(days=30))
    assert await account(service, account_id) is None


async def test_a_guardian_who_is_named_brings_the_account_back(
    service: Service,
) -> None:
    account_id = await an_adult(service)
    minors = service.parts.minors
    with pytest.raises(StepNotDue):
        await minors.ask_guardian(account_id, by_email(GUARDIAN), Relation.PARENT, "en")
    await minors.freeze(account_id, "reported")
    await minors.judge(account_id, CHILD, "a school's letter")
    with pytest.raises(GuardianIsApplicant):
        await minors.ask_guardian(
            account_id, by_email("ada+mum@example.org"), Relation.PARENT, "en"
        )

    await minors.ask_guardian(account_id, by_email(GUARDIAN), Relation.PARENT, "en")

    letter, code = (await service.send_messages()).to(GUARDIAN)
    found = re.search(r"/guardian/([\w-]{43})", letter)
    digits = re.search(r"\b[0-9]{6}\b", code)
    assert found is not None
    assert digits is not None
    body = {
        "link_token": found[1],
        "answer": "give",
        "adult": True,
        "match_code": digits[0],
    }
    response = await service.post("/v1/consent-requests/answer", body)
    assert response.status == 200, await response.text()
    held = await account(service, account_id)
    assert (held["state"], held["age_band"]) == ("active", "child")
    assert await service.count("guardianship") == 1
    assert await broken(service.pool) == []


@pytest.mark.parametrize("found", MinorFound)
async def test_where_only_adults_may_a_minor_is_erased_as_the_profile_says(
    pool: Pool, clock: StoppedClock, found: MinorFound
) -> None:
    profile = replace(
        SHIPPED["platform"],
        consent=ConsentRules(minor_found=found),
        age_proof_provider="sandbox",
    )
    async with running_for(pool, clock, profile) as service:
        account_id = await a_proven_adult(service)

        told = await service.parts.minors.judge(account_id, CHILD, "a parent's call")

        assert told.kind is DecisionKind.TURN_AWAY
        at_once = found is MinorFound.ERASE
        assert (await account(service, account_id) is None) is at_once
        await pass_time(service, REVIEW)
        assert await account(service, account_id) is None
        assert (await service.events(str(account_id)))[-1] == "account.erased"


async def test_a_minor_who_consented_for_another_child_consented_for_nobody(
    service: Service,
) -> None:
    account_id = await an_adult(service)
    ward = await a_ward(service, "plain", purposes=(), guardian=EMAIL)
    assert (await ward.account())["state"] == "active"
    await service.parts.minors.freeze(account_id, "reported")

    await service.parts.minors.judge(account_id, CHILD, "a school's letter")

    assert {one[-1] for one in (await ward.grants()).values()} == {"invalidated"}
    assert (await ward.account())["suspended_for"] == "consent"
    (told,) = await ward.told("consent.invalidated")
    assert told["cause"] == "guardian_barred"


async def test_who_is_not_there_is_not_judged(service: Service) -> None:
    with pytest.raises(AccountUnknown):
        await service.parts.minors.judge(AccountId(uuid4()), CHILD, "nobody")
