"""The steps of a sign-up, as people take them."""

import re
from datetime import timedelta
from typing import Final

from tests.browser.people import Person
from tests.support.service import PASSWORD

GROWN_UP: Final = "1990-04-03"
NEARLY: Final = "2009-04-03"
CHILD: Final = "2014-04-03"

ADA: Final = "ada@people.example"
PHONE_OF_ADA: Final = "+4915123456789"
MOTHER: Final = "mother@family.example"
FATHER: Final = "father@family.example"

SOON: Final = timedelta(days=3)

CODE_ON_SCREEN: Final = ".big"
NUMBER_ON_PAGE: Final = "#code-hint strong"
COUNTRY: Final = {"terra-maestro": "CN", "terraquanta": "CN"}


async def answer_age(person: Person, app: str, born: str) -> None:
    """Open the sign-up of *app*, and answer the question."""
    await person.open(f"/sign-up/{app}")
    await tell_age(person, app, born)


async def tell_age(person: Person, app: str, born: str) -> None:
    """Answer the question that is on the screen."""
    year, month, day = born.split("-")
    await person.fill(day=day, month=month, year=year)
    if app in COUNTRY:
        await person.control("country").select_option(COUNTRY[app])
    await person.press("age.go_on")


async def sign_up(person: Person, **typed: str) -> None:
    """Fill in the form with a good password, and send it."""
    await person.fill(password=PASSWORD, **typed)
    await person.press("form.sign_up")


async def confirm(person: Person, address: str, kind: str = "email") -> None:
    """Type the code that was sent to *address*."""
    field = person.control(f"{kind}_code")
    await field.fill(await person.site.code_for(address))
    form = person.tab.locator("form").filter(has=field)
    await person.follow(form.locator("button"))


async def name_guardian(person: Person, address: str = MOTHER) -> str:
    """Name a guardian, and return the code that is on the screen then."""
    await person.fill(guardian_email=address)
    await person.press("ask_guardian.ask")
    return await code_on_screen(person)


async def ask_guardian(child: Person, app: str, born: str = CHILD) -> str:
    """Sign up as a child until a guardian is asked; return the code on the screen."""
    await answer_age(child, app, born)
    await sign_up(child, username="blue.fox")
    return await name_guardian(child)


async def grow_up_waiting(child: Person, app: str) -> None:
    """Wait for a guardian, over the birthday from which on nobody need be asked."""
    clock = child.site.clock
    birthday = clock.now() + SOON
    await ask_guardian(child, app, f"{birthday.year - 14}-{birthday:%m-%d}")
    clock.advance(SOON)
    assert await child.site.parts.timers.age_up() == 1
    await child.open("/registration")


async def code_on_screen(person: Person) -> str:
    return re.sub(r"\s", "", await person.tab.inner_text(CODE_ON_SCREEN))


async def reply(guardian: Person, answer: str, code: str = "") -> None:
    """Answer as a guardian does: with the child's code, or the number on the page."""
    await guardian.tab.check(f"input[value={answer}]")
    if answer == "give":
        await guardian.tab.check("#adult")
    number = await guardian.tab.inner_text(NUMBER_ON_PAGE)
    await guardian.fill(code=code or number)
    await guardian.press("guardian.send")


async def prove(person: Person, method: str) -> None:
    """Choose a way to prove an age, and go there."""
    await person.tab.check(f"input[value={method}]")
    await person.press("ask_proof.go_on")
