"""Five ways to wait in an account before its owner comes, and none of them works.

The classes are those of "Pre-hijacked accounts" (Sudhodanan and Paverd, USENIX
Security 2022), F16: 35 of 75 services had one of them.
"""

from datetime import timedelta

import pytest

from tests.support.holders import (
    ADULT,
    EMAIL,
    NEW_PASSWORD,
    Owner,
    an_owner,
    ask_reset,
    code_of,
    complete_reset,
    link_to,
    sign_in,
)
from tests.support.service import PASSWORD, Applicant, Service

ATTACKER = "mallory@example.org"
GUESSED = "mallory waits with 9 lanterns"


async def the_owner_signs_up(service: Service) -> Owner:
    owner = await an_owner(service, email=EMAIL)
    assert await owner.sign_in(PASSWORD)
    return owner


async def a_sign_up_with_the_victims_address(service: Service) -> Applicant:
    return await service.register("plain", **ADULT, email=EMAIL, password=GUESSED)


async def test_classic_federated_merge(service: Service) -> None:
    """The attacker signs up with the victim's address first, and keeps the password."""
    early = await a_sign_up_with_the_victims_address(service)

    owner = await the_owner_signs_up(service)

    assert (await sign_in(service, "plain", EMAIL, GUESSED)).status == 401
    assert early.id != owner.id
    assert (await early.post("contact-confirmations", code="000000")).status == 422


async def test_unexpired_session(service: Service) -> None:
    """The attacker is in, the owner resets the password: no session is left."""
    owner = await the_owner_signs_up(service)
    attacker = Owner(service, "plain", owner.id, EMAIL)
    assert await attacker.sign_in(PASSWORD)

    await ask_reset(service, "plain", EMAIL)
    reset = await link_to(service, EMAIL, "reset")
    assert (await complete_reset(service, reset)).status == 204

    assert not await attacker.is_in()
    body = {"refresh_token": attacker.session["refresh_token"]}
    assert (await service.post("/v1/sessions/refresh", body)).status == 401
    assert not await attacker.sign_in(PASSWORD)


async def test_trojan_identifier(service: Service) -> None:
    """The attacker adds a contact of their own, to come back by: it goes as well."""
    owner = await an_owner(service, email=EMAIL)
    attacker = Owner(service, "plain", owner.id, EMAIL)
    assert await attacker.sign_in(PASSWORD)
    await attacker.change_email(ATTACKER)
    undo = await link_to(service, EMAIL, "undo")

    await service.post("/v1/contact-changes/undo", {"token": undo})

    await ask_reset(service, "plain", ATTACKER)
    assert "/reset#" not in "".join((await service.send_messages()).to(ATTACKER))
    reset = await link_to(service, EMAIL, "reset")
    assert (await complete_reset(service, reset)).status == 204
    assert await owner.sign_in(NEW_PASSWORD, name=EMAIL)
    assert not await attacker.sign_in(NEW_PASSWORD, name=ATTACKER)


async def test_unexpired_contact_change(service: Service) -> None:
    """The attacker has a change of contact wait, to be confirmed after the reset."""
    owner = await the_owner_signs_up(service)
    attacker = Owner(service, "plain", owner.id, EMAIL)
    assert await attacker.sign_in(PASSWORD)
    await attacker.put("email", email=ATTACKER)
    code = (await service.send_messages()).code_for(ATTACKER)

    await ask_reset(service, "plain", EMAIL)
    reset = await link_to(service, EMAIL, "reset")
    assert (await complete_reset(service, reset)).status == 204

    response = await attacker.post("email/confirmations", code=code)
    assert await code_of(response) == "session_required"
    assert await owner.sign_in(NEW_PASSWORD)
    response = await owner.post("email/confirmations", code=code)
    assert await code_of(response) == "code_wrong"


async def test_non_verifying_provider(service: Service) -> None:
    """An address that nobody confirmed identifies nobody, and recovers nothing."""
    await service.register(
        "terran-studio", username="mallory", email=EMAIL, password=GUESSED
    )

    await ask_reset(service, "terran-studio", EMAIL)

    assert (await service.send_messages()).to(EMAIL) == []
    assert (await sign_in(service, "terran-studio", EMAIL, GUESSED)).status == 401


@pytest.mark.parametrize("days", [0, 2])
async def test_an_early_sign_up_is_no_way_to_the_account_later(
    service: Service, days: int
) -> None:
    early = await a_sign_up_with_the_victims_address(service)
    service.clock.advance(timedelta(days=days))
    await the_owner_signs_up(service)

    await ask_reset(service, "plain", EMAIL)
    reset = await link_to(service, EMAIL, "reset")
    assert (await complete_reset(service, reset)).status == 204

    assert (await early.look())["state"] == "confirm_contact"
    assert (await sign_in(service, "plain", EMAIL, GUESSED)).status == 401
