"""Proving an age: the ways offered, the provider's page, and the way back."""

import re

import pytest

from service.age_assurance.providers import Outcome
from tests.pages.journeys import adult_proving
from tests.support.service import Service

HERE = "/registration"


async def test_a_proof_is_chosen_and_leads_to_the_provider(service: Service) -> None:
    adult, page = await adult_proving(service)
    assert page.title == "Prove your age"
    assert not [one for one in page.main.every("input") if "checked" in one]
    sent = await adult.visitor.send(page, "/registration/proof", method="card")
    assert sent.status == 303
    assert sent.location.endswith(f"/prove/{service.sandbox.latest}")
    assert (await adult.visitor.get(HERE)).title == "Waiting for the proof of your age"
    await service.parts.proof_outcomes.take(service.sandbox.latest, Outcome.OVER)
    assert (await adult.visitor.get(HERE)).title == "Your account is ready"


async def test_another_site_is_reached_by_a_link_that_names_it(
    service: Service,
) -> None:
    service.sandbox.href = "https://prove.example/p?a=1&b=2"
    adult, page = await adult_proving(service)
    page = await adult.visitor.send(page, "/registration/proof", method="card")
    assert page.status == 200
    assert "https://prove.example/p?a=1&b=2" in page.links()
    assert "prove.example" in page.text
    assert "mailto:dpo@platform.example" in page.links()


async def test_a_provider_out_of_reach_is_explained(service: Service) -> None:
    service.sandbox.error = OSError()
    adult, page = await adult_proving(service)
    page = await adult.visitor.send(page, "/registration/proof", method="card")
    assert page.status == 503
    assert page.headers["Retry-After"]
    assert page.has_form("/registration/proof")


@pytest.mark.parametrize(("method", "status"), [("", 422), ("x", 422), ("wallet", 422)])
async def test_a_way_must_be_one_of_those_offered(
    service: Service, method: str, status: int
) -> None:
    adult, page = await adult_proving(service)
    page = await adult.visitor.send(page, "/registration/proof", method=method)
    assert page.status == status
    assert page.error("method")


async def test_who_is_proven_too_young_is_told_how_to_appeal(service: Service) -> None:
    adult, page = await adult_proving(service)
    await adult.visitor.send(page, "/registration/proof", method="card")
    await service.parts.proof_outcomes.take(service.sandbox.latest, Outcome.UNDER)
    page = await adult.visitor.get(HERE)
    assert page.title == "This sign-up has ended"
    assert "mailto:support@platform.example" in page.links()
    assert not re.search(r"\b18\b", page.text)


async def test_a_mistake_is_told_in_the_language_of_the_page(service: Service) -> None:
    adult, page = await adult_proving(service, "zh")
    assert page.language == "en"
    sent = await adult.visitor.send(page, "/registration/proof")
    assert sent.error("method") == "Please choose one of the ways."
