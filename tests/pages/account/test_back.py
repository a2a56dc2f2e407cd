"""The ways back into an account: links are inert until a person presses a button."""

from collections.abc import Mapping

import pytest

from service.sessions.guards import COOKIE
from tests.pages.account.people import EMAIL, NEW_PASSWORD, Holder, a_holder, signed_in
from tests.pages.test_inert import rows
from tests.pages.visitor import Page, Visitor
from tests.support.service import PASSWORD, Service

FORGOT = "/forgot-password/plain"
NEW = "new@example.org"


async def ask(visitor: Visitor, name: str = EMAIL) -> Page:
    return await visitor.submit(await visitor.get(FORGOT), FORGOT, identifier=name)


async def follow(visitor: Visitor, link: str) -> Page:
    """Copy the link into the field, as people without scripts do."""
    return await visitor.submit(await visitor.get("/reset"), "/reset", link=link)


async def sign_in(visitor: Visitor, password: str, name: str = EMAIL) -> int:
    here = "/sign-in/plain"
    page = await visitor.get(here)
    page = await visitor.submit(page, here, identifier=name, password=password)
    return page.status


async def test_whoever_asks_gets_the_same_page(service: Service) -> None:
    holder = await a_holder(service)
    pages = [
        await ask(Visitor(service.client), name)
        for name in (EMAIL, "nobody@example.org", "nobody", "no name at all")
    ]
    assert {page.title for page in pages} == {"Look at your messages"}
    assert len({page.body for page in pages}) == 1
    await holder.link("reset")
    assert len(service.mailbox.emails) == 1


async def test_a_password_is_reset_without_scripts(service: Service) -> None:
    holder = await signed_in(service)
    visitor = Visitor(service.client)
    await ask(visitor)
    link = await holder.link("reset")

    page = await follow(visitor, link)
    assert (page.path, page.title) == ("/reset/password", "Choose a new password")
    assert link.partition("#")[2] not in page.body
    short = await visitor.send(page, page.path, new_password="short")
    assert short.error("new_password") == "At least 15 characters, please."
    done = await visitor.submit(page, page.path, new_password=NEW_PASSWORD)

    assert done.title == "Your password is set"
    assert visitor.cookies == {}, "nobody is signed in by it"
    assert (await holder.get("/account")).status == 401
    assert await sign_in(Visitor(service.client), PASSWORD) == 401
    assert await sign_in(Visitor(service.client), NEW_PASSWORD) == 200
    again = await follow(visitor, link)
    assert (again.status, again.path) == (422, "/reset")
    assert "Please ask for another one." in again.error("link")


async def test_devices_stay_signed_in_if_that_is_wanted(service: Service) -> None:
    holder = await signed_in(service)
    visitor = Visitor(service.client)
    await ask(visitor)
    page = await follow(visitor, await holder.link("reset"))
    fields = {"new_password": NEW_PASSWORD}
    await visitor.ask("POST", page.path, fields)
    assert (await holder.get("/account")).status == 200


@pytest.mark.parametrize("proof", ["totp", "recovery code", "passkey"])
async def test_the_second_factor_is_still_asked_for(
    service: Service, proof: str
) -> None:
    holder = await signed_in(service)
    if proof == "passkey":
        await holder.add_passkey()
        codes: list[str] = []
    else:
        codes = [one.text for one in (await holder.add_app()).main.every("code")]
    visitor = holder.visitor = Visitor(service.client)
    await ask(visitor)
    page = await follow(visitor, await holder.link("reset"))
    missing = await visitor.send(page, page.path, new_password=NEW_PASSWORD)
    assert missing.status == 403
    assert missing.error("code") == "Please fill in the second step, too."
    wrong = await visitor.send(page, page.path, new_password=NEW_PASSWORD, code="1-2")
    assert wrong.status == 401

    given = {"code": codes[3] if proof == "recovery code" else ""}
    if proof == "totp":
        given = {"code": holder.code()}
    if proof == "passkey":
        path = "/v1/apps/plain/passkey-options"
        given = {"credential": await holder.signature(path)}
    done = await visitor.submit(page, page.path, new_password=NEW_PASSWORD, **given)
    assert done.title == "Your password is set"


@pytest.mark.parametrize("path", ["/reset", "/security", "/undo"])
@pytest.mark.parametrize(
    "link", ["", "x", "a" * 43, "http://service.test/x#" + "a" * 43]
)
async def test_a_link_that_is_none_is_said_beside_the_field(
    visitor: Visitor, path: str, link: str
) -> None:
    page = await visitor.send(await visitor.get(path), path, link=link)
    assert page.status == 422
    assert page.error("link")
    assert visitor.cookies == {}


async def test_reading_the_pages_changes_nothing(service: Service) -> None:
    holder = await signed_in(service)
    await change_email(holder)
    await holder.link("undo")
    before = await rows(service)
    scanner = Visitor(service.client)
    for path in ("/reset", "/security", "/undo", "/reset/password"):
        for method in ("GET", "HEAD", "OPTIONS"):
            await scanner.ask(method, path)
    assert await rows(service) == before


async def change_email(holder: Holder) -> Page:
    page = await holder.get("/account/email")
    page = await holder.submit(page, email=NEW)
    code = (await holder.service.send_messages()).code_for(NEW)
    return await holder.submit(page, code=code)


async def test_this_was_not_me_locks_the_account(service: Service) -> None:
    holder = await signed_in(service)
    await holder.add_app()
    link = await holder.link("security")
    visitor = Visitor(service.client)

    page = await visitor.submit(await visitor.get("/security"), "/security", link=link)

    assert page.title == "The account is locked"
    assert (await holder.get("/account")).status == 401
    assert await sign_in(Visitor(service.client), PASSWORD) == 401
    page = await follow(visitor, await holder.link("reset"))
    await visitor.submit(page, page.path, new_password=NEW_PASSWORD)
    assert await sign_in(visitor, NEW_PASSWORD) == 200


async def test_a_contact_is_changed_and_put_back(service: Service) -> None:
    holder = await signed_in(service)
    page = await change_email(holder)
    assert page.path == "/account?done=contact_changed"
    assert NEW in page.text
    assert await sign_in(Visitor(service.client), PASSWORD, NEW) == 200
    link = await holder.link("undo", EMAIL)

    owner = Visitor(service.client)
    page = await owner.submit(await owner.get("/undo"), "/undo", link=link)

    assert "The earlier contact is back" in page.text
    assert (await holder.get("/account")).status == 401
    page = await follow(owner, await holder.link("reset", EMAIL))
    await owner.submit(page, page.path, new_password=NEW_PASSWORD)
    assert await sign_in(owner, NEW_PASSWORD) == 200


MISTAKES: Mapping[str, str] = {
    "": "Please fill this in.",
    "nowhere": "This is not an e-mail address we can write to.",
}


async def test_what_is_wrong_with_a_contact_is_said(service: Service) -> None:
    holder = await signed_in(service)
    page = await holder.get("/account/email")
    for typed, words in MISTAKES.items():
        assert (await holder.submit(page, email=typed)).error("email") == words
    kept = await holder.visitor.ask("POST", page.path, {"do": "remove"})
    assert (kept.status, kept.errors[0][:30]) == (409, "Your account needs this contac")
    page = await holder.submit(page, email=NEW)
    for code, words in (("", "Please type the code."), ("12", "six digits")):
        assert words in (await holder.submit(page, code=code)).error("code")
    assert "wrong" in (await holder.submit(page, code="000000")).error("code")
    assert (await holder.get("/account/phone")).status == 409, "Plain asks for none"
    assert EMAIL in (await holder.get("/account")).text


async def test_a_link_is_no_session(service: Service) -> None:
    holder = await a_holder(service)
    visitor = Visitor(service.client)
    await ask(visitor)
    await follow(visitor, await holder.link("reset"))
    ((name, value),) = visitor.cookies.items()
    assert name == "__Host-agegate-reset"
    for path in ("/account", "/account/security", "/account/sessions"):
        assert (await visitor.get(path)).status == 401
    visitor.cookies = {COOKIE: value}
    assert (await visitor.get("/account")).status == 401
