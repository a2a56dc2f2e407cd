"""What people do with an account: come in, protect it, get back into it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

import pyotp

from tests.browser.people import Person
from tests.browser.steps import (
    ADA,
    GROWN_UP,
    PHONE_OF_ADA,
    answer_age,
    confirm,
    sign_up,
)
from tests.support.service import PASSWORD

APP: Final = "terra-maestro"
NEW_PASSWORD: Final = "seven lanterns over 9 rivers"
TOTP_STEP: Final = timedelta(seconds=30)
OLD_PROOF: Final = timedelta(minutes=11)

DEVICE: Final = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


async def open_account(person: Person, address: str = ADA) -> None:
    """Sign up, and be asked to sign in."""
    await answer_age(person, APP, GROWN_UP)
    await sign_up(person, username="ada.l", email=address, phone=PHONE_OF_ADA)
    await confirm(person, address)
    await confirm(person, PHONE_OF_ADA, "phone")


async def sign_in(
    person: Person, password: str = PASSWORD, *, address: str = ADA
) -> None:
    await person.open(f"/sign-in/{APP}")
    await person.fill(identifier=address, password=password)
    await person.press("sign_in.title")


async def come_in(person: Person) -> None:
    """Open an account, and sign in to it."""
    await open_account(person)
    await person.follow(
        person.tab.get_by_role("link", name=person.words("completed.sign_in"))
    )
    await person.fill(identifier=ADA, password=PASSWORD)
    await person.press("sign_in.title")


async def begin_app(person: Person, base: str = "/account") -> pyotp.TOTP:
    """Go as far as the QR code, and read the secret beside it."""
    await person.open(f"{base}/apps/new")
    await person.press("app.go_on")
    return pyotp.TOTP((await person.tab.inner_text("#secret")).replace(" ", ""))


async def add_app(person: Person, base: str = "/account") -> pyotp.TOTP:
    """Connect an authenticator app."""
    app = await begin_app(person, base)
    await person.fill(code=code_of(person, app))
    await person.press("scan.confirm")
    return app


def code_of(person: Person, app: pyotp.TOTP) -> str:
    """Return a code that was not used before."""
    person.site.clock.advance(TOTP_STEP)
    return app.at(person.site.clock.now())


async def step_up(person: Person, app: pyotp.TOTP) -> None:
    """Confirm who one is by the app."""
    await person.fill(totp=code_of(person, app))
    await person.press("second_factor.confirm")


@asynccontextmanager
async def device_of(person: Person) -> AsyncGenerator[None]:
    """Have the browser hold a device that makes passkeys, and whose PIN is known."""
    session = await person.context.new_cdp_session(person.tab)
    await session.send("WebAuthn.enable")
    await session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    try:
        yield
    finally:
        await session.send("WebAuthn.disable")
        await session.detach()
