"""The page of an account under review, and the way past the gate's lock."""

from dataclasses import replace

import pytest

from service.age_assurance.providers import Outcome
from service.domain.consent_methods import Method
from service.domain.consent_rules import ConsentRules
from tests.pages.account.people import Holder, a_holder
from tests.pages.account.test_markup import a_holder as bilingual
from tests.pages.journeys import CHILD, Somebody, with_profile
from tests.pages.visitor import Visitor
from tests.support.members import APP
from tests.support.service import SANDBOX, Service

HERE = "/account/review"


async def frozen(service: Service, language: str = "en", app: str = APP) -> Holder:
    holder = await a_holder(service, language, app)
    await holder.member.freeze()
    page = await holder.sign_in()
    assert page.path == "/account", page.text
    assert HERE in "".join(page.links())
    return holder


@pytest.fixture
def proving(service: Service) -> Service:
    """The service, whose operator has a provider of proofs."""
    methods = (Method.EMAIL_PLUS, Method.CARD, Method.DOCUMENT)
    with_profile(
        service.parts.given,
        APP,
        consent=ConsentRules(methods=methods),
        age_proof_provider=SANDBOX,
    )
    return service


async def test_an_appeal_leads_to_the_provider_and_back(proving: Service) -> None:
    holder = await frozen(proving)
    page = await holder.get(HERE)
    radios = [*page.main.every("input", type="radio")]
    assert [one["value"] for one in radios] == ["card", "document"]
    assert not [one for one in radios if "checked" in one]
    missing = await holder.visitor.send(page, HERE)
    assert missing.status == 422
    assert missing.error("method")

    sent = await holder.visitor.send(missing, HERE, method="card")

    assert sent.status == 303
    assert sent.location.endswith(f"/prove/{proving.sandbox.latest}")
    waiting = await holder.get(HERE)
    assert "We wait for what the provider tells us" in waiting.text
    await proving.parts.proof_outcomes.take(proving.sandbox.latest, Outcome.OVER)
    over = await holder.get("/account")
    assert HERE not in "".join(over.links())
    assert "nothing to appeal against" in (await holder.get(HERE)).text


async def test_where_a_person_decides_the_page_says_so(service: Service) -> None:
    holder = await frozen(service)
    page = await holder.visitor.submit(await holder.get(HERE), HERE)
    assert "A person looks at your appeal" in page.text
    assert not page.has_form(HERE)


async def test_it_is_read_in_chinese(service: Service) -> None:
    holder = await bilingual(service, "zh")
    await holder.member.freeze()
    await holder.sign_in()
    page = await holder.get(HERE)
    assert (page.language[:2], page.title) == ("zh", "账户审核")


async def test_a_rejected_appeal_says_how_to_go_on(proving: Service) -> None:
    holder = await frozen(proving)
    for _ in range(3):
        await holder.visitor.send(await holder.get(HERE), HERE, method="card")
        said = Outcome.INCONCLUSIVE
        await proving.parts.proof_outcomes.take(proving.sandbox.latest, said)
    page = await holder.get(HERE)
    assert "did not clear up the review" in page.text
    assert not page.has_form(HERE)


async def test_who_was_turned_away_can_prove_it_instead(service: Service) -> None:
    given = service.parts.given
    age = replace(given.profiles["platform"].age, ask_country=False)
    with_profile(given, "platform", age=age)
    somebody = Somebody(service, Visitor(service.client), "platform")
    away = await somebody.answer_age(CHILD)
    action = "/sign-up/platform/appeal"
    assert away.has_form(action)

    form = await somebody.visitor.submit(away, action)

    assert form.path == "/sign-up/platform/form", form.text
    assert form.has_form("/sign-up/platform/form")
