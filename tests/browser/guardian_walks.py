"""Every page of what a guardian signs in with, on the way that people take to it."""

from collections.abc import AsyncGenerator
from typing import Final

from service.pages.words import Language
from tests.browser.holders import add_app, begin_app, device_of, step_up
from tests.browser.people import People, Person
from tests.browser.steps import MOTHER, ask_guardian, code_on_screen, reply
from tests.support.guardian_ways import PASSWORD

APP: Final = "terra-maestro"
ENTRY: Final = f"/guardian/sign-in/{APP}"
SECURITY: Final = "/guardian/security"

Seen = AsyncGenerator[tuple[str, Person]]


async def a_guardian(people: People, language: Language) -> Person:
    """Return a guardian who has given consent, and is signed in by the link."""
    child = await people.arrive(language=language)
    code = await ask_guardian(child, APP)
    guardian = await people.arrive(language=language)
    await guardian.open(await people.site.link_for(MOTHER))
    await reply(guardian, "give", code)
    await come_in_by_link(people, guardian)
    return guardian


async def come_in_by_link(people: People, guardian: Person) -> None:
    await guardian.open(ENTRY)
    await guardian.fill(guardian_email=MOTHER)
    await guardian.press("entry.begin")
    code = await code_on_screen(guardian)
    await people.site.parts.guardian_sign_ins.step()
    await guardian.open(await people.site.link_for(MOTHER))
    await guardian.fill(code=code)
    await guardian.press("entry.enter")


async def ways_of_a_guardian(people: People, language: Language) -> Seen:
    guardian = await a_guardian(people, language)
    await guardian.open(SECURITY)
    yield "ways in, a link alone", guardian
    await guardian.open(f"{SECURITY}/password")
    yield "password, which needs an app", guardian
    await begin_app(guardian, SECURITY)
    yield "app, its code", guardian
    app = await add_app(guardian, SECURITY)
    async with device_of(guardian):
        await guardian.open(f"{SECURITY}/passkeys/new")
        yield "passkey", guardian
        await guardian.press("passkey.add")
    await guardian.open(f"{SECURITY}/password")
    yield "password", guardian
    await guardian.fill(new_password="short")
    await guardian.press("reset.set")
    yield "password, a mistake", guardian
    await guardian.fill(new_password=PASSWORD)
    await guardian.press("reset.set")
    yield "ways in, all of them", guardian
    await guardian.follow(guardian.tab.locator(f"a[href*='{SECURITY}/passkeys/0']"))
    yield "one passkey", guardian
    await guardian.context.clear_cookies()
    await guardian.open(f"{ENTRY}/password")
    yield "signing in by password", guardian
    await guardian.fill(guardian_email=MOTHER, password="wrong", code="000000")
    await guardian.press("entry.enter")
    yield "signing in by password, a mistake", guardian
    await come_in_by_link(people, guardian)
    await guardian.open(SECURITY)
    yield "ways in, not proven", guardian
    await guardian.press("ways.lost")
    yield "ways in, all to be removed", guardian
    await guardian.open(f"{SECURITY}/apps/new")
    yield "to be confirmed", guardian
    await guardian.fill(totp="000000")
    await guardian.press("second_factor.confirm")
    yield "to be confirmed, a wrong code", guardian
    await step_up(guardian, app)
    yield "app, its name", guardian
    await guardian.open("/guardian/not-me")
    yield "not me, no link", guardian
    await guardian.fill(link="nothing")
    await guardian.press("ways.deny")
    yield "not me, a wrong link", guardian
