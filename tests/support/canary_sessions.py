"""Marked people who sign in, add second factors, mistype and are found out."""

from itertools import cycle

from aiohttp import ClientResponse

from tests.mfa.device import Device
from tests.support.holders import ADULT
from tests.support.members import Member, SignedIn
from tests.support.service import Service

EMAIL = "session-qzvmail@canary.example.org"
PASSWORD = "qzvpassword harbour 27 umbrellas"
STRAY = "qzvstray"
DEVICE = "qzvstray of the household"
LONG = "qzvstray" * 40


async def sign_in_and_out(service: Service) -> list[str]:
    """Come in by every factor, mistype in every field, reuse, step up, sign out.

    Returns the secrets that there were on the way.
    """
    adult = await service.register("plain", **ADULT, email=EMAIL, password=PASSWORD)
    await adult.confirm(EMAIL)
    member = Member(service, adult.id, EMAIL, password=PASSWORD)
    secrets = await factors(member)
    challenge = str((await (await member.ask(device=DEVICE)).json())["challenge_id"])
    await mistype(member, challenge)
    browser = await member.sign_in(kind="browser", device=DEVICE)
    mobile = await member.sign_in(device=DEVICE)
    await mistype_inside(browser)
    raised = await browser.step_up(method="totp", code=member.code())
    successor = await mobile.refreshed()
    await successor.refreshed()
    assert (await mobile.refresh()).status == 401  # and its session has ended
    await raised.delete("/v1/sessions/current")
    held = [browser.cookie, raised.cookie, challenge]
    for one in (mobile, successor):
        held += [one.answer["access_token"], one.answer["refresh_token"]]
    return [*secrets, *(one for one in held if one)]


async def factors(member: Member) -> list[str]:
    """Add an app and a passkey with marked names, and return their secrets."""
    parts = member.service.parts
    await member.add_totp()
    session = await member.sign_in(device=DEVICE)
    holder = await parts.entrances.door.by_token(session.answer["access_token"])
    mine = parts.authenticators
    shown = await mine.totp.enrol(holder, f"{STRAY} phone")
    device = Device()
    options = await mine.passkeys.options(holder)
    await mine.passkeys.add(holder, f"{STRAY} laptop", device.make(options))
    assert member.totp is not None
    secrets = [shown.enrolment.secret, member.totp.secret, *member.recovery_codes]
    return [*secrets, session.answer["access_token"]]


async def mistype(member: Member, challenge: str) -> None:
    """Fail to come in, with marks in every field there is."""
    service, path = member.service, f"/v1/apps/{member.app}/sessions"
    for body in (
        {"identifier": f"{STRAY}@canary.example.org", "password": PASSWORD},
        {"identifier": EMAIL, "password": f"{STRAY} {PASSWORD}"},
        {"identifier": LONG, "password": LONG},
        {"identifier": {STRAY: EMAIL}, "password": [PASSWORD]},
        {"identifier": EMAIL, "password": PASSWORD, "device": LONG},
        {"identifier": EMAIL, "password": PASSWORD, "kind": STRAY},
        {"assertion": {"id": STRAY, "rawId": STRAY, "response": {STRAY: EMAIL}}},
    ):
        await service.post(path, body, headers={"User-Agent": f"{STRAY}/1 {EMAIL}"})
    for code, way in zip((STRAY, LONG, EMAIL), cycle(["totp", "recovery_code"])):
        await member.answer(challenge, way, code)
    await member.answer(f"agc_{STRAY}", "totp", STRAY)
    await member.answer(challenge, STRAY, STRAY)
    for token in (STRAY, f"agf_{STRAY}", LONG, f"{EMAIL}.{STRAY}.{STRAY}"):
        await service.get("/v1/account", token=token)
        await service.post("/v1/sessions/refresh", {"refresh_token": token})


async def mistype_inside(session: SignedIn) -> list[ClientResponse]:
    """Fail at everything that is open to who is signed in."""
    own = "/v1/account/authenticators"
    return [
        await session.post("/v1/account/step-up", method="totp", code=STRAY),
        await session.post("/v1/account/step-up", method=STRAY, password=PASSWORD),
        await session.post("/v1/account/tokens", audience=f"https://{STRAY}.example"),
        await session.delete(f"/v1/account/sessions/{STRAY}"),
        await session.delete(f"/v1/account/sessions?{STRAY}={EMAIL}"),
        await session.post(f"{own}/totp", name=LONG),
        await session.post(f"{own}/totp/confirm", code=STRAY),
        await session.post(f"{own}/passkeys", name=STRAY, credential={STRAY: EMAIL}),
        await session.delete(f"{own}/totp/{STRAY}"),
        await session.delete(f"{own}/passkeys/{STRAY}"),
    ]
