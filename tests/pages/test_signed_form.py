"""A guardian chooses to sign by hand, prints the form, and sends a picture of it."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass

import pytest

from service.domain.consent_forms import LARGEST
from service.kit.database import Pool
from tests.pages.journeys import MOTHER, Somebody, child_waiting, match_code
from tests.pages.visitor import Page, Visitor
from tests.support.clock import StoppedClock
from tests.support.scans import HTML, a_jpeg
from tests.support.service import BASE_URL, Service
from tests.support.signers import approve, running_with_forms

ANSWER, FORM = "/guardian/answer", "/guardian/form"
ADVERTISING = "advertising_partners"


@dataclass
class Signing:
    """A guardian at the form, and the child who waits."""

    service: Service
    child: Somebody
    code: str
    guardian: Visitor
    page: Page

    @property
    def number(self) -> str:
        return self.page.root.one(id="form-code-hint").one("strong").text

    async def send(self, file: bytes, code: str | None = None) -> Page:
        typed = {"form-code": self.number if code is None else code}
        return await self.guardian.upload(self.page, FORM, file, **typed)


@pytest.fixture
async def office(pool: Pool, clock: StoppedClock) -> AsyncGenerator[Service]:
    async with running_with_forms(pool, clock) as one:
        yield one


@pytest.fixture
async def signing(office: Service) -> Signing:
    return await at_the_form(office)


async def at_the_form(service: Service, language: str = "en") -> Signing:
    """Return a guardian who has said yes, and looks at the form."""
    child, waiting = await child_waiting(service, language)
    code = match_code(waiting)
    guardian, page = await child.guardian(language)
    typed = {"answer": "give", "adult": "yes", "code": code}
    page = await guardian.send(page, ANSWER, purposes=[ADVERTISING], **typed)
    assert [one["value"] for one in page.root.every("input", name="method")] == []
    page = await guardian.get(page.location.removeprefix(BASE_URL))
    return Signing(service, child, code, guardian, page)


async def test_where_there_is_more_than_one_way_the_guardian_chooses(
    office: Service,
) -> None:
    child, waiting = await child_waiting(office)
    guardian, page = await child.guardian()
    typed = {"answer": "give", "adult": "yes", "code": match_code(waiting)}
    page = await guardian.send(page, ANSWER, **typed)
    ways = [*page.root.every("input", name="method")]
    assert [one["value"] for one in ways] == ["email_plus", "signed_form"]
    assert not [one for one in ways if "checked" in one]
    sent = await guardian.send(page, ANSWER, method="signed_form")
    assert sent.location == BASE_URL + FORM
    assert (await guardian.get(FORM)).title == "Sign by hand"
    page = await guardian.get("/guardian")
    assert FORM in page.links()
    sent = await guardian.send(page, ANSWER, **typed)
    assert sent.status == 200, "another way may be chosen"


async def test_what_is_signed_stands_on_the_paper(signing: Signing) -> None:
    paper = signing.page.root.one("section", **{"class": "paper"})
    for words in (
        "Terra Maestro",
        "Advertising with partners",
        "Name in full",
        "Signature",
        "in force since",
    ):
        assert words in paper.text, words
    number = paper.one("strong", **{"class": "secret"}).text
    assert len(number) == len("ABCD-EFGH")
    assert "blue.fox" not in signing.page.body, "the child typed it"
    assert signing.code not in signing.page.body


async def test_a_picture_is_sent_and_two_people_open_the_account(
    signing: Signing,
) -> None:
    page = await signing.send(a_jpeg(b"signed"))
    assert page.status == 200
    assert "Your signed form has arrived" in page.text
    assert not page.has_form(FORM)
    (form,) = await signing.service.parts.form_reviews.every()
    for reviewer in ("kim", "lee"):
        await approve(signing.service, form.form_id, reviewer)
    shown = await signing.child.visitor.get("/registration")
    assert shown.title == "Your account is ready"


@pytest.mark.parametrize(
    ("file", "status", "words"),
    [
        (b"", 415, "not a whole JPEG"),
        (HTML, 415, "not a whole JPEG"),
        (a_jpeg()[:-2], 415, "not a whole JPEG"),
        (bytes(LARGEST + 1), 413, "at most 5 MB"),
    ],
)
async def test_what_is_wrong_with_a_file_is_said_beside_it(
    signing: Signing, file: bytes, status: int, words: str
) -> None:
    page = await signing.send(file)
    assert page.status == status
    assert words in page.error("file")
    assert await signing.service.count("consent_form") == 0


async def test_a_program_that_sends_every_form_sends_nothing(signing: Signing) -> None:
    for code in ("", "0", "abcd"):
        page = await signing.send(a_jpeg(), code)
        assert page.status == 422
        assert "type" in page.error("form-code")
    sent = await signing.guardian.ask("POST", FORM, {"form-code": signing.number})
    assert sent.status == 400
    assert await signing.service.count("consent_form") == 0


async def test_a_second_form_is_not_taken(signing: Signing) -> None:
    await signing.send(a_jpeg())
    again = await signing.send(a_jpeg())
    assert again.status == 409
    assert "Your signed form has arrived" in again.text
    assert await signing.service.count("consent_form") == 1


async def test_who_has_not_chosen_to_sign_is_shown_no_form(office: Service) -> None:
    child, _ = await child_waiting(office)
    guardian, _ = await child.guardian()
    page = await guardian.get(FORM)
    assert page.status == 409
    stranger = Visitor(office.client)
    assert (await stranger.get(FORM)).status == 404


async def test_another_browser_is_not_shown_it(signing: Signing) -> None:
    link = signing.service.mailbox.link_for(MOTHER)
    other = Visitor(signing.service.client)
    await other.get(f"/guardian/{link}")
    assert (await other.get(FORM)).status == 409


async def test_it_is_in_the_language_of_the_guardian(office: Service) -> None:
    signing = await at_the_form(office, "zh")
    assert signing.page.language == "zh-Hans"
    assert "监护人" in signing.page.text
    assert "签名" in signing.page.text
