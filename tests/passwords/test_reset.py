"""A forgotten password is reset through what was confirmed, and nothing else."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from service.domain.accounts import AccountId
from service.domain.forms import PasswordRules
from service.domain.profiles import AppName
from service.kit.database import Pool
from tests.mfa.device import Device
from tests.mfa.people import Owner as Enrolling
from tests.support.clock import StoppedClock
from tests.support.families import a_family
from tests.support.holders import (
    EMAIL,
    NEW_PASSWORD,
    PHONE,
    Owner,
    an_owner,
    ask_reset,
    code_of,
    complete_reset,
    link_to,
    read_all,
    sign_in,
)
from tests.support.operators import SHIPPED, running_for
from tests.support.service import PASSWORD, Json, Service

LINK_IS_GOOD = timedelta(minutes=30)


@pytest.fixture
async def owner(service: Service) -> Owner:
    return await an_owner(service)


async def test_the_link_sets_another_password_and_signs_nobody_in(
    service: Service, owner: Owner
) -> None:
    assert (await ask_reset(service, "plain", EMAIL)).status == 202
    token = await link_to(service, EMAIL, "reset")

    response = await complete_reset(service, token)

    assert response.status == 204
    assert "Set-Cookie" not in response.headers
    assert not await owner.is_in()
    assert not await owner.sign_in(PASSWORD)
    assert await owner.sign_in(NEW_PASSWORD)
    events = await service.events(owner.id)
    assert events[-2:] == ["security.sessions_ended", "security.password_changed"]
    assert "was changed" in (await service.send_messages()).to(EMAIL)[-1]


async def test_other_sessions_go_on_if_the_holder_says_so(
    service: Service, owner: Owner
) -> None:
    await ask_reset(service, "plain", EMAIL)
    token = await link_to(service, EMAIL, "reset")

    await complete_reset(service, token, end_sessions=False)

    body = {"refresh_token": owner.session["refresh_token"]}
    assert (await service.post("/v1/sessions/refresh", body)).status == 200


async def test_the_link_is_stored_as_a_hash_alone(
    service: Service, owner: Owner
) -> None:
    await ask_reset(service, "plain", EMAIL)
    token = await link_to(service, EMAIL, "reset")

    assert len(token) == 43  # 256 bits
    kept = await service.pool.fetch("SELECT * FROM password_reset")
    assert token not in str([tuple(row) for row in kept])


async def test_a_link_works_once_for_half_an_hour(
    service: Service, owner: Owner
) -> None:
    await ask_reset(service, "plain", EMAIL)
    token = await link_to(service, EMAIL, "reset")
    service.clock.advance(LINK_IS_GOOD)
    assert await code_of(await complete_reset(service, token)) == "reset_link_invalid"
    service.clock.advance(-timedelta(seconds=1))
    assert (await complete_reset(service, token)).status == 204
    assert await code_of(await complete_reset(service, token)) == "reset_link_invalid"


async def test_a_newer_link_makes_the_older_one_worthless(
    service: Service, owner: Owner
) -> None:
    await ask_reset(service, "plain", EMAIL)
    older = await link_to(service, EMAIL, "reset")
    await ask_reset(service, "plain", EMAIL)
    newer = await link_to(service, EMAIL, "reset")

    assert await code_of(await complete_reset(service, older)) == "reset_link_invalid"
    assert (await complete_reset(service, newer)).status == 204


async def test_a_link_is_worthless_once_the_password_was_changed(
    service: Service, owner: Owner
) -> None:
    await ask_reset(service, "plain", EMAIL)
    token = await link_to(service, EMAIL, "reset")
    await owner.change_password()

    assert await code_of(await complete_reset(service, token)) == "reset_link_invalid"


async def test_a_link_is_bound_to_the_contact_it_went_to(
    service: Service, owner: Owner
) -> None:
    await ask_reset(service, "plain", EMAIL)
    token = await link_to(service, EMAIL, "reset")
    await owner.change_email("lovelace@example.org")

    assert await code_of(await complete_reset(service, token)) == "reset_link_invalid"


@pytest.mark.parametrize(
    "token", ["", "x", "x" * 43, "é" * 43, "Nobodys-token_" * 3 + "0\n"]
)
async def test_what_is_no_link_of_ours_is_refused(service: Service, token: str) -> None:
    assert await code_of(await complete_reset(service, token)) == "reset_link_invalid"


async def test_a_weak_password_leaves_the_link_good(
    service: Service, owner: Owner
) -> None:
    await ask_reset(service, "plain", EMAIL)
    token = await link_to(service, EMAIL, "reset")

    weak = await complete_reset(service, token, "ada@example.org ada")

    assert await code_of(weak) == "fields_wrong"
    assert (await complete_reset(service, token)).status == 204


async def test_by_phone_where_that_is_what_they_typed(service: Service) -> None:
    await an_owner(service, "terra-maestro", username="ada", phone=PHONE)

    await ask_reset(service, "terra-maestro", "0151 12345678")
    await ask_reset(service, "terra-maestro", PHONE)

    mailbox = await service.send_messages()
    assert mailbox.to(EMAIL) == []
    assert "/reset#" in mailbox.to(PHONE)[-1]


async def test_a_username_leads_to_the_contact_that_is_stored(service: Service) -> None:
    await an_owner(service, "terra-maestro", username="ada", phone=PHONE)

    await ask_reset(service, "terra-maestro", "ADA")

    token = await link_to(service, EMAIL, "reset")
    assert (await complete_reset(service, token)).status == 204


async def test_a_contact_that_nobody_confirmed_identifies_nobody(
    service: Service,
) -> None:
    await service.register("terran-studio", username="ada", email=EMAIL)

    for name in (EMAIL, "ada"):
        assert (await ask_reset(service, "terran-studio", name)).status == 202

    assert (await service.send_messages()).to(EMAIL) == []
    assert await service.count("password_reset") == 0


async def test_a_frozen_account_is_answered_the_same_and_gets_nothing(
    service: Service, owner: Owner
) -> None:
    assert await service.parts.minors.freeze(AccountId(UUID(owner.id)), "a report")
    (await service.send_messages()).emails.clear()

    assert (await ask_reset(service, "plain", EMAIL)).status == 202

    assert (await service.send_messages()).to(EMAIL) == []


async def test_the_sixth_request_of_an_hour_is_refused_known_or_not(
    service: Service, owner: Owner
) -> None:
    for name in (EMAIL, "nobody@example.org"):
        asked = [await ask_reset(service, "plain", name) for _ in range(6)]
        assert [one.status for one in asked] == [202] * 5 + [429]
    assert len((await service.send_messages()).to(EMAIL)) == 5


async def test_a_request_that_waited_too_long_is_dropped(
    service: Service, owner: Owner
) -> None:
    await ask_reset(service, "plain", EMAIL)
    service.clock.advance(LINK_IS_GOOD + timedelta(seconds=1))

    assert (await service.send_messages()).to(EMAIL) == []
    assert await service.count("reset_request") == 0


async def test_a_second_factor_is_asked_for_all_the_same(
    service: Service, owner: Owner
) -> None:
    enrolling = Enrolling(service, AccountId(UUID(owner.id)), EMAIL)
    app = await enrolling.enrol()
    service.clock.advance(timedelta(hours=1))
    await ask_reset(service, "plain", EMAIL)
    token = await link_to(service, EMAIL, "reset")

    asked = await complete_reset(service, token)
    assert asked.status == 403
    told = await asked.json(content_type=None)
    assert told["code"] == "second_factor_required"
    assert told["methods"] == ["totp", "recovery_code"]
    wrong = {"method": "totp", "code": "000000"}
    response = await complete_reset(service, token, second_factor=wrong)
    assert await code_of(response) == "factor_wrong"
    assert await owner.sign_in(PASSWORD) is False  # a challenge: nothing has changed

    code = {"method": "totp", "code": app.at(service.clock.now())}
    weak = await complete_reset(service, token, "too weak", second_factor=code)
    assert await code_of(weak) == "fields_wrong"  # and the code is not used up
    assert (await complete_reset(service, token, second_factor=code)).status == 204


async def test_guesses_at_the_second_factor_are_counted_on_every_path(
    service: Service, owner: Owner
) -> None:
    enrolling = Enrolling(service, AccountId(UUID(owner.id)), EMAIL)
    app = await enrolling.enrol()
    service.clock.advance(timedelta(hours=1))
    await ask_reset(service, "plain", EMAIL)
    token = await link_to(service, EMAIL, "reset")

    for _ in range(10):
        wrong = {"method": "totp", "code": "000000"}
        await complete_reset(service, token, second_factor=wrong)

    right = {"method": "totp", "code": app.at(service.clock.now())}
    response = await complete_reset(service, token, second_factor=right)
    assert await code_of(response) == "factor_wrong"
    challenge = await sign_in(service, "plain", EMAIL, PASSWORD)
    challenge_id = (await challenge.json(content_type=None))["challenge_id"]
    response = await service.post(f"/v1/session-challenges/{challenge_id}", right)
    assert await code_of(response) == "factor_wrong"


async def test_a_recovery_code_or_a_passkey_will_do(
    service: Service, owner: Owner
) -> None:
    enrolling, device = Enrolling(service, AccountId(UUID(owner.id)), EMAIL), Device()
    await enrolling.add_passkey(device)
    for number in range(2):
        await ask_reset(service, "plain", EMAIL)
        token = await link_to(service, EMAIL, "reset")
        proof: Json = {"method": "recovery_code", "code": enrolling.recovery_codes[0]}
        if number:
            proofs = service.parts.authenticators.passkey_proofs
            options = await proofs.options_to_sign_in(AppName("plain"))
            proof = {"method": "passkey", "assertion": device.sign(options)}
        done = await complete_reset(
            service, token, f"{number} {NEW_PASSWORD}", second_factor=proof
        )
        assert done.status == 204, await done.text()


async def test_where_the_profile_says_so_a_second_factor_allows_a_shorter_password(
    pool: Pool, clock: StoppedClock
) -> None:
    rules = PasswordRules(min_length_with_second_factor=8)
    plain = replace(SHIPPED["plain"], password=rules)
    async with running_for(pool, clock, plain) as service:
        owner = await an_owner(service)
        short = "q7#Lw9zv"
        assert await code_of(await owner.change_password(short)) == "fields_wrong"
        enrolling = Enrolling(service, AccountId(UUID(owner.id)), EMAIL)
        await enrolling.add_passkey(Device())
        await ask_reset(service, "plain", EMAIL)
        token = await link_to(service, EMAIL, "reset")
        code = {"method": "recovery_code", "code": enrolling.recovery_codes[0]}

        done = await complete_reset(service, token, short, second_factor=code)

        assert done.status == 204, await done.text()
        assert await pool.fetchval("SELECT password_short FROM account") is True


async def a_child(service: Service) -> Owner:
    """Return a child with an account, a username and no contact of its own."""
    family = await a_family(service)
    assert (await family.answer("give")).status == 200
    child = Owner(service, "terra-maestro", family.child.id, "little-kim")
    await read_all(service)
    return child


async def test_a_child_without_a_contact_recovers_through_its_guardian(
    service: Service,
) -> None:
    child = await a_child(service)

    await ask_reset(service, "terra-maestro", "little-kim")

    token = await link_to(service, "mum@example.org", "reset")
    assert await child.sign_in(PASSWORD)  # until it is used, nothing has changed
    (told,) = service.mailbox.to("mum@example.org")
    assert "little-kim" not in told
    assert PASSWORD not in told
    service.clock.advance(timedelta(hours=23))
    assert (await complete_reset(service, token)).status == 204
    assert not await child.sign_in(PASSWORD)
    assert await child.sign_in(NEW_PASSWORD)
    told = (await service.send_messages()).to("mum@example.org")[-1]
    assert "was changed just now" in told
    actor = await service.pool.fetchval(
        "SELECT actor FROM audit_entry WHERE action = 'security.password_changed'"
    )
    assert actor == "guardian"


async def test_a_guardian_no_longer_is_one_and_the_link_goes_with_it(
    service: Service,
) -> None:
    await a_child(service)
    await ask_reset(service, "terra-maestro", "little-kim")
    token = await link_to(service, "mum@example.org", "reset")
    await service.pool.execute("DELETE FROM guardianship")

    assert await code_of(await complete_reset(service, token)) == "reset_link_invalid"
