"""\"This wasn't me\": the account is shut at once, and given back to its holder."""

import asyncio
from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest

from service.domain.accounts import AccountId
from tests.mfa.device import Device
from tests.mfa.people import Owner as Enrolling
from tests.support.holders import (
    EMAIL,
    NEW_PASSWORD,
    Owner,
    an_owner,
    ask_reset,
    code_of,
    complete_reset,
    link_to,
    read_all,
)
from tests.support.service import PASSWORD, Service

NEW = "lovelace@example.org"
FINAL = "eleven owls under 4 bridges"
HUNDRED = 100


@pytest.fixture
async def owner(service: Service) -> Owner:
    return await an_owner(service)


async def report(service: Service, token: str) -> str:
    return await code_of(await service.post("/v1/security-reports", {"token": token}))


async def undo(service: Service, token: str) -> str:
    body = {"token": token}
    return await code_of(await service.post("/v1/contact-changes/undo", body))


async def test_the_account_is_shut_until_its_holder_has_another_password(
    service: Service, owner: Owner
) -> None:
    await owner.change_password()
    token = await link_to(service, EMAIL, "security")

    assert await report(service, token) == ""

    assert not await owner.is_in()
    body = {"refresh_token": owner.session["refresh_token"]}
    assert (await service.post("/v1/sessions/refresh", body)).status == 401
    for password in (PASSWORD, NEW_PASSWORD):
        assert not await owner.sign_in(password)
    reset = await link_to(service, EMAIL, "reset")
    assert (await complete_reset(service, reset, FINAL)).status == 204
    assert await owner.sign_in(FINAL)
    assert "security.compromise_reported" in await service.events(owner.id)
    actions = await service.pool.fetch("SELECT action FROM audit_entry")
    assert "security.compromise_reported" in {row["action"] for row in actions}


async def test_looking_at_a_link_does_nothing(service: Service, owner: Owner) -> None:
    await owner.change_password()
    await link_to(service, EMAIL, "security")
    for path in ("/security", "/undo", "/reset"):
        await service.get(path)
    assert await owner.sign_in(NEW_PASSWORD)


async def test_a_hundred_reports_have_one_effect(
    service: Service, owner: Owner
) -> None:
    await owner.change_password()
    token = await link_to(service, EMAIL, "security")
    await read_all(service)

    ends = await asyncio.gather(*[report(service, token) for _ in range(HUNDRED)])

    assert Counter(ends) == {"": HUNDRED}
    events = Counter(await service.events(owner.id))
    assert events["security.compromise_reported"] == 1
    assert len((await service.send_messages()).to(EMAIL)) == 1


async def test_a_report_repeated_later_does_not_shut_the_account_again(
    service: Service, owner: Owner
) -> None:
    await owner.change_password()
    token = await link_to(service, EMAIL, "security")
    await report(service, token)
    await complete_reset(service, await link_to(service, EMAIL, "reset"), FINAL)

    assert await report(service, token) == ""

    assert await owner.sign_in(FINAL)


async def test_a_link_is_good_for_a_week(service: Service, owner: Owner) -> None:
    await owner.change_password()
    token = await link_to(service, EMAIL, "security")
    service.clock.advance(timedelta(days=7))
    assert await report(service, token) == "security_link_invalid"
    service.clock.advance(-timedelta(seconds=1))
    assert await report(service, token) == ""


@pytest.mark.parametrize("token", ["", "x" * 43, "Nobodys-token_" * 3 + "0"])
async def test_a_link_that_is_none_of_ours_is_refused(
    service: Service, token: str
) -> None:
    assert await report(service, token) == "security_link_invalid"
    assert await undo(service, token) == "undo_link_invalid"


async def test_factors_that_came_with_the_attack_go_and_older_ones_stay(
    service: Service, owner: Owner
) -> None:
    enrolling = Enrolling(service, AccountId(UUID(owner.id)), EMAIL)
    await enrolling.enrol()
    service.clock.advance(timedelta(days=30))
    await enrolling.add_passkey(Device())  # the attacker's
    token = await link_to(service, EMAIL, "security")

    assert await report(service, token) == ""

    assert await service.count("passkey") == 0
    assert await service.count("totp") == 1
    assert await service.count("recovery_code") == 0


async def test_a_contact_is_taken_back_for_three_days(
    service: Service, owner: Owner
) -> None:
    await owner.change_email(NEW)
    token = await link_to(service, EMAIL, "undo")
    service.clock.advance(timedelta(hours=72))
    assert await undo(service, token) == "undo_link_invalid"
    service.clock.advance(-timedelta(seconds=1))

    assert await undo(service, token) == ""

    assert not await owner.is_in()
    assert not await owner.sign_in(name=NEW)
    assert not await owner.sign_in(name=EMAIL)
    reset = await link_to(service, EMAIL, "reset")
    assert (await complete_reset(service, reset, FINAL)).status == 204
    assert await owner.sign_in(FINAL, name=EMAIL)
    assert not await owner.sign_in(FINAL, name=NEW)
    await ask_reset(service, "plain", NEW)
    assert "/reset#" not in "".join((await service.send_messages()).to(NEW))


async def test_a_hundred_undo_it_once(service: Service, owner: Owner) -> None:
    await owner.change_email(NEW)
    token = await link_to(service, EMAIL, "undo")

    ends = await asyncio.gather(*[undo(service, token) for _ in range(HUNDRED)])

    assert Counter(ends) == {"": HUNDRED}
    events = Counter(await service.events(owner.id))
    assert events["security.compromise_reported"] == 1
    assert events["account.rectified"] == 2  # there and back


async def test_a_later_report_takes_the_contact_back_too(
    service: Service, owner: Owner
) -> None:
    await owner.change_email(NEW)
    token = await link_to(service, EMAIL, "security")
    service.clock.advance(timedelta(days=6))

    assert await report(service, token) == ""

    reset = await link_to(service, EMAIL, "reset")
    assert (await complete_reset(service, reset, FINAL)).status == 204
    assert await owner.sign_in(FINAL, name=EMAIL)


async def test_whoever_has_the_new_contact_can_not_spoil_the_way_back(
    service: Service, owner: Owner
) -> None:
    """The thief reports a change of their own: it is not the owner's links that go."""
    await owner.change_email(NEW)
    mine = await link_to(service, EMAIL, "undo")
    service.clock.advance(timedelta(minutes=1))
    await owner.change_password()
    theirs = await link_to(service, NEW, "security")
    assert await report(service, theirs) == ""
    taken = await link_to(service, NEW, "reset")

    assert await undo(service, mine) == ""

    assert await code_of(await complete_reset(service, taken)) == "reset_link_invalid"
    reset = await link_to(service, EMAIL, "reset")
    assert (await complete_reset(service, reset, FINAL)).status == 204
    assert await owner.sign_in(FINAL, name=EMAIL)


async def test_whoever_changed_the_contact_twice_is_out_all_the_same(
    service: Service, owner: Owner
) -> None:
    """And neither of the links that they hold lets them in again."""
    await owner.change_email(NEW)
    mine = await link_to(service, EMAIL, "undo")
    await owner.change_email("mallory@example.org")
    theirs = [
        await link_to(service, NEW, "undo"),
        await link_to(service, NEW, "security"),
    ]

    assert await undo(service, mine) == ""

    assert await undo(service, theirs[0]) == "undo_link_invalid"
    assert await report(service, theirs[1]) == "security_link_invalid"
    reset = await link_to(service, EMAIL, "reset")
    assert (await complete_reset(service, reset, FINAL)).status == 204
    for name in (NEW, "mallory@example.org"):
        assert not await owner.sign_in(FINAL, name=name)
    assert await owner.sign_in(FINAL, name=EMAIL)
