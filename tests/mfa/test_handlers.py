"""Second factors over HTTP, by people who are really signed in."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pyotp
import pytest
from aiohttp import ClientResponse

from tests.mfa.device import Device
from tests.support.members import (
    APP,
    TOTP_STEP,
    Member,
    SignedIn,
    a_member,
    cookie_in,
)
from tests.support.service import Json, Service

OWN = "/v1/account/authenticators"


@pytest.fixture
async def member(service: Service) -> Member:
    return await a_member(service)


async def patch(session: SignedIn, path: str, **body: Json) -> ClientResponse:
    client = session.service.client
    return await client.patch(path, json=body, headers=session.headers)


async def listed(session: SignedIn) -> Any:
    response = await session.get(OWN)
    assert response.status == 200
    return await response.json()


async def code_of(response: ClientResponse) -> str:
    return str((await response.json(content_type=None))["code"])


async def add_passkey(session: SignedIn, device: Device) -> Any:
    options = await session.post(f"{OWN}/passkeys/options")
    assert options.status == 200, await options.text()
    credential = device.make(await options.json())
    added = await session.post(f"{OWN}/passkeys", name="Laptop", credential=credential)
    assert added.status == 201, await added.text()
    return await added.json()


async def assertion_for(service: Service, device: Device, app: str = APP) -> Json:
    options = await service.post(f"/v1/apps/{app}/passkey-options")
    assert options.status == 200
    return device.sign(await options.json())


@pytest.mark.parametrize("kind", ["mobile", "browser"])
async def test_an_app_is_added_and_asked_for_when_signing_in(
    member: Member, kind: str
) -> None:
    session, service = await member.sign_in(kind=kind), member.service
    begun = await session.post(f"{OWN}/totp", name="My phone")
    assert begun.status == 201
    shown = await begun.json()
    assert shown["qr_svg"].startswith("<svg")
    assert f"secret={shown['secret']}" in shown["otpauth_uri"]
    assert "ada%40example.org" in shown["otpauth_uri"]
    assert (await listed(session))["totp"] == []
    assert (await member.ask()).status == 200, "not asked for before it is confirmed"

    app = pyotp.TOTP(shown["secret"])
    code = app.at(service.clock.now())
    confirmed = await session.post(f"{OWN}/totp/confirm", code=code)

    assert confirmed.status == 200
    member.totp, body = app, await confirmed.json()
    assert len(body["recovery_codes"]) == 10
    session = SignedIn(service, body["session"], cookie_in(confirmed))
    found = await listed(session)
    assert [one["name"] for one in found["totp"]] == ["My phone"]
    assert found["recovery_codes"] == {"left": 10, "made_at": "2026-11-22T12:00:00Z"}
    asked = await member.ask()
    challenge = await asked.json()
    assert challenge["methods"] == ["totp", "recovery_code"]
    used = await member.answer(challenge["challenge_id"], "totp", code)
    assert await code_of(used) == "factor_wrong", "it confirmed the app"
    signed_in = await member.sign_in()
    assert signed_in.answer["aal"] == 2


async def test_a_recovery_code_signs_in_once(member: Member) -> None:
    await member.add_totp()
    (code, *_), service = member.recovery_codes, member.service
    first = await (await member.ask()).json()
    typed = code.lower().replace("-", " ")
    response = await member.answer(first["challenge_id"], "recovery_code", typed)
    assert response.status == 200, await response.text()
    session = SignedIn(service, await response.json())
    assert (await listed(session))["recovery_codes"]["left"] == 9

    second = await (await member.ask()).json()
    response = await member.answer(second["challenge_id"], "recovery_code", code)
    assert response.status == 401

    fresh = await session.post(f"{OWN}/recovery-codes")
    assert fresh.status == 201
    codes = (await fresh.json())["recovery_codes"]
    assert not set(codes) & set(member.recovery_codes)


async def test_codes_are_counted_over_every_path(member: Member) -> None:
    await member.add_totp()
    session = await member.sign_in()
    await session.post(f"{OWN}/totp", name="Another phone")
    for _ in range(4):
        wrong = await session.post(f"{OWN}/totp/confirm", code="000000")
        assert await code_of(wrong) == "code_wrong"
    for _ in range(3):
        wrong = await session.post("/v1/account/step-up", method="totp", code="000000")
        assert await code_of(wrong) == "factor_wrong"
    challenge = await (await member.ask()).json()
    for _ in range(3):
        wrong = await member.answer(challenge["challenge_id"], "totp", "000000")
        assert await code_of(wrong) == "factor_wrong"

    again = await member.answer(challenge["challenge_id"], "totp")
    assert again.status == 401, "even the right one"
    recovered = await member.answer(
        challenge["challenge_id"], "recovery_code", member.recovery_codes[0]
    )
    assert recovered.status == 401
    limited = await session.post(f"{OWN}/totp/confirm", code="000000")
    assert limited.status == 429

    member.service.clock.advance(timedelta(hours=1))
    assert (await member.sign_in()).answer["aal"] == 2


async def test_a_passkey_signs_in_without_a_password(member: Member) -> None:
    device, service = Device(), member.service
    added = await add_passkey(await member.sign_in(), device)
    assert len(added["recovery_codes"]) == 10
    assertion = await assertion_for(service, device)

    path = f"/v1/apps/{APP}/sessions"
    response = await service.post(path, {"assertion": assertion})

    assert response.status == 200, await response.text()
    session = SignedIn(service, await response.json())
    assert (session.answer["aal"], session.answer["methods"]) == (2, ["passkey"])
    again = await service.post(path, {"assertion": assertion})
    assert again.status == 401, "what was asked is used up"
    (passkey,) = (await listed(session))["passkeys"]
    assert passkey["last_used_at"] == "2026-11-22T12:00:00Z"


async def test_a_passkey_stands_beside_a_password_and_steps_up(member: Member) -> None:
    device, service = Device(), member.service
    await add_passkey(await member.sign_in(), device)

    challenge = await (await member.ask()).json()
    assert challenge["methods"] == ["passkey", "recovery_code"]
    path = f"/v1/session-challenges/{challenge['challenge_id']}"
    signed = await assertion_for(service, device)
    response = await service.post(path, {"method": "passkey", "assertion": signed})
    assert response.status == 200
    session = SignedIn(service, await response.json())

    service.clock.advance(timedelta(minutes=10))
    session = await session.refreshed()
    refused = await session.post(f"{OWN}/passkeys/options")
    assert refused.status == 403
    assert (await refused.json())["methods"] == ["passkey", "recovery_code"]
    options = await session.post("/v1/account/passkey-options")
    assertion = device.sign(await options.json())
    session = await session.step_up(method="passkey", assertion=assertion)
    assert (await session.post(f"{OWN}/passkeys/options")).status == 200


async def test_names_change_and_authenticators_go(member: Member) -> None:
    service, device = member.service, Device()
    await member.add_totp()
    session, other = await member.sign_in(), await member.sign_in()
    passkey_id = (await add_passkey(session, device))["authenticator_id"]
    totp_id = (await listed(session))["totp"][0]["authenticator_id"]
    for kind, id_ in (("totp", totp_id), ("passkeys", passkey_id)):
        renamed = await patch(session, f"{OWN}/{kind}/{id_}", name="Mine 📱")
        assert renamed.status == 204
        assert (await listed(session))[kind][0]["name"] == "Mine 📱"

    assert (await session.delete(f"{OWN}/totp/{totp_id}")).status == 204

    assert not await other.is_in(), "every older token is worthless"
    session = await session.refreshed()
    again = await session.delete(f"{OWN}/totp/{totp_id}")
    assert await code_of(again) == "authenticator_unknown"
    assert (await session.delete(f"{OWN}/passkeys/{passkey_id}")).status == 204
    session = await session.refreshed()
    left = await listed(session)
    assert left == {"totp": [], "passkeys": [], "recovery_codes": {"left": 0}}
    member.totp = None
    assert (await member.sign_in()).answer["aal"] == 1
    assert await service.count("recovery_code") == 0


async def test_the_last_factor_stays_beside_a_password_that_needs_it(
    member: Member,
) -> None:
    await member.add_totp()
    session = await member.sign_in()
    totp_id = (await listed(session))["totp"][0]["authenticator_id"]
    await member.service.pool.execute("UPDATE account SET password_short = TRUE")

    refused = await session.delete(f"{OWN}/totp/{totp_id}")

    assert await code_of(refused) == "password_needs_factor"
    assert len((await listed(session))["totp"]) == 1


@pytest.mark.parametrize("id_", [str(UUID(int=7)), "7", "0" * 36, "-"])
@pytest.mark.parametrize("kind", ["totp", "passkeys"])
async def test_what_is_not_there_is_not_found(
    member: Member, kind: str, id_: str
) -> None:
    session = await member.sign_in()
    renamed = await patch(session, f"{OWN}/{kind}/{id_}", name="Mine")
    assert await code_of(renamed) == "authenticator_unknown"
    removed = await session.delete(f"{OWN}/{kind}/{id_}")
    assert await code_of(removed) == "authenticator_unknown"


async def test_addresses_are_not_taken_for_ids(member: Member) -> None:
    session = await member.sign_in()
    for path in ("totp/confirm", "passkeys/options"):
        assert (await patch(session, f"{OWN}/{path}", name="Mine")).status == 405
        assert (await session.delete(f"{OWN}/{path}")).status == 405


@pytest.mark.parametrize("name", ["", " ", " phone", "two\nlines", "x" * 61, 7, None])
async def test_a_name_is_one_short_line(member: Member, name: Json) -> None:
    session = await member.sign_in()
    refused = await session.post(f"{OWN}/totp", name=name)
    assert refused.status == 422
    (mistake,) = (await refused.json())["errors"]
    assert mistake["pointer"] == "/name"


@pytest.mark.parametrize(
    "credential",
    [
        {},
        {"response": {}},
        {"id": "x", "rawId": "x", "type": "public-key", "response": {"a": 1}},
        {"response": {"clientDataJSON": "e30"}},
    ],
)
async def test_what_no_device_made_is_no_passkey(
    member: Member, credential: Json
) -> None:
    session = await member.sign_in()
    refused = await session.post(f"{OWN}/passkeys", name="Mine", credential=credential)
    assert await code_of(refused) == "passkey_wrong"
    signed = {"assertion": credential}
    refused = await member.service.post(f"/v1/apps/{APP}/sessions", signed)
    assert refused.status == 401


async def test_nothing_to_confirm_and_nothing_to_recover(member: Member) -> None:
    session = await member.sign_in()
    nothing = await session.post(f"{OWN}/totp/confirm", code="123456")
    assert await code_of(nothing) == "authenticator_unknown"
    nothing = await session.post(f"{OWN}/recovery-codes")
    assert await code_of(nothing) == "second_factor_missing"


async def test_a_password_alone_changes_no_factor(member: Member) -> None:
    await member.add_totp()
    challenge = await (await member.ask()).json()
    half = SignedIn(member.service, {"access_token": challenge["challenge_id"]})
    assert (await half.get(OWN)).status == 401, "half a sign-in opens nothing"

    member.service.clock.advance(TOTP_STEP)
    session = await member.sign_in()
    member.service.clock.advance(timedelta(minutes=10))
    session = await session.refreshed()
    refused = await session.post(f"{OWN}/totp", name="The thief's phone")
    assert await code_of(refused) == "step_up_required"
    by_password = await session.post(
        "/v1/account/step-up", method="password", password=member.password
    )
    assert await code_of(by_password) == "step_up_required"
    session = await session.step_up(method="totp", code=member.code())
    assert (await session.post(f"{OWN}/totp", name="My tablet")).status == 201


async def test_a_copy_of_a_passkey_is_told_of_on_every_path(member: Member) -> None:
    device, service = Device(counter=7), member.service
    session = await member.sign_in()
    await add_passkey(session, device)
    path = f"/v1/apps/{APP}/sessions"
    (await service.send_messages()).emails.clear()

    device.counter = 3
    assertion = await assertion_for(service, device)
    alone = await service.post(path, {"assertion": assertion})
    assert alone.status == 401
    challenge = await (await member.ask()).json()
    answered = {"method": "passkey", "assertion": await assertion_for(service, device)}
    beside = await service.post(
        f"/v1/session-challenges/{challenge['challenge_id']}", answered
    )
    assert await code_of(beside) == "factor_wrong"

    texts = (await service.send_messages()).to(member.identifier)
    assert len(texts) == 2
    assert all("We refused a passkey" in text for text in texts)
    assert await service.count("passkey_challenge") == 0
