"""Asking a guardian: named by the child, written to a few times, waited for."""

from dataclasses import replace

import pytest

from tests.pages.journeys import (
    CHILD,
    MOTHER,
    Somebody,
    child_waiting,
    match_code,
    with_profile,
)
from tests.pages.visitor import Page, Visitor
from tests.support.service import Service


@pytest.fixture
def child(service: Service, visitor: Visitor) -> Somebody:
    return Somebody(service, visitor, "terra-maestro")


@pytest.fixture
async def asking(child: Somebody) -> Page:
    """A child, who is asked for a guardian."""
    return await child.fill_in(await child.answer_age(CHILD), username="blue.fox")


async def test_a_child_names_a_guardian(
    child: Somebody, visitor: Visitor, asking: Page
) -> None:
    typed = {"guardian_email": MOTHER, "relation": "legal_guardian", "locale": "zh"}
    page = await visitor.submit(asking, "/registration/guardian", **typed)
    assert page.title == "Waiting for your parent or guardian"
    kept = "SELECT relation, language FROM consent_request"
    (row,) = await child.service.pool.fetch(kept)
    assert tuple(row) == ("legal_guardian", "zh")


async def test_a_guardian_is_asked_once_for_two_clicks(
    child: Somebody, visitor: Visitor, asking: Page
) -> None:
    for _ in range(2):
        sent = await visitor.send(
            asking, "/registration/guardian", guardian_email=MOTHER
        )
        assert sent.status == 303
    assert len((await child.service.send_messages()).to(MOTHER)) == 1


@pytest.mark.parametrize("address", ["", "nowhere", "a@b"])
async def test_a_wrong_address_is_explained(
    visitor: Visitor, asking: Page, address: str
) -> None:
    page = await visitor.send(
        asking, "/registration/guardian", guardian_email=address, relation="other"
    )
    assert page.status == 422
    assert page.error("guardian_email")
    assert page.field("guardian_email").get("value") == address
    assert "checked" in page.root.one("input", value="other")


async def test_a_made_up_relation_is_not_taken(visitor: Visitor, asking: Page) -> None:
    typed = {"guardian_email": MOTHER, "relation": "friend"}
    page = await visitor.send(asking, "/registration/guardian", **typed)
    assert page.status == 422
    assert page.error("relation")


async def test_an_adults_address_is_not_their_own_guardian(
    service: Service, visitor: Visitor
) -> None:
    young = Somebody(service, visitor, "plain")
    fields = service.parts.given.profiles["plain"].fields
    asked = tuple(replace(one, for_children=one.for_adults) for one in fields)
    with_profile(service.parts.given, "plain", fields=asked)
    page = await young.fill_in(await young.answer_age(CHILD), email="kid@x.example")
    page = await young.confirm(page, "kid@x.example")
    own = "kid+mum@x.example"
    page = await visitor.send(page, "/registration/guardian", guardian_email=own)
    assert page.status == 422
    assert "not your own" in page.error("guardian_email")


async def test_the_code_is_read_digit_by_digit_and_names_nobody(
    service: Service,
) -> None:
    _, page = await child_waiting(service)
    assert len(match_code(page)) == 6
    assert MOTHER not in page.body
    assert "blue.fox" not in page.body
    assert "6 December 2026" in page.text


async def test_a_message_can_be_sent_again_a_few_times(service: Service) -> None:
    child, page = await child_waiting(service)
    code = match_code(page)
    assert "2 more times" in page.text
    page = await child.visitor.submit(page, "/registration/remind")
    assert "on its way again" in page.text
    assert "once more" in page.text
    form = page
    page = await child.visitor.submit(page, "/registration/remind")
    assert "as often as we may" in page.text
    assert match_code(page) == code
    late = await child.visitor.send(form, "/registration/remind")
    assert late.status == 409
    assert len((await service.send_messages()).to(MOTHER)) == 3


async def test_only_waiting_pages_look_again_by_themselves(service: Service) -> None:
    child, page = await child_waiting(service)
    assert [one["src"].partition("-")[0] for one in page.root.every("script")] == [
        "/static/waiting"
    ]
    assert page.main["data-state"] == "awaiting_guardian"
    other = await child.visitor.get("/registration/give-up")
    assert [*other.root.every("script")] == []
