"""Every page of an account, in every state, on the ways that people take to it."""

from collections.abc import AsyncGenerator

from service.pages.words import Language
from tests.browser.holders import (
    APP,
    NEW_PASSWORD,
    OLD_PROOF,
    add_app,
    begin_app,
    code_of,
    come_in,
    device_of,
    sign_in,
    step_up,
)
from tests.browser.people import People, Person
from tests.browser.steps import ADA
from tests.support.service import PASSWORD

Seen = AsyncGenerator[tuple[str, Person]]


async def signing_in(people: People, language: Language) -> Seen:
    holder = await people.arrive(language=language)
    await come_in(holder)
    yield "account", holder
    await holder.press("account.sign_out")
    yield "sign-in, signed out", holder
    await holder.press("sign_in.title")
    yield "sign-in, nothing typed", holder
    await sign_in(holder, "wrong")
    yield "sign-in, a wrong password", holder
    await sign_in(holder)
    await add_app(holder)
    people.site.clock.advance(OLD_PROOF)
    await holder.open("/account/passkeys/new")
    yield "to be confirmed, by app or code", holder
    await holder.fill(totp="000000")
    await holder.press("second_factor.confirm")
    yield "to be confirmed, a wrong code", holder
    await holder.press("account.sign_out")
    await sign_in(holder)
    yield "second factor", holder
    await holder.fill(recovery_code="nothing")
    await holder.press("second_factor.use_code")
    yield "second factor, a wrong one", holder
    await holder.context.clear_cookies()
    for path in ("/account", "/sign-in", f"/sign-in/{APP}/second-factor"):
        await holder.open(path)
        yield f"{path}, nobody signed in", holder


async def protecting(people: People, language: Language) -> Seen:
    holder = await people.arrive(language=language)
    await come_in(holder)
    await holder.open("/account/security")
    yield "security, a password alone", holder
    people.site.clock.advance(OLD_PROOF)
    await holder.open("/account/password")
    yield "to be confirmed, by password", holder
    await holder.fill(password=PASSWORD)
    await holder.press("second_factor.confirm")
    yield "password", holder
    await holder.fill(current_password="wrong", new_password="short")
    await holder.press("password.title")
    yield "password, mistakes", holder
    await holder.fill(current_password=PASSWORD, new_password=NEW_PASSWORD)
    await holder.press("password.title")
    yield "security, the password changed", holder
    await holder.open("/account/apps/new")
    yield "app, its name", holder
    app = await begin_app(holder)
    yield "app, its code", holder
    await holder.fill(code="000000")
    await holder.press("scan.confirm")
    yield "app, a wrong code", holder
    await holder.fill(code=code_of(holder, app))
    await holder.press("scan.confirm")
    yield "recovery codes", holder
    await holder.open("/account/passkeys/new")
    yield "passkey", holder
    async with device_of(holder):
        await holder.press("passkey.add")
        yield "security, all of it", holder
        await holder.follow(holder.tab.locator("a[href*='/account/passkeys/0']"))
        yield "one passkey", holder
    await holder.open("/account/recovery-codes")
    yield "recovery codes, to be made again", holder
    await holder.open("/account/sessions")
    yield "sessions, one", holder
    other = await people.arrive(language=language)
    await sign_in(other, NEW_PASSWORD)
    await step_up(other, app)
    await holder.open("/account/sessions")
    yield "sessions, two", holder


async def getting_back(people: People, language: Language) -> Seen:
    holder = await people.arrive(language=language)
    await come_in(holder)
    await holder.open("/account/email")
    yield "contact", holder
    await holder.fill(email="nowhere")
    await holder.press("contact.send")
    yield "contact, a mistake", holder
    await holder.press("contact.remove_email")
    yield "contact, the only one", holder
    await holder.fill(email="new@people.example")
    await holder.press("contact.send")
    yield "contact, its code", holder
    await holder.press("confirm_contact.confirm")
    yield "contact, no code", holder
    await holder.fill(code=await people.site.code_for("new@people.example"))
    await holder.press("confirm_contact.confirm")
    yield "account, the contact changed", holder
    await add_app(holder)
    reader = await people.arrive(language=language)
    await reader.open(f"/forgot-password/{APP}")
    yield "forgotten password", reader
    await reader.press("forgot.send")
    yield "forgotten password, nothing typed", reader
    await reader.fill(identifier="new@people.example")
    await reader.press("forgot.send")
    yield "forgotten password, written", reader
    await reader.open("/reset")
    yield "reset, no link", reader
    await reader.fill(link="nothing")
    await reader.press("age.go_on")
    yield "reset, a wrong link", reader
    link = await people.site.link_for("new@people.example", "reset")
    await open_reset(reader, link)
    yield "reset", reader
    await reader.fill(new_password=NEW_PASSWORD)
    await reader.press("reset.set")
    yield "reset, no second step", reader
    for path in ("/security", "/undo"):
        await reader.open(path)
        yield f"{path}, no link", reader
        await reader.fill(link="nothing")
        await reader.tab.locator("main form button").click()
        yield f"{path}, a wrong link", reader
    link = await people.site.link_for(ADA, "undo")
    await reader.tab.goto("about:blank")
    await reader.open(link)
    yield "undo", reader
    await reader.press("undo.put_back")
    yield "locked", reader


async def open_reset(person: Person, link: str) -> None:
    """Follow a link to another password: the script goes on from there."""
    await person.tab.goto("about:blank")
    await person.tab.goto(link)
    await person.tab.wait_for_url("**/reset/password*")
