"""The page of somebody who decides alone since their guardian was asked."""

import re

import pytest

from tests.pages.journeys import grown_child
from tests.pages.visitor import Page
from tests.support.service import Service

ACTION = "/registration/policy"
ESSENTIAL = {"account", "protection"}


async def granted(service: Service) -> set[str]:
    rows = await service.pool.fetch("SELECT purpose FROM consent_grant")
    return {row["purpose"] for row in rows}


def ticked(page: Page) -> list[str]:
    boxes = page.form(ACTION).every("input", name="purposes")
    return [one["value"] for one in boxes if "checked" in one]


@pytest.mark.parametrize(
    ("language", "title"), [("en", "Decide for yourself"), ("zh", "由您自己决定")]
)
async def test_the_policy_is_shown_and_nothing_is_ticked(
    service: Service, language: str, title: str
) -> None:
    _, page = await grown_child(service, language)

    assert page.title == title
    version = service.policy_version("terra-maestro")
    assert version in page.text
    assert f"/policies/terra-maestro/{version}" in page.links()
    boxes = [*page.form(ACTION).every("input", type="checkbox")]
    assert boxes
    assert not {one["value"] for one in boxes} & ESSENTIAL
    assert ticked(page) == []
    assert "/registration/give-up" in page.links()
    assert not re.search(r"guardian|监护人|\b1[0-9]\b", page.text)


async def test_accepting_opens_the_account_with_what_is_essential(
    service: Service,
) -> None:
    child, page = await grown_child(service)

    page = await child.visitor.submit(page, ACTION)

    assert page.title == "Your account is ready"
    assert await granted(service) == ESSENTIAL


async def test_what_is_ticked_is_agreed_to(service: Service) -> None:
    child, page = await grown_child(service)

    await child.visitor.submit(page, ACTION, purposes=["improvement"])

    assert await granted(service) == {*ESSENTIAL, "improvement"}


async def test_another_version_is_shown_before_it_is_accepted(service: Service) -> None:
    child, _ = await grown_child(service)
    fields = {"policy_version": "an old one", "purposes": ["improvement"]}

    page = await child.visitor.ask("POST", ACTION, fields)

    assert page.status == 409
    assert "read the current version" in page.text
    assert ticked(page) == ["improvement"]
    assert await service.count("account") == 0
    page = await child.visitor.submit(page, ACTION)
    assert page.title == "Your account is ready"


@pytest.mark.parametrize(
    "fields", [{}, {"purposes": ["nothing"]}, {"policy_version": "x" * 65}]
)
async def test_what_no_form_of_ours_sends_is_refused(
    service: Service, fields: dict[str, str | list[str]]
) -> None:
    child, _ = await grown_child(service)
    version = {"policy_version": service.policy_version("terra-maestro")}

    page = await child.visitor.ask("POST", ACTION, {**(fields and version), **fields})

    assert page.status in {409, 422}
    assert page.title == "Decide for yourself"
    assert await service.count("account") == 0


async def test_who_does_not_want_an_account_gives_up(service: Service) -> None:
    child, _ = await grown_child(service)

    page = await child.visitor.get("/registration/give-up")
    page = await child.visitor.submit(page, "/registration/give-up")

    assert page.title == "This sign-up has ended"
    assert await service.count("subject_key") == 0


async def test_a_step_that_is_not_due_is_said(service: Service) -> None:
    child, page = await grown_child(service)
    form = {"policy_version": service.policy_version("terra-maestro")}
    await child.visitor.submit(page, ACTION)

    again = await child.visitor.ask("POST", ACTION, form)

    assert again.status == 409
    assert again.title == "Your account is ready"
    assert await service.count("account") == 1
