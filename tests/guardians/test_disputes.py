"""Guardians who disagree: nothing new is granted until an operator has decided."""

from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from service.domain.disputes import Dispute, Outcome
from service.domain.refusals import DisputeUnknown, SecondOperatorNeeded
from service.kit.database import Pool
from tests.support.clock import StoppedClock
from tests.support.couples import DAD, Couple, a_couple
from tests.support.families import GUARDIAN
from tests.support.operators import SHIPPED, running_for
from tests.support.service import Service

ESSENTIAL = {"account", "protection"}
EVERYTHING = ESSENTIAL | {"improvement"}


@pytest.fixture
async def couple(service: Service) -> Couple:
    """Two guardians, of whom one has stopped a purpose and the other complains."""
    return await a_quarrel(service)


async def a_quarrel(service: Service) -> Couple:
    couple = await a_couple(service)
    await couple.mum.withdraw("improvement")
    await dispute(couple)
    return couple


async def dispute(couple: Couple) -> None:
    body = {"link_token": couple.dad.link}
    response = await couple.service.post("/v1/consents/dispute", body)
    assert response.status == 202, await response.text()


async def case(service: Service) -> Dispute:
    (one,) = await service.parts.disputes.every()
    return one


async def resolve(
    service: Service, outcome: Outcome, operator: str = "kim", reason: str = "court"
) -> bool:
    disputes, one = service.parts.disputes, await case(service)
    return await disputes.resolve(
        one.dispute_id, outcome, operator=operator, reason=reason
    )


async def test_a_dispute_freezes_what_is_new_and_nothing_else(
    service: Service, couple: Couple
) -> None:
    assert (await case(service)).account_id == couple.mum.account_id
    asked = await couple.mum.ask_anew()
    given = await asked.answer("give", purposes=["improvement"])
    assert given.status == 409
    assert (await given.json())["code"] == "consent_disputed"
    assert await couple.on() == ESSENTIAL
    invited = await service.post(
        "/v1/consents/invite",
        {
            "link_token": couple.mum.link,
            "guardian_email": "aunt@example.org",
            "relation": "other",
        },
    )
    assert (await invited.json())["code"] == "consent_disputed"

    await couple.dad.withdraw("account")
    assert (await couple.mum.account())["state"] == "suspended"


async def test_both_are_told_and_the_operator_once(
    service: Service, couple: Couple
) -> None:
    await dispute(couple)

    await case(service)
    assert len(await couple.mum.told("consent.dispute_opened")) == 1
    mailbox = await service.send_messages()
    for address in (GUARDIAN, DAD):
        assert sum("do not agree" in one for one in mailbox.to(address)) == 1


async def test_what_was_stopped_stays_off(service: Service, couple: Couple) -> None:
    assert await resolve(service, Outcome.STAND)

    assert await couple.on() == ESSENTIAL
    assert await service.parts.disputes.every() == []
    asked = await couple.mum.ask_anew()
    assert (await asked.answer("give", purposes=["improvement"])).status == 200
    assert await couple.on() == EVERYTHING


async def test_or_counts_as_never_stopped(service: Service, couple: Couple) -> None:
    assert await resolve(service, Outcome.RESTORE)

    assert await couple.on() == EVERYTHING
    (resolved,) = await couple.mum.told("consent.dispute_resolved")
    assert resolved["after"] == "restore"
    (joined,) = await couple.mum.told("consent.joined")
    assert joined["purposes"] == ["improvement"]
    mailbox = await service.send_messages()
    for address in (GUARDIAN, DAD):
        assert "has decided" in mailbox.to(address)[-1]


async def test_an_account_that_was_suspended_goes_on(service: Service) -> None:
    couple = await a_couple(service)
    await couple.mum.withdraw()
    await dispute(couple)

    await resolve(service, Outcome.RESTORE)

    assert (await couple.mum.account())["state"] == "active"


async def test_who_decided_and_why_is_written_down(
    service: Service, couple: Couple
) -> None:
    await resolve(service, Outcome.STAND, operator="kim", reason="court order")

    row = await service.pool.fetchrow(
        "SELECT actor, detail FROM audit_entry"
        " WHERE action = 'consent.dispute_resolved' AND subject_id = $1",
        couple.mum.account_id,
    )
    assert row is not None
    assert row["actor"] == "operator"
    assert "court order" in row["detail"]
    assert "kim" in row["detail"]


async def test_a_case_is_decided_once(service: Service, couple: Couple) -> None:
    one = await case(service)
    await resolve(service, Outcome.STAND)
    with pytest.raises(DisputeUnknown):
        await service.parts.disputes.resolve(
            one.dispute_id, Outcome.RESTORE, operator="lee", reason="late"
        )


@pytest.fixture
async def strict(pool: Pool, clock: StoppedClock) -> AsyncGenerator[Service]:
    """The service of an operator that lets two people decide."""
    profile = SHIPPED["terra-maestro"]
    rules = replace(profile.consent, two_person_review=True)
    async with running_for(pool, clock, replace(profile, consent=rules)) as one:
        yield one


async def test_two_people_decide_where_the_profile_says_so(strict: Service) -> None:
    couple = await a_quarrel(strict)

    assert not await resolve(strict, Outcome.RESTORE, "kim")
    assert await couple.on() == ESSENTIAL
    with pytest.raises(SecondOperatorNeeded):
        await resolve(strict, Outcome.RESTORE, " KIM ")
    assert not await resolve(strict, Outcome.STAND, "lee")  # they do not agree
    assert not await resolve(strict, Outcome.RESTORE, "kim")
    assert await resolve(strict, Outcome.RESTORE, "lee")

    assert await couple.on() == EVERYTHING
