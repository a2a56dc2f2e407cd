"""The page behind the link in a guardian's letters, and the page of a receipt."""

import re
from dataclasses import replace

import pytest

from tests.pages.visitor import Page, Visitor
from tests.support.families import GUARDIAN
from tests.support.service import Service
from tests.support.wards import Ward, a_ward

WITHDRAW = "/guardian/withdraw"
ASK = "/guardian/ask"
EVERYTHING = "*"


@pytest.fixture
async def ward(service: Service) -> Ward:
    return await a_ward(service)


async def opened(visitor: Visitor, ward: Ward) -> Page:
    return await visitor.get(f"/guardian/{ward.link}")


def number_on(page: Page) -> str:
    return page.root.one(id="code-hint").one("strong").text


async def states(ward: Ward) -> set[str]:
    return {one[-1] for one in (await ward.grants()).values()}


async def test_a_guardian_reads_what_they_agreed_to(
    visitor: Visitor, ward: Ward
) -> None:
    page = await opened(visitor, ward)

    assert page.status == 200
    assert page.title == "Your consent for Terra Maestro"
    for words in ("Better service", "little-kim", "22 November 2026", "2024-09-02"):
        assert words in page.text
    assert ward.link not in page.body


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_what_is_ticked_is_withdrawn(
    service: Service, ward: Ward, language: str
) -> None:
    visitor = Visitor(service.client, language)
    page = await opened(visitor, ward)

    page = await visitor.send(
        page, WITHDRAW, purposes="improvement", code=number_on(page)
    )

    assert page.status == 200
    assert page.language == {"en": "en", "zh": "zh-Hans"}[language]
    assert (await ward.grants())["improvement"] == ["withdrawn"]
    assert (await ward.account())["state"] == "active"
    assert not [*page.root.every("input", value="improvement")]


async def test_everything_is_withdrawn_and_asked_for_again(
    service: Service, visitor: Visitor, ward: Ward
) -> None:
    page = await opened(visitor, ward)
    page = await visitor.send(page, WITHDRAW, purposes=EVERYTHING, code=number_on(page))
    assert "everything is deleted on 22 December 2026" in page.text
    assert not page.has_form(WITHDRAW)

    assert (await visitor.send(page, ASK)).status == 422
    number = page.root.one(id="ask-code-hint").one("strong").text
    page = await visitor.send(page, ASK, code=number)

    assert "Two e-mails are on their way" in page.text
    family = await ward.asked()
    again = await visitor.get(f"/guardian/{family.link}")
    assert again.title == "May this child use Terra Maestro?"
    assert "asked once more" in again.text
    done = await visitor.send(
        again, "/guardian/answer", answer="give", adult="yes", code=family.match_code
    )
    assert done.title == "You gave consent"
    assert (await ward.account())["state"] == "active"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"purposes": "improvement"}, "code"),
        ({"purposes": "improvement", "code": "12345"}, "code"),
        ({}, "purposes"),
    ],
)
async def test_a_program_that_presses_every_button_withdraws_nothing(
    visitor: Visitor, ward: Ward, typed: dict[str, str], field: str
) -> None:
    page = await opened(visitor, ward)

    page = await visitor.send(page, WITHDRAW, **typed)

    assert page.status == 422
    assert page.error(field)
    assert await states(ward) == {"provisional"}


async def test_to_look_changes_nothing(visitor: Visitor, ward: Ward) -> None:
    before = await ward.told()
    for _ in range(20):
        for method in ("GET", "HEAD"):
            await visitor.ask(method, f"/guardian/{ward.link}")
            assert (await visitor.ask(method, "/guardian")).status == 200

    assert await ward.told() == before
    assert await states(ward) == {"provisional"}


async def test_refusing_and_disputing_anew_say_what_happened(
    visitor: Visitor, ward: Ward
) -> None:
    for answer, title in (
        ("refuse", "You refused"),
        ("not_my_child", "Thank you for telling us"),
    ):
        family = await ward.ask_anew()
        page = await visitor.get(f"/guardian/{family.link}")
        number = page.root.one(id="code-hint").one("strong").text
        done = await visitor.send(page, "/guardian/answer", answer=answer, code=number)
        assert done.title == title
    assert await states(ward) == {"invalidated"}


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_anybody_reads_a_receipt_in_their_language(
    service: Service, ward: Ward, language: str
) -> None:
    letter = (await service.send_messages()).to(GUARDIAN)[-1]
    found = re.search(r"/receipts/[0-9a-f-]{36}", letter)
    assert found is not None
    visitor = Visitor(service.client, language)

    page = await visitor.get(found[0])

    assert page.status == 200
    title = {"en": "Better service", "zh": "改进服务质量"}[language]
    assert title in page.text
    signed = page.root.one("textarea").text
    shown = await (await service.get(f"/v1{found[0]}")).json()
    assert signed == shown["receipt"]
    assert "/.well-known/jwks.json" in page.links()
    assert GUARDIAN not in page.body
    assert "T12:00" not in page.text
    assert {"en": "22 November 2026", "zh": "2026年11月22日"}[language] in page.text


async def test_every_kind_of_receipt_has_words(visitor: Visitor, ward: Ward) -> None:
    await ward.withdraw("improvement")
    await ward.withdraw()
    again = await ward.ask_anew()
    await again.answer("give")
    rows = await ward.service.pool.fetch("SELECT receipt_id FROM consent_receipt")
    assert len(rows) == 4
    for row in rows:
        page = await visitor.get(f"/receipts/{row['receipt_id']}")
        assert page.status == 200


async def test_a_receipt_that_there_is_not_is_a_page(visitor: Visitor) -> None:
    page = await visitor.get("/receipts/0b2f5a1e-9c1d-4f6e-8a53-2f8b6d3e7c25")
    assert page.status == 404
    assert page.title == "There is no such receipt"


async def test_a_link_that_leads_nowhere_says_so(visitor: Visitor, ward: Ward) -> None:
    await ward.service.parts.disqualified.bar(await ward.guardian_id(), "none")
    page = await opened(visitor, replace(ward))
    assert page.status == 404
