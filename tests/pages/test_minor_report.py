"""The page on which anybody reports an account as a minor's."""

import pytest

from tests.minors.test_minors import EMAIL, account, an_adult
from tests.pages.visitor import Visitor
from tests.support.service import Service

HERE = "/report/plain"


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_an_account_is_reported_and_stopped(
    service: Service, language: str
) -> None:
    account_id = await an_adult(service)
    visitor = Visitor(service.client, language)
    policies = await visitor.get("/policies/plain")
    assert any(one.partition("?")[0] == HERE for one in policies.links())
    page = await visitor.get(HERE)

    thanked = await visitor.submit(page, HERE, identifier=f" {EMAIL.upper()} ")

    assert thanked.status == 200
    await service.parts.minors.step()
    assert (await account(service, account_id))["suspended_for"] == "age_review"


async def test_a_report_of_nobody_reads_the_same(service: Service) -> None:
    await an_adult(service)
    visitor = Visitor(service.client)
    page = await visitor.get(HERE)

    known = await visitor.submit(page, HERE, identifier=EMAIL)
    unknown = await visitor.submit(page, HERE, identifier="nobody@example.org")

    assert known.body == unknown.body


@pytest.mark.parametrize("identifier", ["", "   ", "x" * 500])
async def test_a_report_names_somebody(service: Service, identifier: str) -> None:
    visitor = Visitor(service.client)
    page = await visitor.get(HERE)

    again = await visitor.submit(page, HERE, identifier=identifier)

    assert again.status == 422
    assert "whose account" in again.error("identifier")
