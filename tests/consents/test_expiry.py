"""Consent ends: notices before, and what follows; renewed by a link and a code."""

import asyncio
from datetime import timedelta

import pytest

from tests.support.families import GUARDIAN
from tests.support.invariants import broken
from tests.support.service import Service
from tests.support.wards import Ward, a_ward, pass_time

YEAR = timedelta(days=365)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


async def a_confirmed_ward(service: Service) -> Ward:
    ward = await a_ward(service)
    for _ in range(2):
        await pass_time(service, DAY)
    return ward


async def letters(service: Service, words: str) -> int:
    sent = (await service.send_messages()).to(GUARDIAN)
    return sum(words in one for one in sent)


async def test_notices_come_thirty_seven_and_one_days_before(service: Service) -> None:
    await a_confirmed_ward(service)
    service.clock.advance(YEAR - 2 * DAY)  # the end, to the second
    end = service.clock.now()

    for days, so_far in ((30, 1), (7, 2), (1, 3)):
        service.clock.time = end - days * DAY - SECOND
        await pass_time(service)
        assert await letters(service, "ends in") == so_far - 1
        await pass_time(service, SECOND)
        assert await letters(service, "ends in") == so_far
        assert await letters(service, f"ends in {days} day") >= 1
    assert await service.count("consent_request") == 1


async def test_consent_ends_after_a_year_and_the_account_is_suspended(
    service: Service,
) -> None:
    ward = await a_confirmed_ward(service)
    await pass_time(service, YEAR - 2 * DAY - SECOND)
    assert (await ward.account())["state"] == "active"

    await pass_time(service, SECOND)

    assert {one[-1] for one in (await ward.grants()).values()} == {"expired"}
    assert (await ward.account())["suspended_for"] == "consent"
    (told,) = await ward.told("consent.expired")
    assert (told["before"], told["after"]) == ("active", "expired")
    assert told["purposes"] == ["account", "protection", "improvement"]
    assert told["receipt_id"]
    assert await letters(service, "There is no consent") == 1
    assert await broken(service.pool) == []


async def test_renewed_in_time_consent_lasts_another_year(service: Service) -> None:
    ward = await a_confirmed_ward(service)
    await pass_time(service, YEAR - 32 * DAY)
    family = await ward.asked()

    assert (await family.answer("give", purposes=["improvement"])).status == 200
    for _ in range(2):
        await pass_time(service, DAY)

    assert await ward.grants() == {
        "account": ["superseded", "active"],
        "protection": ["superseded", "active"],
        "improvement": ["superseded", "active"],
    }
    await pass_time(service, 40 * DAY)
    assert (await ward.account())["state"] == "active"
    assert await ward.told("consent.expired") == []
    assert await broken(service.pool) == []


async def test_renewed_for_less_the_rest_ends_on_its_day(service: Service) -> None:
    ward = await a_confirmed_ward(service)
    await pass_time(service, YEAR - 32 * DAY)
    family = await ward.asked()
    assert (await family.answer("give")).status == 200

    await pass_time(service, 31 * DAY)

    assert (await ward.grants())["improvement"] == ["expired"]
    assert (await ward.account())["state"] == "active"
    (told,) = await ward.told("consent.expired")
    assert told["purposes"] == ["improvement"]


async def test_after_the_end_the_last_letter_brings_it_back(service: Service) -> None:
    ward = await a_confirmed_ward(service)
    await pass_time(service, YEAR)
    family = await ward.asked()

    assert (await family.answer("give")).status == 200

    assert (await ward.account())["state"] == "active"
    (back,) = await ward.told("account.reactivated")
    assert back["cause"] == "guardian_gave"


async def test_what_nobody_renews_is_erased(service: Service) -> None:
    ward = await a_confirmed_ward(service)
    await pass_time(service, YEAR)

    await pass_time(service, 30 * DAY)

    assert await ward.account() is None
    assert await service.count("guardian") == 0
    assert await service.count("consent_timer") == 0


async def test_withdrawn_before_the_notice_nobody_is_asked(service: Service) -> None:
    ward = await a_confirmed_ward(service)
    await pass_time(service, YEAR - 40 * DAY)
    await ward.withdraw()

    await pass_time(service, 9 * DAY)

    assert await letters(service, "ends in") == 0


async def test_a_worker_that_was_off_writes_no_notice_of_the_past(
    service: Service,
) -> None:
    ward = await a_confirmed_ward(service)

    await pass_time(service, YEAR)

    assert await letters(service, "ends in") == 0
    assert (await ward.account())["state"] == "suspended"


async def test_a_hundred_workers_expire_once(service: Service) -> None:
    ward = await a_confirmed_ward(service)
    service.clock.advance(YEAR)

    step = service.parts.consent_timers.step
    for _ in range(3):
        await asyncio.gather(*(step() for _ in range(100)))

    assert len(await ward.told("consent.expired")) == 1
    assert len(await ward.told("account.suspended")) == 1
    assert await letters(service, "There is no consent") == 1


@pytest.mark.parametrize("broken_first", [True, False])
async def test_one_that_fails_keeps_no_other_waiting(
    service: Service, *, broken_first: bool
) -> None:
    wards = [await a_ward(service, username=name) for name in ("first", "second")]
    bad = wards[0] if broken_first else wards[1]
    await service.pool.execute(
        "UPDATE subject_key SET wrapped_key = '' WHERE subject_id = $1", bad.account_id
    )

    for _ in range(2):
        await pass_time(service, DAY)

    for ward in wards:
        states = {one[-1] for one in (await ward.grants()).values()}
        assert states == ({"provisional"} if ward is bad else {"active"})
