"""Withdrawing consent: off at once, the account as it follows, and back again."""

import asyncio
from datetime import timedelta

import pytest

from tests.support.families import GUARDIAN
from tests.support.invariants import broken
from tests.support.scan import places_of_id
from tests.support.service import Json, Service
from tests.support.wards import Ward, a_ward, pass_time

SUSPENDED = timedelta(days=30)
SECOND = timedelta(seconds=1)


def on(seen: Json) -> set[str]:
    return {one["purpose"]["id"] for one in seen["grants"]}


async def test_a_guardian_sees_what_they_granted(service: Service) -> None:
    ward = await a_ward(service)

    seen = await ward.look()

    assert on(seen) == {"account", "protection", "improvement"}
    assert seen["child"] == "little-kim"
    assert seen["account_state"] == "active"
    assert seen["erased_at"] is None


async def test_one_purpose_goes_and_the_account_lives(service: Service) -> None:
    ward = await a_ward(service, purposes=["improvement", "recommendations"])

    seen = await ward.withdraw("improvement")

    assert on(seen) == {"account", "protection", "recommendations"}
    assert seen["account_state"] == "active"
    withdrawn, narrowed = await ward.told("consent.withdrawn", "consent.narrowed")
    assert withdrawn["purposes"] == ["improvement"]
    assert (withdrawn["before"], withdrawn["after"]) == ("provisional", "withdrawn")
    assert withdrawn["cause"] == "guardian_withdrew"
    assert narrowed["purposes"] == ["account", "protection", "recommendations"]
    assert withdrawn["receipt_id"] == narrowed["receipt_id"] is not None
    assert await broken(service.pool) == []


@pytest.mark.parametrize("purposes", [[], ["account"]])
async def test_what_is_essential_goes_and_the_account_is_suspended(
    service: Service, purposes: list[str]
) -> None:
    ward = await a_ward(service)

    seen = await ward.withdraw(*purposes)

    assert seen["account_state"] == "suspended"
    account = await ward.account()
    assert account["suspended_for"] == "consent"
    (suspended,) = await ward.told("account.suspended")
    assert (suspended["before"], suspended["after"]) == ("active", "consent")
    assert suspended["purposes"] == []
    assert await ward.told("consent.narrowed") == []
    letter = (await service.send_messages()).to(GUARDIAN)[-1]
    assert "In 30 days everything is deleted" in letter
    assert "/receipts/" in letter
    assert await broken(service.pool) == []


async def test_a_suspended_account_is_erased_after_thirty_days(
    service: Service,
) -> None:
    ward = await a_ward(service)
    await ward.withdraw()

    await pass_time(service, SUSPENDED - SECOND)
    assert await ward.account() is not None
    await pass_time(service, SECOND)

    assert await ward.account() is None
    (erased,) = await ward.told("account.erased")
    assert (erased["cause"], erased["before"]) == ("consent_ended", "consent")
    places = await places_of_id(service.pool, str(ward.account_id))
    left = {table for table, _ in places}
    assert left <= {
        *("outbox_event", "outbox_delivery", "outbox_subject", "audit_entry"),
        *("consent_receipt", "guardian_asked", "registration_end"),
        "outbox_obligation",  # who has erased it too: the certificate
    }
    for table in ("subject_key", "guardian", "message", "consent_timer", "account"):
        assert await service.count(table) == 0, table
    response = await service.post("/v1/consents/open", {"link_token": ward.link})
    assert response.status == 404


async def test_a_guardian_of_two_children_stays_when_one_is_erased(
    service: Service,
) -> None:
    one = await a_ward(service, username="first")
    two = await a_ward(service, username="second")
    await one.withdraw()

    await pass_time(service, SUSPENDED)

    assert await one.account() is None
    assert (await two.look())["account_state"] == "active"
    assert await service.count("guardian") == 1


async def test_consent_that_comes_back_brings_the_account_back(
    service: Service,
) -> None:
    ward = await a_ward(service)
    await ward.withdraw()
    service.clock.advance(timedelta(days=29))
    again = await ward.ask_anew()

    opened = await again.open()
    assert (await opened.json())["child"] == "little-kim"
    assert (await again.answer("give")).status == 200

    assert (await ward.account())["state"] == "active"
    (back,) = await ward.told("account.reactivated")
    assert (back["before"], back["after"]) == ("consent", "active")
    assert back["purposes"] == ["account", "protection"]
    assert (await ward.grants())["account"] == ["withdrawn", "provisional"]
    await pass_time(service, SUSPENDED)
    assert await ward.account() is not None
    assert await broken(service.pool) == []


async def test_to_give_anew_takes_the_code_of_the_second_message(
    service: Service,
) -> None:
    ward = await a_ward(service)
    await ward.withdraw()
    again = await ward.ask_anew()
    assert again.match_code not in service.mailbox.to(GUARDIAN)[-2]

    wrong = "000000" if again.match_code != "000000" else "000001"
    response = await again.answer("give", match_code=wrong)

    assert (await response.json())["code"] == "match_code_wrong"
    assert (await ward.account())["state"] == "suspended"
    assert (await again.answer("give")).status == 200


async def test_a_fresh_request_spends_the_one_before(service: Service) -> None:
    ward = await a_ward(service)
    first = await ward.ask_anew()
    second = await ward.ask_anew()

    assert (await first.answer("give")).status == 410
    assert (await second.answer("give")).status == 200
    assert (await second.answer("give")).status == 409
    assert await service.count("consent_request") == 0


async def test_to_refuse_anew_changes_nothing(service: Service) -> None:
    ward = await a_ward(service)
    again = await ward.ask_anew()

    response = await service.post(
        "/v1/consent-requests/answer", {"link_token": again.link, "answer": "refuse"}
    )

    assert response.status == 200
    assert on(await ward.look()) == {"account", "protection", "improvement"}
    assert len(await ward.told("consent.refused")) == 1


async def test_not_my_child_lets_everything_fall_and_ends_the_letters(
    service: Service,
) -> None:
    ward = await a_ward(service)
    again = await ward.ask_anew()

    assert (await again.answer("not_my_child")).status == 200

    assert {one[-1] for one in (await ward.grants()).values()} == {"invalidated"}
    assert (await ward.account())["suspended_for"] == "consent"
    assert len(await ward.told("consent.disputed", "consent.invalidated")) == 2
    sent = len((await service.send_messages()).to(GUARDIAN))
    await pass_time(service, SUSPENDED - SECOND)
    assert len(service.mailbox.to(GUARDIAN)) == sent
    response = await service.post("/v1/consents/ask", {"link_token": ward.link})
    assert response.status == 404


async def test_to_withdraw_twice_is_to_withdraw_once(service: Service) -> None:
    ward = await a_ward(service)

    for _ in range(2):
        assert on(await ward.withdraw("improvement")) == {"account", "protection"}

    assert len(await ward.told("consent.withdrawn")) == 1


async def test_a_hundred_withdrawals_at_once_are_one(service: Service) -> None:
    ward = await a_ward(service)

    answers = await asyncio.gather(*(ward.try_withdrawing() for _ in range(100)))

    assert {one.status for one in answers} == {200}
    assert len(await ward.told("consent.withdrawn")) == 1
    assert len(await ward.told("account.suspended")) == 1
    assert await broken(service.pool) == []


@pytest.mark.parametrize("purposes", [["nothing"], ["recommendations"]])
async def test_what_was_never_granted_can_not_be_withdrawn(
    service: Service, purposes: list[str]
) -> None:
    ward = await a_ward(service)

    response = await ward.try_withdrawing(*purposes)

    assert response.status == 422
    assert (await response.json())["code"] == "purposes_wrong"


async def test_a_link_is_good_for_its_own_child_alone(service: Service) -> None:
    one = await a_ward(service, username="first")
    two = await a_ward(service, username="second")

    await one.withdraw()

    assert (await two.account())["state"] == "active"
    response = await service.post("/v1/consents/open", {"link_token": "x" * 43})
    assert response.status == 404


async def test_an_action_is_written_down_without_a_name(service: Service) -> None:
    ward = await a_ward(service)

    await ward.withdraw("improvement")

    row = await service.pool.fetchrow(
        "SELECT actor, actor_ref, detail FROM audit_entry WHERE action = $1",
        "consent.withdrawn",
    )
    assert row is not None
    assert tuple(row) == ("guardian", await ward.guardian_id(), "{}")


async def a_suspended_ward(service: Service) -> Ward:
    ward = await a_ward(service)
    await ward.withdraw()
    return ward


async def test_a_hundred_workers_erase_once(service: Service) -> None:
    ward = await a_suspended_ward(service)
    service.clock.advance(SUSPENDED)

    step = service.parts.consent_timers.step
    await asyncio.gather(*(step() for _ in range(100)))

    assert len(await ward.told("account.erased")) == 1
