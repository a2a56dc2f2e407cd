"""E-mail plus: a guardian is written to again a day later, and can still revoke.

COPPA 16 CFR 312.5(b)(2)(viii): a second, confirming contact, between 24 and 48 hours
after the first here, with notice that consent can be revoked.
"""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta

import pytest

from service.domain.consent_rules import ConsentRules
from service.kit.database import Pool
from tests.support.clock import StoppedClock
from tests.support.families import GUARDIAN, Family, a_family
from tests.support.invariants import broken
from tests.support.operators import SHIPPED, running_for
from tests.support.service import Service
from tests.support.wards import Ward, a_ward, pass_time, work

DAY = timedelta(hours=24)
SECOND = timedelta(seconds=1)
APP = "terra-maestro"


@pytest.fixture
async def waiting(pool: Pool, clock: StoppedClock) -> AsyncGenerator[Service]:
    """The service of an operator that opens accounts on confirmed consent alone."""
    rules = ConsentRules(opens_on_provisional=False)
    async with running_for(pool, clock, replace(SHIPPED[APP], consent=rules)) as one:
        yield one


async def letters(service: Service) -> int:
    return len((await service.send_messages()).to(GUARDIAN))


def states(ward_grants: dict[str, list[str]]) -> set[str]:
    return {states[-1] for states in ward_grants.values()}


async def test_consent_is_provisional_and_the_account_opens(service: Service) -> None:
    ward = await a_ward(service)

    assert states(await ward.grants()) == {"provisional"}
    assert (await ward.account())["state"] == "active"
    (given,) = await ward.told("consent.given")
    assert given["after"] == "provisional"
    assert await broken(service.pool) == []


async def test_a_day_later_the_guardian_is_written_to_again(service: Service) -> None:
    ward = await a_ward(service)
    before = await letters(service)

    await pass_time(service, DAY - SECOND)
    assert await letters(service) == before
    await pass_time(service, SECOND)

    assert await letters(service) == before + 1
    again = replace(ward, link=service.mailbox.link_for(GUARDIAN))
    assert again.link != ward.link
    assert {one["state"] for one in (await again.look())["grants"]} == {"provisional"}
    assert states(await ward.grants()) == {"provisional"}


async def test_two_days_later_what_nobody_revoked_is_confirmed(
    service: Service,
) -> None:
    ward = await a_ward(service)
    await pass_time(service, DAY)

    await pass_time(service, DAY - SECOND)
    assert states(await ward.grants()) == {"provisional"}
    await pass_time(service, SECOND)

    assert states(await ward.grants()) == {"active"}
    (told,) = await ward.told("consent.confirmed")
    assert told["purposes"] == ["account", "protection", "improvement"]
    assert told["cause"] == "second_contact"
    assert told["receipt_id"]
    assert await broken(service.pool) == []


async def test_the_second_contact_can_still_revoke(service: Service) -> None:
    ward = await a_ward(service)
    await pass_time(service, DAY)
    again = replace(ward, link=service.mailbox.link_for(GUARDIAN))

    seen = await again.withdraw()

    assert seen["account_state"] == "suspended"
    assert seen["grants"] == []
    await pass_time(service, DAY)
    assert states(await ward.grants()) == {"withdrawn"}
    assert await ward.told("consent.confirmed") == []


async def test_a_second_contact_that_never_arrived_confirms_nothing(
    service: Service,
) -> None:
    ward = await a_ward(service)
    await pass_time(service, DAY)
    await service.pool.execute(
        "UPDATE message SET state = 'failed' WHERE template = 'second_contact'"
    )

    await pass_time(service, DAY)

    assert states(await ward.grants()) == {"lapsed"}
    assert (await ward.account())["suspended_for"] == "consent"
    (told,) = await ward.told("consent.expired")
    assert told["cause"] == "second_contact_failed"


async def test_nothing_is_confirmed_before_the_second_contact_was_sent(
    service: Service,
) -> None:
    ward = await a_ward(service)
    service.clock.advance(DAY)
    await service.parts.consent_timers.step()  # queued, and the mail server is down

    service.clock.advance(DAY)
    await service.parts.consent_timers.step()
    assert states(await ward.grants()) == {"provisional"}
    await service.send_messages()
    await pass_time(service, timedelta(minutes=15))

    assert states(await ward.grants()) == {"active"}


async def test_a_worker_that_was_off_leaves_the_guardian_a_day_to_revoke(
    service: Service,
) -> None:
    ward = await a_ward(service)

    await pass_time(service, 3 * DAY)
    assert states(await ward.grants()) == {"provisional"}
    await pass_time(service, DAY)

    assert states(await ward.grants()) == {"active"}


async def test_a_hundred_workers_write_once_and_confirm_once(service: Service) -> None:
    ward = await a_ward(service)
    before = await letters(service)
    for _ in range(2):
        service.clock.advance(DAY)
        step = service.parts.consent_timers.step
        done = await asyncio.gather(*(step() for _ in range(100)))
        assert sum(done) == 1
        await service.send_messages()

    assert await letters(service) == before + 1
    assert len(await ward.told("consent.confirmed")) == 1


async def a_pending_family(service: Service) -> Family:
    family = await a_family(service, APP)
    response = await family.answer("give", purposes=["improvement"])
    assert response.status == 200
    return family


async def test_where_the_profile_says_so_the_account_waits_for_the_confirmation(
    waiting: Service,
) -> None:
    family = await a_pending_family(waiting)
    assert (await family.child.look())["state"] == "awaiting_guardian"
    assert await waiting.count("account") == 0

    await pass_time(waiting, DAY)
    await pass_time(waiting, DAY)

    assert (await family.child.look())["state"] == "completed"
    link = waiting.mailbox.link_for(GUARDIAN)
    ward = Ward(waiting, family, link)
    assert await ward.grants() == {
        "account": ["active"],
        "improvement": ["active"],
        "protection": ["active"],
    }
    assert len(await ward.told("consent.given")) == 1
    assert await broken(waiting.pool) == []


@pytest.mark.parametrize("answer", ["refuse", "not_my_child"])
async def test_while_it_waits_the_second_contact_can_still_say_no(
    waiting: Service, answer: str
) -> None:
    family = await a_pending_family(waiting)
    await pass_time(waiting, DAY)
    again = replace(family, link=waiting.mailbox.link_for(GUARDIAN))

    assert (await again.answer("give")).status == 409
    assert (await again.answer(answer)).status == 200

    assert (await family.child.look())["state"] == "ended"
    await pass_time(waiting, DAY)
    assert await waiting.count("account") == 0
    assert await waiting.count("subject_key") == 0


async def test_an_answer_that_waits_is_spent_and_can_not_be_sent_again(
    waiting: Service,
) -> None:
    family = await a_pending_family(waiting)

    assert (await family.answer("give")).status == 409
    assert (await family.child.post("guardian-reminders")).status == 409


async def test_the_wait_for_the_confirmation_outlives_the_wait_for_the_answer(
    waiting: Service,
) -> None:
    family = await a_family(waiting, APP)
    for _ in range(2):
        waiting.clock.advance(timedelta(days=6))
        await family.child.post("guardian-reminders")
    waiting.clock.advance(timedelta(days=1))
    link = (await waiting.send_messages()).link_for(GUARDIAN)
    assert (await replace(family, link=link).answer("give")).status == 200

    for _ in range(2):
        await pass_time(waiting, DAY)

    assert (await family.child.look())["state"] == "completed"
    assert await work(waiting) == 0
