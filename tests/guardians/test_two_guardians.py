"""Two guardians of one child: invited, heard together, and each able to stop alone."""

from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from service.domain.age_rules import Quorum
from service.guardians.second import INVITATION_LASTS
from service.kit.database import Pool
from tests.support.clock import StoppedClock
from tests.support.couples import DAD, Couple, a_couple, invite
from tests.support.families import GUARDIAN, a_child
from tests.support.invariants import broken
from tests.support.operators import SHIPPED, running_for
from tests.support.scan import places_of
from tests.support.service import Json, Service
from tests.support.wards import Ward, a_ward, pass_time, work

ESSENTIAL = {"account", "protection"}
EVERYTHING = ESSENTIAL | {"improvement"}


@pytest.fixture
async def here(
    request: pytest.FixtureRequest, pool: Pool, clock: StoppedClock
) -> AsyncGenerator[Service]:
    """The service, where the test's quorum counts."""
    profile = SHIPPED["terra-maestro"]
    quorum = replace(profile, age=replace(profile.age, quorum=request.param))
    async with running_for(pool, clock, quorum) as one:
        yield one


anybody = pytest.mark.parametrize("here", [Quorum.ANY], indirect=True)
everybody = pytest.mark.parametrize("here", [Quorum.ALL], indirect=True)
together = pytest.mark.parametrize("here", [Quorum.CHILD_AND_GUARDIAN], indirect=True)


async def code_of(ward: Ward, address: str, **changes: Json) -> tuple[int, str]:
    body = {
        "link_token": ward.link,
        "guardian_email": address,
        "relation": "parent",
        **changes,
    }
    response = await ward.service.post("/v1/consents/invite", body)
    return response.status, (await response.json()).get("code", "")


async def give_again(ward: Ward, *purposes: str) -> None:
    asked = await ward.ask_anew()
    response = await asked.answer("give", purposes=[*purposes])
    assert response.status == 200, await response.text()


async def test_a_second_guardian_has_a_say(service: Service) -> None:
    couple = await a_couple(service)

    assert await service.count("guardianship") == 2
    assert await couple.on() == EVERYTHING
    seen = await couple.dad.look()
    assert {one["purpose"]["id"] for one in seen["grants"]} == EVERYTHING
    letter = service.mailbox.to(GUARDIAN)[-1]
    assert "you both have a say" in letter
    asked = await couple.mum.told("consent.requested")
    assert asked[-1]["cause"] == "guardian_invited"
    assert await broken(service.pool) == []


async def test_an_invitation_shows_its_code_to_who_invites_alone(
    service: Service,
) -> None:
    ward = await a_ward(service)
    family = await invite(ward)

    assert family.match_code not in "".join(service.mailbox.to(DAD))
    assert not await places_of(service.pool, family.match_code)
    assert not await places_of(service.pool, DAD)
    wrong = await family.answer("give", match_code="000000")
    assert wrong.status == 422
    assert await service.count("guardian") == 1


async def test_a_refused_invitation_changes_nothing(service: Service) -> None:
    ward = await a_ward(service)
    before = await ward.grants()
    family = await invite(ward)

    assert (await family.answer("refuse")).status == 200

    assert await ward.grants() == before
    assert await service.count("guardianship") == 1
    assert await service.count("consent_request") == 0


async def test_an_invitation_that_nobody_answers_is_deleted(service: Service) -> None:
    ward = await a_ward(service)
    family = await invite(ward)

    service.clock.advance(INVITATION_LASTS)
    async with service.pool.acquire() as connection:
        now = service.clock.now()
        await service.parts.requests.sweep(connection, now=now)

    assert await service.count("consent_request") == 0
    assert (await family.open()).status == 410


@pytest.mark.parametrize("address", [GUARDIAN, "mum+two@example.org"])
async def test_nobody_is_a_second_guardian_of_their_own(
    service: Service, address: str
) -> None:
    ward = await a_ward(service)
    assert await code_of(ward, address) == (409, "guardian_unavailable")


async def test_the_relation_is_asked(service: Service) -> None:
    ward = await a_ward(service)
    body = {"link_token": ward.link, "guardian_email": DAD}
    response = await service.post("/v1/consents/invite", body)
    assert response.status == 422
    (error,) = (await response.json())["errors"]
    assert (error["pointer"], error["code"]) == ("/relation", "missing")


async def test_three_messages_and_no_more(service: Service) -> None:
    ward = await a_ward(service)
    for number in range(3):
        assert (await code_of(ward, f"one-{number}@example.org"))[0] == 202
    assert await code_of(ward, DAD) == (409, "sends_used_up")
    assert await service.count("consent_request") == 1


async def test_who_said_not_my_child_is_not_written_to(service: Service) -> None:
    ward = await a_ward(service)
    family = await invite(ward)
    assert (await family.answer("not_my_child")).status == 200
    letters = len((await service.send_messages()).to(DAD))

    assert (await code_of(ward, DAD))[0] == 202

    assert len((await service.send_messages()).to(DAD)) == letters


@anybody
async def test_either_stops_a_purpose_alone(here: Service) -> None:
    couple = await a_couple(here)

    await couple.dad.withdraw("improvement")

    assert await couple.on() == ESSENTIAL
    (withdrawn,) = await couple.mum.told("consent.withdrawn")
    assert withdrawn["purposes"] == ["improvement"]
    assert withdrawn["after"] == "withdrawn"
    for address in (GUARDIAN, DAD):
        assert "no longer uses" in (await here.send_messages()).to(address)[-1]
    assert await broken(here.pool) == []


@anybody
async def test_after_one_has_stopped_it_the_other_cannot_bring_it_back(
    here: Service,
) -> None:
    couple = await a_couple(here)
    await couple.mum.withdraw("improvement")

    await give_again(couple.dad, "improvement")

    assert await couple.on() == ESSENTIAL
    waits = (await couple.mum.told("consent.given"))[-2]
    assert (waits["purposes"], waits["after"]) == (["improvement"], "waiting")
    await give_again(couple.mum, "improvement")
    assert await couple.on() == EVERYTHING
    given = (await couple.mum.told("consent.given"))[-1]
    assert "improvement" in given["purposes"]
    assert given["after"] == "provisional"
    assert await broken(here.pool) == []


@anybody
async def test_a_suspended_account_waits_for_who_suspended_it(here: Service) -> None:
    couple = await a_couple(here)
    await couple.mum.withdraw()

    await give_again(couple.dad)
    assert (await couple.mum.account())["state"] == "suspended"

    await give_again(couple.mum)
    assert (await couple.mum.account())["state"] == "active"
    assert await broken(here.pool) == []


@anybody
async def test_a_guardian_who_is_removed_stands_in_nobodys_way(here: Service) -> None:
    couple = await a_couple(here)
    await couple.mum.withdraw("improvement")
    mum = await here.pool.fetchval(
        "SELECT guardian_id FROM consent_objection WHERE purpose = 'improvement'"
    )

    await here.parts.disqualified.remove(couple.mum.account_id, mum, "custody")

    assert await couple.on() == EVERYTHING
    (joined,) = await couple.mum.told("consent.joined")
    assert joined["purposes"] == ["improvement"]
    assert await here.count("consent_objection") == 0


@everybody
async def test_what_only_one_agrees_to_waits_where_all_must(here: Service) -> None:
    couple = await a_couple(here, dads=())

    assert await couple.on() == ESSENTIAL
    assert (await couple.mum.grants())["improvement"] == ["waiting"]

    await give_again(couple.dad, "improvement")
    assert await couple.on() == EVERYTHING


@everybody
async def test_what_was_joined_late_is_confirmed_a_day_after(here: Service) -> None:
    couple = await a_couple(here, dads=())
    timers = SHIPPED["terra-maestro"].timers
    await pass_time(here, timers.second_contact_before)
    await give_again(couple.dad, "improvement")

    await pass_time(here, timers.second_contact_after)
    await pass_time(here, timers.second_contact_before)
    await work(here)

    states = (await couple.mum.grants())["improvement"]
    assert states == ["active", "active"]
    assert await couple.on() == EVERYTHING


@together
async def test_child_and_guardian_both_say_yes(here: Service) -> None:
    ward = await a_ward(
        here, purposes=["improvement", "recommendations"], childs=["improvement"]
    )
    couple = Couple(here, ward, ward)

    assert await couple.on() == EVERYTHING
    assert (await ward.grants())["recommendations"] == ["waiting"]
    opened = (await ward.told("account.opened"))[0]
    assert set(opened["purposes"]) == EVERYTHING
    assert await broken(here.pool) == []


@together
async def test_a_guardian_alone_stops_what_both_agreed_to(here: Service) -> None:
    ward = await a_ward(here, childs=["improvement"])
    await ward.withdraw("improvement")
    assert await Couple(here, ward, ward).on() == ESSENTIAL


@anybody
async def test_a_child_is_not_asked_where_guardians_decide(here: Service) -> None:
    response = await here.post(
        "/v1/apps/terra-maestro/registrations",
        {
            "date_of_birth": "2015-08-19",
            "username": "little-kim",
            "password": "violin harbour 27 umbrellas",
            "policy_version": here.policy_version("terra-maestro"),
            "purposes": ["improvement"],
        },
    )
    assert response.status == 422


async def test_in_france_child_and_guardian_consent_together(
    pool: Pool, clock: StoppedClock
) -> None:
    profile = SHIPPED["terra-maestro"]
    lawful = replace(profile, age=replace(profile.age, law_applies=True))
    async with running_for(pool, clock, lawful) as here:
        child = await a_child(here, country="FR", purposes=["improvement"])
        assert child.state == "ask_guardian"
        ward = await a_ward(
            here, username="ada", country="FR", purposes=["improvement"]
        )
        assert await Couple(here, ward, ward).on() == ESSENTIAL
        assert (await ward.grants())["improvement"] == ["waiting"]
