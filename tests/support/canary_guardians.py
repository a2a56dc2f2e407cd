"""Marked guardians who sign in, add factors with marked names, mistype and recover."""

import pyotp

from service.guardian_accounts.opened import PREFIX
from service.kit.tokens import new_token
from tests.mfa.device import Device
from tests.support.guardian_ways import PASSWORD, Keeper, a_keeper, denials, enter
from tests.support.service import Service

STRAY = "qzvstray"
LONG = "qzvstray" * 40
SECRET = f"qzv{PASSWORD}"


async def guard_and_lose(service: Service, address: str) -> list[str]:
    """Add every factor, fail at all that is open, lose everything and deny it.

    Returns the secrets that there were on the way.
    """
    keeper = await a_keeper(service, address)
    secrets = [keeper.token, *await factors(keeper)]
    for body in (
        {"guardian_email": address, "password": f"{STRAY} {SECRET}", "code": STRAY},
        {"guardian_email": f"{STRAY}@canary.example.org", "password": SECRET},
        {"guardian_email": {STRAY: address}, "password": [SECRET], "code": LONG},
        {"assertion": {"id": STRAY, "rawId": STRAY, "response": {STRAY: address}}},
    ):
        await enter(service, "terra-maestro", **body)
    for path, more in (
        ("/sessions/current/proofs", {"method": "totp", "code": STRAY}),
        ("/sessions/current/proofs", {"method": STRAY}),
        ("/authenticators/totp", {"name": LONG}),
        ("/authenticators/totp/confirm", {"code": STRAY}),
        ("/authenticators/passkeys", {"name": STRAY, "credential": {STRAY: address}}),
    ):
        await keeper.ask("POST", path, **more)
    await keeper.ask("DELETE", f"/authenticators/totp/{STRAY}")
    await keeper.ask("PUT", "/password", password=f"{STRAY} {STRAY}")
    for token in (STRAY, LONG, f"{PREFIX}{new_token()}"):
        await service.get("/v1/guardian/authenticators", token=token)
        await service.post("/v1/guardian-security-reports", {"token": token})
    await keeper.sign_in(address)
    await keeper.do("POST", "/recovery")
    links = await denials(service, address)
    await service.post("/v1/guardian-security-reports", {"token": links[-1]})
    return [*secrets, keeper.token, *links]


async def factors(keeper: Keeper) -> list[str]:
    """Add an app and a passkey with marked names, and a marked password."""
    ways = keeper.service.parts.guardian_ways
    ins = keeper.service.parts.guardian_sign_ins
    device = Device()
    options = await ways.passkeys.options_to_add(await ins.who(keeper.token))
    _, raised = await ways.passkeys.add(
        await ins.who(keeper.token), f"{STRAY} laptop", device.make(options)
    )
    keeper.token = raised.token
    shown = await ways.apps.enrol(await ins.who(keeper.token), f"{STRAY} phone")
    keeper.totp = app = pyotp.TOTP(shown.enrolment.secret)
    code = app.at(keeper.service.clock.now())
    _, raised = await ways.apps.confirm(await ins.who(keeper.token), code)
    keeper.token = raised.token
    await keeper.do("PUT", "/password", password=SECRET)
    return [shown.enrolment.secret, SECRET, keeper.token]
