"""What holds for every page of an account, in both languages."""

from collections.abc import AsyncGenerator

import pytest

from tests.pages.account.people import EMAIL, NEW_PASSWORD, Holder
from tests.pages.test_markup import mistakes
from tests.pages.visitor import Page, Visitor
from tests.support.members import Member
from tests.support.service import PASSWORD, Service

APP = "terra-maestro"
PHONE = "+4915123456789"
TITLE = {"en": "Error: ", "zh": "有误："}  # noqa: RUF001


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_pages_keep_the_rules_of_markup(service: Service, language: str) -> None:
    seen = 0
    async for page in every_page(await a_holder(service, language)):
        where = f"{page.path}: {page.title}"
        assert page.language.startswith(language), where
        assert [*mistakes(page)] == [], where
        wrong = bool([*page.root.every("div", role="alert")])
        assert page.root.one("title").text.startswith(TITLE[language]) == wrong, where
        assert wrong or page.status in {200, 401, 404, 422}, where
        seen += 1
    assert seen > 40


async def a_holder(service: Service, language: str) -> Holder:
    """Return somebody whose operator speaks both languages."""
    contacts = {"email": EMAIL, "phone": PHONE}
    born = {"date_of_birth": "1990-05-17", "country": "DE"}
    adult = await service.register(APP, username="ada.l", **contacts, **born)
    for kind, contact in contacts.items():
        await adult.confirm(contact, kind)
    member = Member(service, adult.id, EMAIL, APP)
    return Holder(member, Visitor(service.client, language))


async def every_page(holder: Holder) -> AsyncGenerator[Page]:
    stranger = Visitor(holder.service.client, holder.visitor.language)
    for path in ("/account", "/sign-in", f"/sign-in/{APP}", "/security", "/undo"):
        yield await stranger.get(path)
    yield await holder.sign_in("not the password")
    yield await holder.sign_in()
    for path in ("security", "password", "apps/new", "passkeys/new", "sessions"):
        page = await holder.get(f"/account/{path}")
        yield page
        if path in {"password", "apps/new", "passkeys/new"}:
            yield await holder.visitor.ask("POST", page.path, {"name": " "})
    for kind in ("email", "phone"):
        page = await holder.get(f"/account/{kind}")
        yield page
        yield await holder.submit(page, **{kind: "1"})
        yield await holder.visitor.ask("POST", page.path, {"do": "remove"})
        yield await holder.get(f"/account/{kind}/code")
    yield await holder.submit(await holder.get("/account/email/code"), code="1")
    holder.wait()
    yield await holder.get("/account/password")
    yield await holder.submit(await holder.get("/account/confirm"), password="x")
    page = await holder.submit(await holder.get("/account/confirm"), password=PASSWORD)
    async for page in _protected(holder):
        yield page
    async for page in _back(holder, stranger):
        yield page


async def _protected(holder: Holder) -> AsyncGenerator[Page]:
    yield await holder.submit(await holder.get("/account/apps/new"), name="x")
    yield await holder.add_app()
    yield await holder.get("/account/passkeys/new")
    page = await holder.submit(await holder.get("/account/confirm"), code=holder.code())
    yield await holder.add_passkey()
    page = await holder.get("/account/security")
    yield page
    for kind in ("apps", "passkeys"):
        path = next(one for one in page.links() if f"/account/{kind}/0" in one)
        yield await holder.get(path)
    yield await holder.get("/account/recovery-codes")
    yield await holder.submit(await holder.get("/account/recovery-codes"))
    holder.wait()
    yield await holder.get("/account/password")


async def _back(holder: Holder, stranger: Visitor) -> AsyncGenerator[Page]:
    forgot = f"/forgot-password/{APP}"
    page = await stranger.get(forgot)
    yield page
    yield await stranger.send(page, forgot)
    yield await stranger.submit(page, forgot, identifier=EMAIL)
    page = await stranger.get("/reset")
    yield page
    yield await stranger.send(page, "/reset", link="x")
    link = await holder.link("reset")
    page = await stranger.submit(page, "/reset", link=link)
    yield page
    yield await stranger.send(page, page.path, new_password="short")
    yield await stranger.send(page, page.path, new_password=NEW_PASSWORD)
    yield await stranger.submit(
        page, page.path, new_password=NEW_PASSWORD, code=holder.code()
    )
    yield await stranger.get("/reset/password")
    holder.member.password = NEW_PASSWORD
    yield await holder.sign_in(NEW_PASSWORD)
    yield await holder.get(f"/sign-in/{APP}/second-factor")
    link = await holder.link("security")
    page = await stranger.get("/security")
    yield await stranger.send(page, "/security", link="x")
    yield await stranger.submit(page, "/security", link=link)
