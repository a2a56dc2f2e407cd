"""Signing in: who gets in, by what, and what those who don't can learn."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from aiohttp import ClientResponse
from argon2 import Parameters, PasswordHasher, extract_parameters

from service.domain.authenticators import TRIES_IN_A_ROW, TRIES_IN_WINDOW
from service.domain.sessions import CHALLENGE_TRIES
from service.kit.database import Pool
from service.kit.passwords import Passwords
from tests.mfa.device import Device
from tests.support.clock import StoppedClock
from tests.support.families import a_family
from tests.support.members import APP, WRONG, Member, SignedIn, a_member
from tests.support.service import BASE_URL, PASSWORD, Json, Service, running

HUNDRED = 100
HOUR = timedelta(hours=1)


async def code_of(response: ClientResponse) -> str:
    return str((await response.json())["code"])


async def fingerprint(response: ClientResponse) -> tuple[int, dict[str, Json], int]:
    """Return everything of an answer that could tell something."""
    body = await response.json()
    body.pop("request_id")
    return response.status, body, len(await response.read())


async def challenge_of(member: Member) -> str:
    body = await (await member.ask()).json()
    assert body["code"] == "mfa_required"
    return str(body["challenge_id"])


async def fail(member: Member, times: int = TRIES_IN_WINDOW) -> None:
    for _ in range(times):
        assert (await member.ask(WRONG)).status == 401


async def test_the_right_password_opens_a_session(service: Service) -> None:
    member = await a_member(service)

    session = await member.sign_in(device="Ada's phone")

    assert session.answer["kind"] == "mobile"
    assert session.answer["aal"] == 1
    assert session.answer["methods"] == ["password"]
    account = await (await session.get()).json()
    assert account["account_id"] == member.id
    assert account["email"] == "ada@example.org"
    assert account["confirmed"] == ["email"]
    assert account["purposes"] == ["service"]


@pytest.mark.parametrize("typed", ["ADA@Example.ORG", " ada@example.org "])
async def test_an_address_is_canonical(service: Service, typed: str) -> None:
    member = await a_member(service)
    member.identifier = typed

    await member.sign_in()


async def test_a_child_signs_in_by_username_once_the_guardian_said_yes(
    service: Service,
) -> None:
    family = await a_family(service, username="little-kim")
    child = Member(service, family.child.id, "Little-Kim", "terra-maestro")

    waiting = await child.ask()
    assert (waiting.status, await code_of(waiting)) == (403, "account_waiting")
    assert (await waiting.json())["state"] == "awaiting_guardian"
    assert await code_of(await child.ask(WRONG)) == "credentials_wrong"

    assert (await family.answer("give")).status == 200
    account = await (await (await child.sign_in()).get()).json()
    assert (account["username"], account["age_band"]) == ("little-kim", "child")


async def test_a_phone_is_a_name_too(service: Service) -> None:
    adult = await service.register(
        "terraquanta",
        email="ada@example.org",
        phone="+8613800138000",
        date_of_birth="1990-05-17",
        country="CN",
        profile={"name": "Ada", "organisation": "Terra"},
    )
    await adult.confirm("ada@example.org")
    await adult.confirm("+8613800138000", "phone")
    member = Member(service, adult.id, "+86 138 0013 8000", "terraquanta")

    await member.sign_in()
    member.identifier = "ada@example.org"
    await member.sign_in()


async def test_who_does_not_get_in_learns_nothing(service: Service) -> None:
    member = await a_member(service)
    slow = await a_member(service, "slow@example.org")
    locked = await a_member(service, "lock@example.org")
    await fail(slow)
    await service.pool.execute(
        "UPDATE account SET locked_at = now() WHERE account_id = $1", locked.account_id
    )
    nobody = Member(service, "", "none@example.org")
    malformed = Member(service, "", "no one @ all")

    answers = [
        await fingerprint(await member.ask(WRONG)),
        await fingerprint(await nobody.ask()),
        await fingerprint(await malformed.ask()),
        await fingerprint(await slow.ask()),
        await fingerprint(await locked.ask()),
    ]

    assert answers[0][1]["code"] == "credentials_wrong"
    assert all(one == answers[0] for one in answers)


async def test_who_does_not_get_in_makes_the_same_writes(service: Service) -> None:
    member = await a_member(service)
    nobody = Member(service, "", "none@example.org")
    tables = [
        row["table_name"]
        for row in await service.pool.fetch(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
            " AND table_name <> 'rate_limit'"  # counts the network
        )
    ]

    async def grown(one: Member) -> dict[str, int]:
        before = {table: await service.count(table) for table in tables}
        await one.ask(WRONG)
        after = {table: await service.count(table) for table in tables}
        return {table: after[table] - before[table] for table in tables}

    for known, unknown in [(await grown(member), await grown(nobody)) for _ in "ab"]:
        assert known == unknown
        assert sum(known.values()) in {1, 2}  # the log, and once the count


async def test_the_owner_of_a_frozen_account_comes_in_for_their_rights_alone(
    service: Service,
) -> None:
    member = await a_member(service)
    session = await member.sign_in()
    await member.freeze()

    assert await code_of(await member.ask(WRONG)) == "credentials_wrong"
    assert not await session.is_in()
    assert (await session.refresh()).status == 401
    again = await member.sign_in()

    assert (await (await again.get()).json())["suspended_for"] == "age_review"
    refused = await again.put(
        "/v1/account/password", current_password=WRONG, new_password=WRONG
    )
    assert (refused.status, await code_of(refused)) == (403, "account_suspended")


async def test_ten_failures_slow_an_account_down_for_an_hour(service: Service) -> None:
    member, other = await a_member(service), await a_member(service, "eve@example.org")
    session = await member.sign_in()
    await fail(member)

    assert await code_of(await member.ask()) == "credentials_wrong"
    await other.sign_in()  # clears nobody else's count
    assert await code_of(await member.ask()) == "credentials_wrong"
    assert await session.is_in()

    service.clock.advance(HOUR)
    await member.sign_in()


async def test_a_success_begins_the_count_anew(service: Service) -> None:
    member = await a_member(service)
    for _ in range(3):
        await fail(member, TRIES_IN_WINDOW - 1)
        await member.sign_in()


async def test_a_hundred_failures_in_a_row_close_the_way_for_good(
    service: Service,
) -> None:
    member = await a_member(service)
    for _ in range(TRIES_IN_A_ROW // TRIES_IN_WINDOW):
        await fail(member)
        service.clock.advance(HOUR)

    assert await code_of(await member.ask()) == "credentials_wrong"
    service.clock.advance(timedelta(days=400))
    assert await code_of(await member.ask()) == "credentials_wrong"


async def test_of_a_hundred_guesses_at_once_ten_count(service: Service) -> None:
    member = await a_member(service)
    guesses = [member.ask(WRONG) for _ in range(HUNDRED)]

    answers = Counter([one.status for one in await asyncio.gather(*guesses)])

    assert answers == {401: HUNDRED}
    assert await code_of(await member.ask()) == "credentials_wrong"
    counted = await service.pool.fetchval("SELECT in_a_row FROM failed_tries")
    assert counted == TRIES_IN_WINDOW  # the others were not looked at


async def test_the_owner_is_told_once(service: Service) -> None:
    member = await a_member(service)
    await fail(member, 9)
    assert await service.parts.warnings.step() == 0
    await fail(member, 5)
    nobody = Member(service, "", "none@example.org")
    await fail(nobody, 20)

    assert await service.parts.warnings.step() == 1
    await fail(member, 5)
    service.clock.advance(HOUR)
    await fail(member, 15)
    assert await service.parts.warnings.step() == 0

    (told,) = (await service.send_messages()).to(member.identifier)
    assert f"{BASE_URL}/security#" in told


async def test_a_passkey_still_opens_an_account_that_is_slowed_down(
    service: Service,
) -> None:
    member = await a_member(service)
    device = await _add_passkey(member)
    await fail(member)
    options = await service.parts.authenticators.passkey_proofs.options_to_sign_in(
        service.parts.given.profiles[APP].app
    )

    assertion = device.sign(options)
    path = f"/v1/apps/{APP}/sessions"
    response = await service.post(path, {"assertion": assertion})

    assert response.status == 200, await response.text()
    answer = await response.json()
    assert (answer["aal"], answer["methods"]) == (2, ["passkey"])
    again = await service.post(path, {"assertion": assertion})
    assert (again.status, await code_of(again)) == (401, "factor_wrong")


async def test_a_second_factor_is_asked_for(service: Service) -> None:
    member = await a_member(service)
    await member.add_totp()

    response = await member.ask()

    body = await response.json()
    assert (response.status, body["code"]) == (401, "mfa_required")
    assert body["methods"] == ["totp", "recovery_code"]
    assert await service.count("session") == 1  # the one that added it
    answered = await member.answer(body["challenge_id"], "totp")
    answer = await answered.json()
    assert (answered.status, answer["aal"]) == (200, 2)
    assert answer["methods"] == ["password", "totp"]
    again = await member.answer(body["challenge_id"], "totp")
    assert (again.status, await code_of(again)) == (404, "challenge_unknown")


async def test_a_recovery_code_signs_in_once(service: Service) -> None:
    member = await a_member(service)
    await member.add_totp()
    (code, *_), first = member.recovery_codes, await challenge_of(member)

    used = await member.answer(first, "recovery_code", code)
    again = await member.answer(await challenge_of(member), "recovery_code", code)

    assert used.status == 200
    assert (again.status, await code_of(again)) == (401, "factor_wrong")


async def test_a_challenge_is_met_once_by_a_hundred_at_once(service: Service) -> None:
    member = await a_member(service)
    await member.add_totp()
    challenge, code = await challenge_of(member), member.code()
    tries = [member.answer(challenge, "totp", code) for _ in range(HUNDRED)]

    answers = Counter([one.status for one in await asyncio.gather(*tries)])

    assert answers == {200: 1, 404: HUNDRED - 1}


async def test_a_code_meets_one_of_a_hundred_challenges(service: Service) -> None:
    member = await a_member(service)
    await member.add_totp()
    challenges = [await challenge_of(member) for _ in range(HUNDRED)]
    code = member.code()
    tries = [member.answer(one, "totp", code) for one in challenges]

    answers = Counter([one.status for one in await asyncio.gather(*tries)])

    assert answers == {200: 1, 401: HUNDRED - 1}


async def test_failures_of_second_factors_count_over_every_path(
    service: Service,
) -> None:
    member = await a_member(service)
    await member.add_totp()
    session = await member.sign_in()
    for number in range(TRIES_IN_WINDOW):
        method = ("totp", "recovery_code")[number % 2]
        if number % 3:
            failed = await session.post(
                "/v1/account/step-up", method=method, code="000000"
            )
        else:
            failed = await member.answer(await challenge_of(member), method, "000000")
        assert (failed.status, await code_of(failed)) == (401, "factor_wrong")

    right = await member.answer(await challenge_of(member), "totp")
    code = member.recovery_codes[0]
    recovered = await member.answer(await challenge_of(member), "recovery_code", code)

    assert (right.status, recovered.status) == (401, 401)
    service.clock.advance(HOUR)
    kept = await member.answer(await challenge_of(member), "recovery_code", code)
    assert kept.status == 200  # it was not used up while nobody looked at it


async def test_a_challenge_has_five_tries_and_ten_minutes(service: Service) -> None:
    member = await a_member(service)
    await member.add_totp()
    challenge = await challenge_of(member)
    for _ in range(CHALLENGE_TRIES):
        assert (await member.answer(challenge, "totp", "000000")).status == 401
    assert (await member.answer(challenge, "totp")).status == 404

    late = await challenge_of(member)
    service.clock.advance(timedelta(minutes=10))
    assert (await member.answer(late, "totp")).status == 404


async def test_a_challenge_ends_with_its_epoch(service: Service) -> None:
    member = await a_member(service)
    await member.add_totp()
    challenge = await challenge_of(member)

    await member.raise_epoch()

    assert (await member.answer(challenge, "totp")).status == 404


async def test_no_token_is_good_for_what_another_is(service: Service) -> None:
    member = await a_member(service)
    browser = await member.sign_in(kind="browser")
    mobile = await member.sign_in()
    await member.add_totp()
    challenge = await challenge_of(member)
    refresh = mobile.answer["refresh_token"]
    assert browser.cookie is not None

    for token in (challenge, refresh, browser.cookie, "x", "", "a" * 5000):
        assert (await service.get("/v1/account", token=token)).status == 401
        assert (await service.get("/v1/account/sessions", token=token)).status == 401
        as_cookie = SignedIn(service, {}, cookie=token)
        if token != browser.cookie:
            assert not await as_cookie.is_in()
        if token != refresh:
            body = {"refresh_token": token[:200]}
            assert (await service.post("/v1/sessions/refresh", body)).status == 401
    access = mobile.answer["access_token"]
    assert (await member.answer(refresh[:100], "totp")).status == 404
    assert not await SignedIn(service, {}, cookie=access).is_in()


async def test_a_weak_hash_is_made_stronger_at_a_sign_in(
    pool: Pool, clock: StoppedClock
) -> None:
    async with running(pool, clock) as cheap:
        member = await a_member(cheap)
    dear = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    passwords = Passwords(dear, workers=2, queue=500)
    async with running(pool, clock, passwords=passwords) as service:
        member.service = service

        await fail(member, 1)
        assert (await _kept_hash(member)).time_cost == 1
        await member.sign_in()

        assert (await _kept_hash(member)).time_cost == 2
        assert (await _kept_hash(member)).memory_cost == 16
        await member.sign_in()


async def test_nothing_that_opens_a_session_is_kept_as_it_is(service: Service) -> None:
    member = await a_member(service)
    browser = await member.sign_in(kind="browser", device="Ada's laptop")
    mobile = await member.sign_in()
    used = mobile.answer["refresh_token"]
    successor = (await mobile.refreshed()).answer["refresh_token"]
    await member.add_totp()
    challenge = await challenge_of(member)

    kept = "\n".join(
        [
            str(row[0])
            for table in (
                "session",
                "refresh_token",
                "sign_in_challenge",
                "audit_entry",
            )
            for row in await service.pool.fetch(f"SELECT t::text FROM {table} t")  # noqa: S608
        ]
    )

    for secret in (
        browser.cookie,
        used,
        successor,
        challenge,
        PASSWORD,
        "Ada's laptop",
    ):
        assert secret is not None
        assert secret not in kept
        assert secret.encode().hex() not in kept


async def _kept_hash(member: Member) -> Parameters:
    async with member.service.pool.acquire() as one:
        found = await member.service.parts.records.find(one, member.account_id)
    assert found is not None
    return extract_parameters(found[0].password_hash)


async def _add_passkey(member: Member) -> Device:
    parts = member.service.parts
    session = await member.sign_in()
    holder = await parts.entrances.door.by_token(session.answer["access_token"])
    device = Device()
    options = await parts.authenticators.passkeys.options(holder)
    await parts.authenticators.passkeys.add(holder, "My key", device.make(options))
    return device
