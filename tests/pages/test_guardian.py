"""The guardian's page: what is asked, every answer, and every way it can go wrong."""

from dataclasses import replace

import pytest

from tests.pages.family import ACTION, COOKIE, Family
from tests.pages.journeys import (
    ADA,
    MOTHER,
    Somebody,
    child_waiting,
    match_code,
    number_on,
    with_profile,
)
from tests.pages.visitor import Visitor
from tests.support.service import Service


async def test_the_page_says_who_asks_and_for_what(family: Family) -> None:
    text = family.page.text
    assert "A child wants to use Terra Maestro and named you." in text
    assert "username blue.fox" in text
    assert "The child says you are: Mother or father." in text
    assert "Shenzhen Terra Maestro Technology Co., Ltd." in text
    assert "Global Privacy Policy, version 2024-09-02, in force since 2" in text
    assert "/policies/terra-maestro/2024-09-02" in family.page.links()
    assert "https://terramaestro.example/privacy" in family.page.links()
    assert "holds until 22 November 2027" in text
    assert "If you do not answer by 6 December 2026" in text
    assert "business@terramaestro.com" in text
    assert "supervision departments" in family.page.root.one("footer").text
    assert family.code not in family.page.body


async def test_the_answers_look_alike_and_none_is_chosen(family: Family) -> None:
    radios = [*family.page.main.every("input", type="radio")]
    assert [one["value"] for one in radios] == ["give", "refuse", "not_my_child"]
    assert {one.parent["class"] for one in radios if one.parent} == {"choice"}
    assert not [one for one in family.page.main.every("input") if "checked" in one]
    assert len([*family.page.main.every("button")]) == 1


async def test_only_what_can_be_given_by_mail_is_offered(family: Family) -> None:
    boxes = family.page.main.every("input", name="purposes")
    offered = {"improvement", "recommendations", "mailing_list"}
    assert {one["value"] for one in boxes} == offered
    assert "This stays off" in family.page.text
    assert "Advertising with partners" in family.page.text


async def test_giving_opens_the_account_with_the_purposes_chosen(
    family: Family,
) -> None:
    page = await family.answer(
        "give", code=family.code, adult="yes", purposes=["mailing_list"]
    )
    assert page.status == 200
    assert page.title == "You gave consent"
    assert COOKIE not in family.guardian.cookies
    rows = await family.service.pool.fetch("SELECT purpose FROM consent_grant")
    granted = {row["purpose"] for row in rows}
    assert granted == {"account", "protection", "mailing_list"}
    shown = await family.child.visitor.get("/registration")
    assert shown.title == "Your account is ready"


async def test_a_code_may_be_typed_as_it_is_shown(family: Family) -> None:
    spaced = " ".join(family.code)
    page = await family.answer("give", code=spaced, adult="yes")
    assert page.title == "You gave consent"


@pytest.mark.parametrize(
    ("answer", "title"),
    [("refuse", "You refused"), ("not_my_child", "Thank you for telling us")],
)
async def test_refusing_takes_the_number_on_the_page(
    family: Family, answer: str, title: str
) -> None:
    page = await family.answer(answer, code=number_on(family.page))
    assert page.status == 200
    assert page.title == title
    assert COOKIE not in family.guardian.cookies
    assert await family.registrations() == 0
    shown = await family.child.visitor.get("/registration")
    assert shown.title == "This sign-up has ended"


async def test_whoever_is_not_the_guardian_is_never_written_to_again(
    service: Service, family: Family
) -> None:
    await family.answer("not_my_child", code=number_on(family.page))
    await child_waiting(service)
    assert len((await service.send_messages()).to(MOTHER)) == 1


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({}, "answer", "one of the three answers"),
        ({"answer": "maybe"}, "answer", "one of the three answers"),
        ({"answer": "give", "adult": "yes"}, "code", "type the code"),
        ({"answer": "give", "adult": "yes", "code": "12"}, "code", "six digits"),
        ({"answer": "give", "code": "123456"}, "adult", "are an adult"),
        ({"answer": "refuse"}, "code", "please type"),
        ({"answer": "refuse", "code": "123456"}, "code", "please type"),
        ({"answer": "not_my_child", "code": "abcd"}, "code", "please type"),
    ],
)
async def test_what_is_missing_is_said_beside_its_field(
    family: Family, typed: dict[str, str], field: str, words: str
) -> None:
    page = await family.answer(**typed)
    assert page.status == 422
    assert words in page.error(field)
    assert await family.registrations() == 1
    rest = await family.service.pool.fetchval("SELECT tries_left FROM consent_request")
    assert rest == 10, "only a whole answer is worth a try"


async def test_what_was_ticked_stays(family: Family) -> None:
    page = await family.answer("give", adult="yes", purposes=["improvement"])
    for value in ("give", "yes", "improvement"):
        assert "checked" in page.root.one("input", value=value)
    assert "value" not in page.field("code")


async def test_a_wrong_code_is_counted_and_explained(family: Family) -> None:
    wrong = f"{(int(family.code) + 1) % 1_000_000:06d}"
    page = family.page
    for _ in range(10):
        page = await family.answer("give", adult="yes", code=wrong)
        assert page.status == 422
        assert "This is not the code on" in page.error("code")
    assert "wrong too often" in page.text
    page = await family.answer("give", adult="yes", code=family.code)
    assert page.status == 422
    page = await family.answer("refuse", code=number_on(family.page))
    assert page.title == "You refused"


async def test_the_number_on_the_page_does_not_give(family: Family) -> None:
    number = number_on(family.page)
    page = await family.answer("give", adult="yes", code=number)
    assert page.status == 422
    page = await family.answer("refuse", code=family.code)
    assert page.status == 422
    assert await family.registrations() == 1


async def test_a_purpose_that_is_not_offered_is_not_taken(family: Family) -> None:
    page = await family.answer(
        "give", adult="yes", code=family.code, purposes=["advertising_partners"]
    )
    assert page.status == 422
    assert await family.registrations() == 1


async def test_a_child_without_a_username_is_not_named(service: Service) -> None:
    fields = service.parts.given.profiles["terra-maestro"].fields
    kept = tuple(one for one in fields if one.name != "username")
    with_profile(service.parts.given, "terra-maestro", fields=kept)
    child = Somebody(service, Visitor(service.client), "terra-maestro")
    page = await child.fill_in(await child.answer_age("2014-04-03"))
    await child.visitor.submit(page, "/registration/guardian", guardian_email=MOTHER)
    _, page = await child.guardian()
    assert "username" not in page.text


async def test_consent_that_comes_too_late_is_thanked_for(service: Service) -> None:
    """The child's address has come to another account in the meantime."""
    profile = service.parts.given.profiles["plain"]
    fields = tuple(replace(one, for_children=one.for_adults) for one in profile.fields)
    with_profile(service.parts.given, "plain", fields=fields)
    child = Somebody(service, Visitor(service.client), "plain")
    page = await child.fill_in(await child.answer_age("2014-04-03"), email=ADA)
    page = await child.confirm(page, ADA)
    page = await child.visitor.submit(
        page, "/registration/guardian", guardian_email=MOTHER
    )
    other = Somebody(service, Visitor(service.client), "plain")
    first = await other.fill_in(await other.answer_age("1990-04-03"), email=ADA)
    await other.confirm(first, ADA)
    guardian, form = await child.guardian()
    typed = {"answer": "give", "adult": "yes", "code": match_code(page)}
    answered = await guardian.send(form, ACTION, **typed)
    assert answered.title == "Thank you for your answer"
    assert "No account could be opened" in answered.text
