"""The page of a registration: the step that is due, and the ways on and out."""

import pytest

from tests.pages.journeys import (
    ADA,
    ADAS_PHONE,
    GROWN_UP,
    Somebody,
    with_profile,
)
from tests.pages.visitor import Page, Visitor

HERE = "/registration"


@pytest.fixture
async def page(adult: Somebody) -> Page:
    """An adult, who has an e-mail address and a phone number to confirm."""
    form = await adult.answer_age(GROWN_UP)
    return await adult.fill_in(form, username="ada.l", email=ADA, phone=ADAS_PHONE)


async def test_each_contact_has_a_form_for_its_code(page: Page) -> None:
    assert page.title == "Enter your code"
    for name in ("email_code", "phone_code"):
        field = page.field(name)
        assert field["autocomplete"] == "one-time-code"
        assert field["inputmode"] == "numeric"
    assert ADA not in page.body


async def test_codes_lead_to_the_account(adult: Somebody, page: Page) -> None:
    page = await adult.confirm(page, ADA)
    assert [one.get("id") for one in page.main.every("input", name="code")] == [
        "phone_code"
    ]
    page = await adult.confirm(page, ADAS_PHONE, "phone")
    assert page.title == "Your account is ready"
    assert [*page.root.every("form")] == []


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("", "type the code"),
        ("12 34", "six digits"),
        ("abcdef", "six digits"),
        ("000000", "wrong or no longer good"),
    ],
)
async def test_a_wrong_code_is_explained_beside_its_field(
    visitor: Visitor, page: Page, code: str, words: str
) -> None:
    page = await visitor.send(page, "/registration/confirm", code=code)
    assert page.status == 422
    assert words in page.error("email_code")


async def test_a_code_may_be_typed_with_spaces(
    adult: Somebody, visitor: Visitor, page: Page
) -> None:
    mailbox = await adult.service.send_messages()
    code = mailbox.code_for(ADA)
    page = await visitor.submit(
        page, "/registration/confirm", code=f" {code[:3]} {code[3:]} "
    )
    assert page.status == 200


async def test_another_code_is_sent_and_said(
    adult: Somebody, visitor: Visitor, page: Page
) -> None:
    page = await visitor.submit(page, "/registration/code")
    assert "A new code is on its way" in page.text
    assert len((await adult.service.send_messages()).to(ADA)) == 2
    page = await adult.confirm(page, ADA)
    assert page.status == 200


async def test_codes_run_out_with_words(visitor: Visitor, page: Page) -> None:
    sent = page
    for _ in range(5):
        sent = await visitor.send(page, "/registration/code")
    assert sent.status == 409
    assert "send any more codes" in sent.text


async def test_a_step_that_is_done_shows_where_things_stand(
    adult: Somebody, visitor: Visitor, page: Page
) -> None:
    first = page
    await adult.confirm(await adult.confirm(page, ADA), ADAS_PHONE, "phone")
    late = await visitor.send(first, "/registration/confirm", code="123456")
    assert late.status == 409
    assert late.title == "Your account is ready"
    assert "done already" in late.text


async def test_a_welcome_leads_to_the_product(adult: Somebody, page: Page) -> None:
    with_profile(
        adult.service.parts.given, adult.app, welcome_url="https://maestro.example/in"
    )
    page = await adult.confirm(page, ADA)
    page = await adult.confirm(page, ADAS_PHONE, "phone")
    assert "https://maestro.example/in" in page.links()
