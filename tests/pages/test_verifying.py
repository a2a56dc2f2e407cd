"""A guardian who says at a provider that they are an adult: there and back."""

import pytest

from service.age_assurance.providers import Outcome
from tests.pages.family import ACTION, Family
from tests.pages.journeys import child_waiting, with_profile
from tests.pages.visitor import Page
from tests.support.service import SANDBOX, Service
from tests.support.verifying import APP, DISCLOSES, STRONG, operator

BACK = "/guardian/verified"


@pytest.fixture
async def family(service: Service) -> Family:
    """A family at an operator who takes e-mail, card and document."""
    profile = operator()
    with_profile(
        service.parts.given,
        APP,
        purposes=profile.purposes,
        consent=profile.consent,
        age_proof_provider=SANDBOX,
    )
    family = Family(*await child_waiting(service))
    await family.open()
    return family


async def give(family: Family, *purposes: str) -> Page:
    return await family.answer(
        "give", code=family.code, adult="yes", purposes=[*purposes]
    )


async def test_a_way_is_chosen_where_there_are_several(
    service: Service, family: Family
) -> None:
    page = await give(family, DISCLOSES)
    radios = [*page.main.every("input", type="radio")]
    assert [one["value"] for one in radios] == ["card", "document"]
    assert not [one for one in radios if "checked" in one]
    assert "Nothing is agreed to before" in page.text
    missing = await family.guardian.send(page, ACTION)
    assert missing.status == 422
    assert missing.error("method")

    sent = await family.guardian.send(missing, ACTION, method="document")

    assert sent.status == 303
    assert sent.location.endswith(f"/prove/{service.sandbox.latest}")
    waiting = await family.guardian.get(BACK)
    assert waiting.title == "Waiting for the outcome"
    assert BACK in waiting.links()
    again = await family.guardian.get("/guardian")
    assert "we wait for the outcome" in again.text
    await service.parts.proof_outcomes.take(service.sandbox.latest, Outcome.OVER)
    assert (await family.guardian.get(BACK)).title == "You gave consent"
    assert await service.count("account") == 1


async def test_there_is_no_choice_where_one_way_is_left(
    service: Service, family: Family
) -> None:
    sent = await give(family, STRONG, DISCLOSES)

    assert sent.status == 303
    assert service.sandbox.wanted[-1].method == "document"


async def test_who_could_not_be_verified_answers_again(
    service: Service, family: Family
) -> None:
    await give(family, STRONG)
    await service.parts.proof_outcomes.take(
        service.sandbox.latest, Outcome.INCONCLUSIVE
    )

    page = await family.guardian.get(BACK)

    assert "Nothing was agreed to. You can try again" in page.text
    family.page = page
    assert (await give(family, STRONG)).status == 303
    await service.parts.proof_outcomes.take(service.sandbox.latest, Outcome.UNDER)
    over = await family.guardian.get(BACK)
    assert over.title == "Nothing was agreed to"
    assert await family.registrations() == 0


async def test_another_site_is_reached_by_a_link_that_names_it(
    service: Service, family: Family
) -> None:
    service.sandbox.href = "https://prove.example/p?a=1"
    page = await give(family, STRONG)
    assert page.status == 200
    assert "https://prove.example/p?a=1" in page.links()
    assert "that you are an adult" in page.text


async def test_a_provider_out_of_reach_is_explained(
    service: Service, family: Family
) -> None:
    service.sandbox.error = OSError()
    page = await give(family, STRONG)
    assert page.status == 503
    assert page.has_form(ACTION)
    assert await family.registrations() == 1
