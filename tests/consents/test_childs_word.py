"""A child's own yes and no after the sign-up, beside its guardians'."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta

import pytest

from service.domain.age_rules import Quorum
from service.kit.database import Pool
from tests.consents.test_own_word import choose, chosen, code_of, member_of
from tests.support.clock import StoppedClock
from tests.support.couples import DAD, a_couple, invite
from tests.support.families import GUARDIAN
from tests.support.invariants import broken
from tests.support.members import SignedIn, a_member
from tests.support.operators import SHIPPED, running_for
from tests.support.service import Json, Service
from tests.support.signed_in import sign_in
from tests.support.wards import a_ward

ESSENTIAL = ["account", "protection"]
YOU = {"who": "you", "number": None, "relation": None}
MUM = {"who": "guardian", "number": 1, "relation": "parent"}
ANY = {"who": "guardian", "number": None, "relation": None}


@pytest.fixture
async def here(pool: Pool, clock: StoppedClock) -> AsyncGenerator[Service]:
    """The service, where child and guardian consent together."""
    profile = SHIPPED["terra-maestro"]
    quorum = Quorum.CHILD_AND_GUARDIAN
    joint = replace(profile, age=replace(profile.age, quorum=quorum))
    async with running_for(pool, clock, joint) as one:
        yield one


async def listed(session: SignedIn) -> dict[str, Json]:
    response = await session.get("/v1/account/purposes")
    assert response.status == 200, await response.text()
    shown = (await response.json())["purposes"]
    return {one["purpose"]["id"]: one for one in shown}


async def test_a_late_yes_turns_on_what_waited_for_it(here: Service) -> None:
    ward = await a_ward(here, purposes=["improvement"])
    session = await member_of(ward).sign_in()
    before = (await listed(session))["improvement"]
    assert (before["granted"], before["own_yes"]) == (False, True)
    assert before["quorum"] == "child_and_guardian"
    assert before["waits_for"] == [YOU]
    assert [one["state"] for one in before["words"]] == ["waiting"]

    after = await chosen(session, "improvement", granted=True)

    assert (after["granted"], after["decided_by"]) == (True, "guardian")
    assert after["waits_for"] == []
    (*_, given) = await ward.told("consent.given")
    assert (given["purposes"], given["after"]) == (["improvement"], "active")
    assert (given["cause"], given["actor"]["type"]) == ("holder_decided", "holder")
    assert given["receipt_id"] is not None
    assert await broken(here.pool) == []


async def test_a_yes_before_any_guardians_waits_for_one(here: Service) -> None:
    ward = await a_ward(here, purposes=[])
    session = await member_of(ward).sign_in()

    said = await chosen(session, "improvement", granted=True)

    assert (said["granted"], said["waits_for"]) == (False, [ANY])
    (*_, given) = await ward.told("consent.given")
    assert given["after"] == "waiting"
    await (await ward.ask_anew()).answer("give", purposes=["improvement"])
    session = await session.refreshed()
    now = (await listed(session))["improvement"]
    assert now["granted"] is True
    assert {one["who"] for one in now["words"]} == {"you", "guardian"}
    assert await broken(here.pool) == []


async def test_a_child_takes_its_yes_back_and_its_guardian_is_told(
    here: Service,
) -> None:
    ward = await a_ward(here, purposes=["improvement"], childs=["improvement"])
    session = await member_of(ward).sign_in()
    letters = len((await here.send_messages()).to(GUARDIAN))

    off = await chosen(session, "improvement", granted=False)

    assert (off["granted"], off["waits_for"]) == (False, [YOU])
    assert sorted((await ward.grants())["improvement"]) == ["waiting", "withdrawn"]
    (told,) = await ward.told("consent.withdrawn")
    assert (told["purposes"], told["cause"]) == (["improvement"], "holder_withdrew")
    assert len((await here.send_messages()).to(GUARDIAN)) == letters + 1
    assert not await session.is_in()  # an older token says more than is on
    guardian = await sign_in(here)
    (child,) = await guardian.children()
    done = [(one["by"], one["action"]) for one in child["recent"]]
    assert ("holder", "consent.withdrawn") in done
    assert await broken(here.pool) == []


async def test_an_essential_yes_withdrawn_suspends_until_it_is_back(
    here: Service,
) -> None:
    ward = await a_ward(here)
    session = await member_of(ward).sign_in()

    off = await chosen(session, "account", granted=False)

    assert off["account_state"] == "suspended"
    session = await member_of(ward).sign_in()
    refused = await choose(session, "improvement", granted=True)
    assert await code_of(refused) == (422, "purposes_wrong")
    on = await chosen(session, "account", granted=True)
    assert (on["account_state"], on["granted"]) == ("active", True)
    assert await broken(here.pool) == []


async def test_what_a_guardian_stopped_waits_for_that_guardian(here: Service) -> None:
    ward = await a_ward(here, purposes=["improvement"], childs=["improvement"])
    here.clock.advance(timedelta(minutes=1))
    await (await invite(ward)).answer("give", purposes=["improvement"])
    await ward.withdraw("improvement")
    session = await member_of(ward).sign_in()

    now = (await listed(session))["improvement"]

    assert (now["granted"], now["waits_for"]) == (False, [MUM])
    shown = await (await session.get("/v1/account/purposes")).text()
    assert not [one for one in (GUARDIAN, DAD) if one in shown]


async def test_while_guardians_disagree_a_child_says_no_and_not_yes(
    here: Service,
) -> None:
    couple = await a_couple(here, childs=["improvement"])
    session = await member_of(couple.mum).sign_in()
    body = {"link_token": couple.mum.link}
    assert (await here.post("/v1/consents/dispute", body)).status == 202

    refused = await choose(session, "recommendations", granted=True)

    assert await code_of(refused) == (409, "consent_disputed")
    off = await chosen(session, "improvement", granted=False)
    assert off["granted"] is False


async def test_a_hundred_say_the_same_at_once(here: Service) -> None:
    ward = await a_ward(here, purposes=["improvement"])
    session = await member_of(ward).sign_in(kind="browser")
    receipts = await here.count("consent_receipt")
    for granted, event in ((True, "consent.given"), (False, "consent.withdrawn")):
        told = len(await ward.told(event))
        every = [choose(session, "improvement", granted=granted) for _ in range(100)]
        statuses = {one.status for one in await asyncio.gather(*every)}
        assert statuses <= {200, 429}
        assert len(await ward.told(event)) == told + 1
    assert await here.count("consent_receipt") == receipts + 2
    assert await broken(here.pool) == []


async def test_in_france_a_child_is_asked_by_law(
    pool: Pool, clock: StoppedClock
) -> None:
    profile = SHIPPED["terra-maestro"]
    lawful = replace(profile, age=replace(profile.age, law_applies=True))
    async with running_for(pool, clock, lawful) as here:
        ward = await a_ward(here, country="FR", purposes=["improvement"])
        session = await member_of(ward).sign_in()
        assert (await chosen(session, "improvement", granted=True))["granted"]
        other = await a_ward(here, username="ada", country="DE", guardian=DAD)
        session = await replace(member_of(other), identifier="ada").sign_in()
        refused = await choose(session, "improvement", granted=False)
        assert await code_of(refused) == (403, "guardian_decides")


async def test_an_adult_reads_every_purpose_and_decides_alone(
    service: Service,
) -> None:
    session = await (await a_member(service)).sign_in()

    shown = await listed(session)

    assert shown["service"]["words"][0]["who"] == "you"
    assert {one["quorum"] for one in shown.values()} == {None}
    assert all(one["own_yes"] for one in shown.values())
