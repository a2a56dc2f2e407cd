"""Adding a second factor proves it: the session that adds it rises with it."""

import asyncio
from datetime import timedelta
from typing import Final

import pyotp
import pytest
from aiohttp import ClientResponse

from service.domain.authenticators import FRESH
from service.domain.refusals import SessionRequired
from service.domain.sessions import LOST_ANSWER
from service.kit.times import instant
from service.mfa.totp.flows import ENROLMENT
from tests.mfa.device import Device
from tests.support.members import Member, SignedIn, a_member, cookie_in
from tests.support.service import Service

OWN: Final = "/v1/account/authenticators"
LATER: Final = ENROLMENT - timedelta(minutes=1)


@pytest.fixture
async def member(service: Service) -> Member:
    return await a_member(service)


async def code_of(response: ClientResponse) -> str:
    return str((await response.json())["code"])


async def begun(session: SignedIn) -> pyotp.TOTP:
    response = await session.post(f"{OWN}/totp", name="My phone")
    assert response.status == 201, await response.text()
    return pyotp.TOTP((await response.json())["secret"])


async def confirm(session: SignedIn, app: pyotp.TOTP) -> ClientResponse:
    now = session.service.clock.now()
    return await session.post(f"{OWN}/totp/confirm", code=app.at(now))


async def add_passkey(session: SignedIn) -> ClientResponse:
    options = await session.post(f"{OWN}/passkeys/options")
    made = Device().make(await options.json())
    return await session.post(f"{OWN}/passkeys", name="My laptop", credential=made)


async def risen(session: SignedIn, response: ClientResponse) -> SignedIn:
    assert response.status in {200, 201}, await response.text()
    body = (await response.json())["session"]
    assert body["session_id"] == session.id
    return SignedIn(session.service, body, cookie_in(response))


@pytest.mark.parametrize("kind", ["mobile", "browser"])
async def test_the_first_code_of_an_app_raises_the_session(
    member: Member, kind: str
) -> None:
    session, clock = await member.sign_in(kind=kind), member.service.clock
    app = await begun(session)
    clock.advance(LATER)  # the password was proven too long ago to change anything
    if kind == "mobile":
        session = await session.refreshed()
    wrong = await session.post(f"{OWN}/totp/confirm", code="000000")
    assert wrong.status == 422
    assert await session.is_in(), "a wrong code changes nothing"

    now = await risen(session, await confirm(session, app))

    assert now.answer["aal"] == 2
    assert now.answer["methods"] == ["password", "totp"]
    assert now.answer["auth_time"] == instant(clock.now())
    codes = await now.post(f"{OWN}/recovery-codes")
    assert codes.status == 201, "it is fresh, and enough"
    clock.advance(FRESH)
    if kind == "mobile":
        now = await now.refreshed()
    old = await now.post(f"{OWN}/recovery-codes")
    assert await code_of(old) == "step_up_required"


async def test_a_passkey_that_was_added_raises_the_session(member: Member) -> None:
    session = await member.sign_in()

    now = await risen(session, await add_passkey(session))

    assert now.answer["aal"] == 2
    assert now.answer["methods"] == ["passkey", "password"]
    assert (await now.post(f"{OWN}/recovery-codes")).status == 201


async def test_the_cookie_before_is_worth_nothing(member: Member) -> None:
    browser, mobile = await member.sign_in(kind="browser"), await member.sign_in()

    after = await risen(browser, await confirm(browser, await begun(browser)))

    assert after.cookie != browser.cookie
    assert [await one.is_in() for one in (browser, after)] == [False, True]
    assert await mobile.is_in(), "another session stays as it was"
    changed = await mobile.post(f"{OWN}/recovery-codes")
    assert await code_of(changed) == "step_up_required"


async def test_the_refresh_token_before_ends_the_session(member: Member) -> None:
    session = await member.sign_in()

    after = await risen(session, await add_passkey(session))

    assert after.answer["refresh_token"] != session.answer["refresh_token"]
    assert (await after.refreshed()).answer["aal"] == 2
    member.service.clock.advance(LOST_ANSWER)
    assert (await session.refresh()).status == 401
    assert not await after.is_in(), "somebody has kept a copy"


async def test_a_session_that_ended_adds_nothing(member: Member) -> None:
    """As when it is ended from elsewhere while the code is looked at."""
    session, parts = await member.sign_in(), member.service.parts
    app, door = await begun(session), parts.entrances.door
    holder = await door.by_token(session.answer["access_token"])
    await session.delete("/v1/sessions/current")

    code = app.at(member.service.clock.now())
    with pytest.raises(SessionRequired):
        await parts.entrances.enrolments.confirm_app(holder, code)

    assert (await member.ask()).status == 200, "no second factor is asked for"
    assert await member.service.count("recovery_code") == 0


async def test_of_a_hundred_confirmations_one_raises(member: Member) -> None:
    session = await member.sign_in()
    app = await begun(session)

    answers = await asyncio.gather(*(confirm(session, app) for _ in range(100)))

    taken = [one for one in answers if one.status == 200]
    assert len(taken) == 1
    assert await (await risen(session, taken[0])).is_in()
    (row,) = await member.service.pool.fetch("SELECT aal, methods FROM session")
    assert (row["aal"], sorted(row["methods"])) == (2, ["password", "totp"])
