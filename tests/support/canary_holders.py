"""Marked people who have an account, change it, lose it and get it back."""

from tests.support.holders import (
    ADULT,
    Owner,
    ask_reset,
    complete_reset,
    link_to,
    sign_in,
)
from tests.support.service import Service

FIRST = "first-qzvmail@canary.example.org"
SECOND = "second-qzvmail@canary.example.org"
PASSWORD = "qzvpassword harbour 27 umbrellas"
OTHER = "qzvpassword lanterns over 9 rivers"
STRAY = "qzvstray"


async def an_owner(service: Service) -> Owner:
    """Return a marked adult who is signed in."""
    adult = await service.register("plain", **ADULT, email=FIRST, password=PASSWORD)
    await adult.confirm(FIRST)
    owner = Owner(service, "plain", adult.id, FIRST)
    assert await owner.sign_in(PASSWORD)
    return owner


async def come_and_go(service: Service) -> list[str]:
    """Change passwords and contacts, mistype, lose and get them back.

    Returns the secrets that there were on the way.
    """
    owner = await an_owner(service)
    await sign_in(service, "plain", FIRST, f"{STRAY} {PASSWORD}")
    await owner.change_password(OTHER, current=f"{STRAY} {PASSWORD}")
    await owner.change_password(FIRST * 2, current=PASSWORD)
    await owner.put("password", current_password=PASSWORD, new_password={STRAY: STRAY})
    assert (await owner.change_password(OTHER, current=PASSWORD)).status == 200
    for typed in (STRAY, f"{FIRST}\r\n{STRAY}: {STRAY}", SECOND):
        await owner.put("email", email=typed)
        await owner.post("email/confirmations", code=STRAY)
        await ask_reset(service, "plain", typed)
    await service.send_messages()  # so that the newest code is the last one to come
    await owner.change_email(SECOND)
    await owner.delete("email")
    undo, report = (
        await link_to(service, FIRST, "undo"),
        await link_to(service, FIRST, "security"),
    )
    for path in ("/v1/contact-changes/undo", "/v1/security-reports"):
        await service.post(path, {"token": STRAY})
    await service.post("/v1/contact-changes/undo", {"token": undo})
    await service.post("/v1/security-reports", {"token": report})
    reset = await link_to(service, FIRST, "reset")
    await complete_reset(service, reset, STRAY)
    assert (await complete_reset(service, reset, PASSWORD)).status == 204
    assert await owner.sign_in(PASSWORD)
    return [undo, report, reset, owner.token, owner.session["refresh_token"]]
