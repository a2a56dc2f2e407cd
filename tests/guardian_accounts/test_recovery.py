"""Lost factors, and "this wasn't me": how a guardian's own way in comes back."""

import asyncio
from datetime import timedelta

import pytest

from service.domain.consent_methods import Method
from service.domain.guardian_factors import RECOVERY_WAITS
from service.domain.security import LINK_LIFETIME
from service.kit.database import connection as reading
from service.worker import sweep
from tests.support.families import GUARDIAN
from tests.support.guardian_ways import (
    PASSWORD,
    Keeper,
    a_keeper,
    denials,
    deny,
)
from tests.support.holders import NEW_PASSWORD
from tests.support.members import Member
from tests.support.scan import places_of
from tests.support.service import Service
from tests.support.wards import Ward, a_ward, pass_time

SECOND_CONTACT = timedelta(hours=24)
SUSPECT = timedelta(days=4)


@pytest.fixture
async def ward(service: Service) -> Ward:
    ward = await a_ward(service)
    for _ in range(2):
        await pass_time(service, SECOND_CONTACT)
    return ward


@pytest.fixture
async def keeper(service: Service, ward: Ward) -> Keeper:
    keeper = await a_keeper(service)
    await keeper.add_totp()
    await keeper.add_passkey()
    await keeper.do("PUT", "/password", password=PASSWORD)
    return keeper


async def verified_by(service: Service, ward: Ward) -> Method | None:
    async with reading(service.pool) as connection:
        return await service.parts.people.verified_by(
            connection, await ward.guardian_id()
        )


async def test_what_is_lost_goes_after_three_days(
    service: Service, ward: Ward, keeper: Keeper
) -> None:
    await service.pool.execute("UPDATE consent_grant SET method = 'document'")
    assert await verified_by(service, ward) is Method.DOCUMENT
    await keeper.sign_in()
    asked = await keeper.do("POST", "/recovery")
    assert (
        await keeper.do("POST", "/recovery") == asked
    )  # asked twice, it waits no longer
    assert "in three days" in (await service.send_messages()).to(GUARDIAN)[-1]
    service.clock.advance(RECOVERY_WAITS - timedelta(seconds=1))
    assert await service.parts.guardian_ways.recovery.step() == 0
    service.clock.advance(timedelta(seconds=1))

    assert await service.parts.guardian_ways.recovery.step() == 1

    assert await service.count("guardian_session") == 0
    shown = await (await keeper.sign_in()).do("GET", "/authenticators")
    assert shown == {"passkeys": [], "totp": []}
    assert "were removed just now" in (await service.send_messages()).to(GUARDIAN)[-2]
    assert await verified_by(service, ward) is Method.EMAIL_PLUS  # worth the mailbox


async def test_any_use_of_a_factor_calls_it_off(
    service: Service, keeper: Keeper
) -> None:
    await keeper.sign_in()
    await keeper.do("POST", "/recovery")
    assert (await keeper.by_passkey()).status == 201
    assert await service.count("guardian_recovery") == 0
    await keeper.do("POST", "/recovery")
    await keeper.do(
        "POST", "/sessions/current/proofs", method="totp", code=keeper.code()
    )
    assert await service.count("guardian_recovery") == 0
    await keeper.sign_in()
    await keeper.do("POST", "/recovery")
    await keeper.do("DELETE", "/recovery")
    service.clock.advance(RECOVERY_WAITS)
    assert await service.parts.guardian_ways.recovery.step() == 0


async def test_a_recovery_is_done_once(service: Service, keeper: Keeper) -> None:
    await keeper.sign_in()
    await keeper.do("POST", "/recovery")
    service.clock.advance(RECOVERY_WAITS)
    step = service.parts.guardian_ways.recovery.step
    done = await asyncio.gather(*(step() for _ in range(100)))
    assert sum(done) == 1


async def test_nothing_is_recovered_without_the_mailbox(keeper: Keeper) -> None:
    by_passkey = await (await keeper.by_passkey()).json()
    keeper.token = by_passkey["guardian_token"]
    refused = await keeper.ask("POST", "/recovery")
    assert refused.status == 403
    assert (await refused.json())["methods"] == ["email_link"]


async def test_who_has_nothing_has_lost_nothing(service: Service, ward: Ward) -> None:
    keeper = await a_keeper(service)
    assert (await keeper.ask("POST", "/recovery")).status == 404


async def test_this_was_not_me_removes_what_was_added_and_signs_everybody_out(
    service: Service, ward: Ward
) -> None:
    keeper = await a_keeper(service)
    await keeper.add_totp()
    service.clock.advance(SUSPECT)
    await keeper.sign_in()
    await keeper.do(
        "POST", "/sessions/current/proofs", method="totp", code=keeper.code()
    )
    await keeper.add_passkey()  # the thief's
    await keeper.do("POST", "/recovery")
    passkey_added = (await denials(service))[-2]

    answers = await asyncio.gather(*(deny(service, passkey_added) for _ in range(100)))

    assert {one.status for one in answers} == {200}
    assert await service.count("guardian_session") == 0
    assert await service.count("guardian_recovery") == 0
    assert await service.count("guardian_passkey") == 0
    assert await service.count("guardian_totp") == 1  # the guardian's own
    letters = (await service.send_messages()).to(GUARDIAN)
    told = [one for one in letters if "/guardian/sign-in/terra-maestro" in one]
    assert len([one for one in told if "You told us" in one]) == 1


async def test_a_link_is_kept_as_a_hash_and_for_a_week(
    service: Service, keeper: Keeper
) -> None:
    (*_, token) = await denials(service)
    assert not await places_of(service.pool, token)
    service.clock.advance(LINK_LIFETIME)
    for wrong in (token, "x", "x" * 43):
        refused = await deny(service, wrong)
        assert refused.status == 422
        assert (await refused.json())["code"] == "security_link_invalid"
    await sweep(service.parts)
    assert await service.count("guardian_security_link") == 0


async def test_a_guardian_says_that_a_childs_password_was_changed_by_another(
    service: Service, ward: Ward
) -> None:
    child = Member(service, str(ward.account_id), "little-kim", app="terra-maestro")
    session = await child.sign_in()
    guardian = (await a_keeper(service)).children
    await guardian.post(f"/{ward.account_id}/password-resets")
    letter = (await service.send_messages()).to(GUARDIAN)[-1]
    secret = letter.split("/reset#")[1][:43]
    done = await service.post(
        "/v1/password-resets/complete", {"token": secret, "new_password": NEW_PASSWORD}
    )
    assert done.status == 204
    (token,) = await denials(service)
    before = len(service.mailbox.to(GUARDIAN))

    assert (await deny(service, token)).status == 200

    assert not await session.is_in()
    assert (await child.ask(NEW_PASSWORD)).status == 401  # shut, until it is reset
    letters = (await service.send_messages()).to(GUARDIAN)[before:]
    assert ["/reset#" in one for one in letters] == [True]
    (told,) = await ward.told("security.compromise_reported")
    assert told["actor"]["type"] == "guardian"


async def test_who_has_no_say_any_more_shuts_nothing(
    service: Service, ward: Ward
) -> None:
    guardian = (await a_keeper(service)).children
    await guardian.post(f"/{ward.account_id}/password-resets")
    letter = (await service.send_messages()).to(GUARDIAN)[-1]
    secret = letter.split("/reset#")[1][:43]
    await service.post(
        "/v1/password-resets/complete", {"token": secret, "new_password": NEW_PASSWORD}
    )
    (token,) = await denials(service)
    await service.parts.disqualified.remove(
        ward.account_id, await ward.guardian_id(), "custody"
    )
    assert (await deny(service, token)).status == 200
    assert not await ward.told("security.compromise_reported")
