"""The ways people take through the pages, and every page on them."""

import re
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from service.domain.profiles import AppName, PolicyProfile
from service.parts import Given
from service.profiles.reader import Profiles
from tests.pages.visitor import Page, Visitor
from tests.support.service import PASSWORD, Service

GROWN_UP = "1990-04-03"
CHILD = "2014-04-03"
COUNTRY = {"terra-maestro": "CN", "terraquanta": "CN"}

ADA = "ada@people.example"
ADAS_PHONE = "+4915123456789"
MOTHER = "mother@family.example"
FATHER = "father@family.example"


@dataclass
class Somebody:
    """A visitor, and the service they visit."""

    service: Service
    visitor: Visitor
    app: str

    async def answer_age(self, born: str) -> Page:
        """Open the sign-up, and answer the question."""
        year, month, day = born.split("-")
        page = await self.visitor.get(f"/sign-up/{self.app}")
        typed = {"day": day, "month": month, "year": year}
        if self.app in COUNTRY:
            typed["country"] = COUNTRY[self.app]
        action = f"/sign-up/{self.app}/age"
        return await self.visitor.submit(page, action, **typed)

    async def fill_in(self, page: Page, **typed: str | Sequence[str]) -> Page:
        """Fill the form in, with a good password, and send it."""
        action = f"/sign-up/{self.app}/form"
        typed = {"password": PASSWORD, **typed}
        return await self.visitor.submit(page, action, **typed)

    async def confirm(self, page: Page, contact: str, kind: str = "email") -> Page:
        """Type the code that was sent to a contact."""
        mailbox = await self.service.send_messages()
        code = mailbox.code_for(contact)
        form = page.field(f"{kind}_code").parent
        while form is not None and form.tag != "form":
            form = form.parent
        assert form is not None
        place = [*page.root.every("form", action=form["action"])].index(form)
        fields = {**_hidden(page, form["action"], place), "code": code}
        sent = await self.visitor.ask("POST", form["action"], fields)
        return await self.visitor.get(sent.location)

    async def guardian(self, language: str = "en") -> tuple[Visitor, Page]:
        """Return the guardian, at the page that the newest message links to."""
        mailbox = await self.service.send_messages()
        guardian = Visitor(self.service.client, language)
        link = f"/guardian/{mailbox.link_for(MOTHER)}"
        return guardian, await guardian.get(link)


def _hidden(page: Page, action: str, place: int) -> dict[str, str]:
    form = page.form(action.partition("?")[0], place)
    return {one["name"]: one["value"] for one in form.every("input", type="hidden")}


def match_code(page: Page) -> str:
    """Return the code on the child's screen."""
    shown = [one for one in page.root.every("p") if one.get("class") == "big"]
    return re.sub(r"\s", "", shown[0].text)


def number_on(page: Page) -> str:
    """Return the number that a guardian types to refuse."""
    return next(page.root.one("ul", id="code-hint").every("strong")).text


async def child_waiting(
    service: Service, language: str = "en"
) -> tuple[Somebody, Page]:
    """Return a child whose guardian has been written to."""
    child = Somebody(service, Visitor(service.client, language), "terra-maestro")
    page = await child.fill_in(await child.answer_age(CHILD), username="blue.fox")
    asked = "/registration/guardian"
    page = await child.visitor.submit(page, asked, guardian_email=MOTHER)
    return child, page


async def grown_child(service: Service, language: str = "en") -> tuple[Somebody, Page]:
    """Return a child who may decide alone since their guardian was asked."""
    child = Somebody(service, Visitor(service.client, language), "terra-maestro")
    birthday = service.clock.now() + timedelta(days=3)
    page = await child.answer_age(f"{birthday.year - 14}-{birthday:%m-%d}")
    page = await child.fill_in(page, username="red.fox")
    asked = "/registration/guardian"
    await child.visitor.submit(page, asked, guardian_email=MOTHER)
    service.clock.advance(timedelta(days=3))
    assert await service.parts.timers.age_up() == 1
    return child, await child.visitor.get("/registration")


async def adult_proving(
    service: Service, language: str = "en"
) -> tuple[Somebody, Page]:
    """Return an adult who is asked for a proof."""
    adult = Somebody(service, Visitor(service.client, language), "platform")
    page = await adult.fill_in(await adult.answer_age(GROWN_UP), email=ADA)
    return adult, await adult.confirm(page, ADA)


async def every_page(service: Service, language: str) -> AsyncGenerator[Page]:
    """Yield each page that there is, with and without mistakes, in one language."""
    adult = Somebody(service, Visitor(service.client, language), "terra-maestro")
    visitor = adult.visitor
    page = await visitor.get("/sign-up/terra-maestro")
    yield page
    yield await visitor.send(page, "/sign-up/terra-maestro/age")
    page = await adult.answer_age(GROWN_UP)
    yield page
    yield await visitor.send(page, "/sign-up/terra-maestro/form", email="nowhere")
    page = await adult.fill_in(
        page, username="ada.l", email=ADA, phone=ADAS_PHONE, profile__name="Ada"
    )
    yield page
    yield await visitor.send(page, "/registration/confirm", code="000000")
    yield await visitor.get("/sign-up/terra-maestro")
    yield await visitor.get("/registration/give-up")
    page = await adult.confirm(page, ADA)
    yield await adult.confirm(page, ADAS_PHONE, "phone")
    async for page in _with_guardian(service, language):
        yield page
    async for page in _with_proof(service, language):
        yield page
    child, page = await grown_child(service, language)
    yield page
    sent = await child.visitor.ask(
        "POST", "/registration/policy", {"policy_version": "an old one"}
    )
    assert sent.status == 409
    yield sent
    yield await child.visitor.submit(page, "/registration/policy")
    stranger = Visitor(service.client, language)
    for path in (
        "/registration",
        "/guardian",
        "/sign-up/nowhere",
        "/sign-up/terran-studio",
        "/sign-up/terraquanta",
        "/policies/terraquanta",
        "/policies/terraquanta/2021-09-26",
        "/policies/terraquanta/1",
    ):
        yield await stranger.get(path)


async def _with_guardian(service: Service, language: str) -> AsyncGenerator[Page]:
    child = Somebody(service, Visitor(service.client, language), "terra-maestro")
    page = await child.answer_age(CHILD)
    yield page
    page = await child.fill_in(page, username="blue.fox")
    yield page
    asked = "/registration/guardian"
    yield await child.visitor.send(page, asked, guardian_email="nowhere")
    page = await child.visitor.submit(page, asked, guardian_email=MOTHER)
    yield page
    code = match_code(page)
    guardian, page = await child.guardian(language)
    yield page
    action = "/guardian/answer"
    yield await guardian.send(page, action)
    yield await guardian.send(page, action, answer="refuse")
    yield await guardian.send(page, action, answer="give", code=code)
    yield await guardian.send(page, action, answer="give", code=code, adult="yes")
    yield await child.visitor.get("/registration")
    async for page in _with_consent(service, language):
        yield page


async def _with_consent(service: Service, language: str) -> AsyncGenerator[Page]:
    """Yield the pages of a guardian who has consented, and looks after it."""
    letter = (await service.send_messages()).to(MOTHER)[-1]
    guardian = Visitor(service.client, language)
    link = service.mailbox.link_for(MOTHER)
    page = await guardian.get(f"/guardian/{link}")
    yield page
    number = page.root.one(id="code-hint").one("strong").text
    withdraw, ask = "/guardian/withdraw", "/guardian/ask"
    yield await guardian.send(page, withdraw)
    yield await guardian.send(page, ask)
    yield await guardian.send(page, withdraw, purposes="*", code=number)
    yield await guardian.send(page, ask, code=number)
    await service.send_messages()
    letters = [one for one in service.mailbox.to(MOTHER) if "/guardian/" in one]
    found = re.search(r"/guardian/([\w-]{43})", letters[-1])
    assert found is not None
    yield await guardian.get(found[0])
    async for shown in _with_another(service, guardian, link, language):
        yield shown
    receipt = re.search(r"/receipts/[0-9a-f-]{36}", letter)
    assert receipt is not None
    yield await guardian.get(receipt[0])


async def _with_another(
    service: Service, guardian: Visitor, link: str, language: str
) -> AsyncGenerator[Page]:
    """Yield the pages of a guardian who invites another one, and disagrees."""
    page = await guardian.get(f"/guardian/{link}")
    number = page.root.one(id="invite-code-hint").one("strong").text
    invite = "/guardian/invite"
    yield await guardian.send(page, invite)
    yield await guardian.send(page, invite, **{"invite-code": number})
    sent = await guardian.send(
        page,
        invite,
        guardian_email=FATHER,
        relation="parent",
        **{"invite-code": number},
    )
    yield sent
    other = Visitor(service.client, language)
    page = await other.get(
        f"/guardian/{(await service.send_messages()).link_for(FATHER)}"
    )
    yield page
    stranger = Visitor(service.client, language)
    yield await other.send(page, "/guardian/answer", answer="give", code="000000")
    yield await other.send(
        page, "/guardian/answer", answer="give", code="000000", adult="yes"
    )
    page = await stranger.get(f"/guardian/{service.mailbox.link_for(FATHER)}")
    yield page
    yield await stranger.send(page, "/guardian/resend")
    number = page.root.one(id="again-hint").one("strong").text
    yield await stranger.send(page, "/guardian/resend", again=number)
    page = await other.get(
        f"/guardian/{(await service.send_messages()).link_for(FATHER)}"
    )
    code = match_code(sent)
    yield await other.send(
        page, "/guardian/answer", answer="give", code=code, adult="yes"
    )
    page = await other.get(
        f"/guardian/{(await service.send_messages()).link_for(FATHER)}"
    )
    yield page
    yield await other.send(page, "/guardian/dispute")
    number = page.root.one(id="dispute-code-hint").one("strong").text
    yield await other.send(page, "/guardian/dispute", **{"dispute-code": number})


async def _with_proof(service: Service, language: str) -> AsyncGenerator[Page]:
    adult, page = await adult_proving(service, language)
    yield page
    yield await adult.visitor.send(page, "/registration/proof")
    sent = await adult.visitor.send(page, "/registration/proof", method="document")
    assert sent.status == 303
    page = await adult.visitor.get("/registration/give-up")
    yield await adult.visitor.get("/registration")
    yield await adult.visitor.submit(page, "/registration/give-up")
    young = Somebody(service, Visitor(service.client, language), "platform")
    yield await young.answer_age(CHILD)


def with_profile(given: Given, app: str, **changes: object) -> PolicyProfile:
    """Put another profile in an app's place, and return it."""
    profile = replace(given.profiles[app], **changes)  # type: ignore[arg-type]
    by_app = given.profiles.by_app
    assert isinstance(by_app, dict)
    by_app[AppName(app)] = profile
    assert isinstance(given.profiles, Profiles)
    return profile
