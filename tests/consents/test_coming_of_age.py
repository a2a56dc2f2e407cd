"""A birthday of who has an account: a guardian's say ends, their consent holds on."""

import asyncio
import re
from datetime import UTC, datetime, timedelta

import pytest

from service.domain.refusals import GuardianDecides, PurposesWrong
from service.kit.database import Pool, connection
from service.worker import sweep
from tests.registration.test_ageing_up import NOT_NEUTRAL
from tests.support.clock import StoppedClock
from tests.support.families import GUARDIAN, Family, a_child
from tests.support.invariants import broken
from tests.support.operators import asking_children_everything, running_for
from tests.support.scan import places_of
from tests.support.service import BASE_URL, Service
from tests.support.wards import Ward, a_ward, pass_time, work

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)

# Fourteen on 2026-12-12, which begins last in China in Urumqi: at 18:00 the day before.
BORN = "2012-12-12"
IN_CHINA = datetime(2026, 12, 11, 18, tzinfo=UTC)


async def a_growing_ward(service: Service, **form: str) -> Ward:
    filled = {"date_of_birth": BORN, **form}
    ward = await a_ward(service, **filled)
    for _ in range(2):
        await pass_time(service, DAY)
    return ward


async def grow(service: Service, to: datetime = IN_CHINA) -> int:
    service.clock.time = to
    return await service.parts.coming_of_age.step()


async def test_an_account_ages_up_at_the_instant_and_not_before(
    service: Service,
) -> None:
    ward = await a_growing_ward(service)

    assert await grow(service, IN_CHINA - SECOND) == 0
    assert (await ward.account())["age_band"] == "child"
    assert await grow(service) == 1

    account = await ward.account()
    assert (account["age_band"], account["own_word_due"]) == ("minor", True)
    (told,) = await ward.told("account.aged_up")
    assert (told["before"], told["after"]) == ("child", "minor")
    assert told["cause"] == "birthday"
    assert await broken(service.pool) == []


async def test_what_was_granted_goes_on(service: Service) -> None:
    ward = await a_growing_ward(service)

    await grow(service)

    assert {one[-1] for one in (await ward.grants()).values()} == {"active"}
    assert (await ward.account())["state"] == "active"
    assert await ward.told("consent.withdrawn", "account.suspended") == []


async def test_the_guardians_say_ends_and_their_receipts_stay(service: Service) -> None:
    ward = await a_growing_ward(service)
    family = await ward.ask_anew()
    receipt_id = await service.pool.fetchval("SELECT receipt_id FROM consent_receipt")

    await grow(service)

    link = {"link_token": ward.link}
    assert (await service.post("/v1/consents/withdraw", link)).status == 404
    assert (await family.answer("give")).status == 410
    assert (await service.get(f"/v1/receipts/{receipt_id}")).status == 200
    await service.send_messages()
    await pass_time(service, 31 * DAY)
    await sweep(service.parts)
    assert await service.count("guardian") == 0
    assert not await places_of(service.pool, GUARDIAN)


async def test_both_are_told_in_neutral_words(pool: Pool, clock: StoppedClock) -> None:
    asking = asking_children_everything("plain")
    async with running_for(pool, clock, asking) as service:
        child = await a_child(
            service, "plain", date_of_birth=BORN, email="kim@example.org"
        )
        await child.confirm("kim@example.org")
        asked = await child.ask_guardian(GUARDIAN)
        link = (await service.send_messages()).link_for(GUARDIAN)
        family = Family(service, child, GUARDIAN, asked["match_code"], link)
        assert (await family.answer("give")).status == 200
        await service.send_messages()
        service.mailbox.emails.clear()

        await grow(service, IN_CHINA + DAY)

        await service.send_messages()
        told = {mail.to: mail for mail in service.mailbox.emails}
        assert set(told) == {GUARDIAN, "kim@example.org"}
        for mail in told.values():
            words = mail.subject + mail.text.partition("—")[0]
            assert not re.search(NOT_NEUTRAL, words), words
        assert f"{BASE_URL}/account/purposes" in told["kim@example.org"].text


async def test_exactly_once_also_after_the_worker_was_off_and_with_a_hundred_of_them(
    service: Service,
) -> None:
    ward = await a_growing_ward(service)
    service.clock.time = IN_CHINA + timedelta(hours=48)

    step = service.parts.coming_of_age.step
    done = await asyncio.gather(*(step() for _ in range(100)))

    assert sum(done) == 1
    assert len(await ward.told("account.aged_up")) == 1
    assert await service.count("age_decision") == 1


async def test_a_birthday_during_the_guardians_answer_the_first_one_counts(
    service: Service,
) -> None:
    ward = await a_growing_ward(service)
    family = await ward.ask_anew()
    service.clock.time = IN_CHINA

    step = service.parts.coming_of_age.step
    grown, answer = await asyncio.gather(step(), family.answer("give"))
    grown += await step()

    assert grown == 1
    assert answer.status in {200, 410}
    account = await ward.account()
    assert (account["age_band"], account["own_word_due"]) == ("minor", True)
    assert await service.count("consent_request") == 0
    live = await service.pool.fetchval(
        "SELECT count(*) FROM guardianship WHERE ended_at IS NULL"
    )
    assert live == 0
    assert await broken(service.pool) == []


async def test_the_young_person_confirms_and_it_is_handed_over(
    service: Service,
) -> None:
    ward = await a_growing_ward(service)
    await grow(service)

    changed = await service.parts.own_word.decide(ward.account_id, ["improvement"])

    assert await ward.grants() == {
        "account": ["handed_over", "active"],
        "protection": ["handed_over", "active"],
        "improvement": ["handed_over", "active"],
    }
    (told,) = await ward.told("consent.handed_over")
    assert told["actor"]["type"] == "holder"
    assert told["receipt_id"] == str(changed.receipt_id)
    assert (await ward.account())["own_word_due"] is False
    receipt = await (await service.get(f"/v1/receipts/{changed.receipt_id}")).json()
    assert receipt["content"]["event"]["change"] == "handed_over"
    roles = {one["given_by"]["role"] for one in receipt["content"]["purposes"]}
    assert roles == {"dpv:DataSubject"}
    assert await broken(service.pool) == []


async def test_the_young_person_changes_it(service: Service) -> None:
    ward = await a_growing_ward(service)
    await grow(service)

    await service.parts.own_word.decide(ward.account_id, [])

    grants = await ward.grants()
    assert grants["improvement"] == ["handed_over"]
    withdrawn, handed_over = await ward.told("consent.withdrawn", "consent.handed_over")
    assert withdrawn["purposes"] == ["improvement"]
    assert handed_over["purposes"] == ["account", "protection"]


async def test_the_young_person_withdraws_it(service: Service) -> None:
    ward = await a_growing_ward(service)
    await grow(service)

    await service.parts.own_word.withdraw(ward.account_id, None)

    assert (await ward.account())["suspended_for"] == "consent"
    (told,) = await ward.told("consent.withdrawn")
    assert told["cause"] == "holder_withdrew"


async def test_before_the_day_a_guardian_decides(service: Service) -> None:
    ward = await a_growing_ward(service)

    for act in (service.parts.own_word.decide, service.parts.own_word.withdraw):
        with pytest.raises(GuardianDecides):
            await act(ward.account_id, ["improvement"])
    await grow(service)
    with pytest.raises(PurposesWrong):
        await service.parts.own_word.decide(ward.account_id, ["nothing"])


async def test_a_birthday_while_suspended_lets_the_holder_come_back(
    service: Service,
) -> None:
    ward = await a_growing_ward(service)
    await ward.withdraw()
    await grow(service)
    assert (await ward.account())["state"] == "suspended"

    await service.parts.own_word.decide(ward.account_id, [])

    assert (await ward.account())["state"] == "active"
    (back,) = await ward.told("account.reactivated")
    assert back["cause"] == "holder_decided"
    assert (await ward.grants())["account"] == ["withdrawn", "active"]


async def test_without_an_answer_consent_holds_until_its_own_end(
    service: Service,
) -> None:
    ward = await a_growing_ward(service)
    await grow(service)

    service.clock.time = datetime(2027, 11, 22, 11, tzinfo=UTC)
    await work(service)
    assert (await ward.account())["state"] == "active"
    service.clock.time = datetime(2027, 11, 23, tzinfo=UTC)
    await work(service)

    assert (await ward.account())["suspended_for"] == "consent"


async def test_the_second_birthday_changes_the_band_alone(service: Service) -> None:
    ward = await a_growing_ward(service)
    await grow(service)
    await service.parts.own_word.decide(ward.account_id, [])
    service.mailbox.emails.clear()

    assert await grow(service, IN_CHINA.replace(year=2030) - SECOND) == 0
    assert await grow(service, IN_CHINA.replace(year=2030)) == 1

    account = await ward.account()
    assert (account["age_band"], account["own_word_due"]) == ("adult", False)
    assert [one["after"] for one in await ward.told("account.aged_up")] == [
        "minor",
        "adult",
    ]
    assert await service.count("age_watch") == 0
    assert (await service.send_messages()).emails == []


async def test_the_day_stands_nowhere_unsealed(service: Service) -> None:
    ward = await a_growing_ward(service)

    assert not await places_of(service.pool, "2026-12-12", "12-12", "2012-12")
    watch_from = await service.pool.fetchval("SELECT watch_from FROM age_watch")
    assert watch_from == datetime(2026, 12, 1, tzinfo=UTC)
    async with connection(service.pool) as one:
        last, due = await service.parts.held.find_come_of_age(
            one, now=service.clock.now(), after=ward.account_id
        )
    assert (last, due) == (None, [])
