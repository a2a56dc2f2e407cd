"""What each operator's age rule looks like to the person in front of it."""

import pytest

from tests.browser.people import People
from tests.browser.steps import (
    ADA,
    CHILD,
    GROWN_UP,
    MOTHER,
    NEARLY,
    answer_age,
    ask_guardian,
    confirm,
    prove,
    reply,
    sign_up,
    tell_age,
)

pytestmark = pytest.mark.browser


async def test_where_no_age_is_asked_the_form_comes_first(people: People) -> None:
    person = await people.arrive()
    await person.open("/sign-up/terran-studio")
    await person.is_at("form.title")
    assert await person.control("year").count() == 0
    await sign_up(person, username="ada.l")
    await person.is_at("completed.title")


async def test_at_seventeen_terraquanta_asks_a_guardian(people: People) -> None:
    minor = await people.arrive()
    code = await ask_guardian(minor, "terraquanta", NEARLY)
    await minor.is_at("awaiting_guardian.title")
    guardian = await people.arrive()
    await guardian.open(await people.site.link_for(MOTHER))
    await reply(guardian, "give", code)
    await minor.open("/registration")
    await minor.is_at("completed.title")


async def test_at_seventeen_terra_maestro_asks_nobody(people: People) -> None:
    minor = await people.arrive()
    await answer_age(minor, "terra-maestro", NEARLY)
    assert await minor.control("email").count() == 1


@pytest.mark.parametrize(
    ("outcome", "next_page", "accounts"),
    [("Over", "completed.title", 1), ("Under", "ended.title", 0)],
)
async def test_the_platform_believes_a_proof(
    people: People, outcome: str, next_page: str, accounts: int
) -> None:
    adult = await people.arrive()
    await answer_age(adult, "platform", GROWN_UP)
    await sign_up(adult, email=ADA)
    await confirm(adult, ADA)
    await adult.is_at("ask_proof.title")
    await prove(adult, "document")
    await adult.follow(adult.tab.get_by_role("button", name=outcome))
    await adult.is_at(next_page)
    assert await people.site.count("account") == accounts


async def test_a_provider_elsewhere_is_named_before_one_goes_there(
    people: People,
) -> None:
    adult = await people.arrive()
    await answer_age(adult, "platform", GROWN_UP)
    await sign_up(adult, email=ADA)
    await confirm(adult, ADA)
    await prove(adult, "card")
    await adult.is_at("leaving.title")
    onward = adult.words("leaving.go_on", host="cards.example")
    link = adult.tab.get_by_role("link", name=onward)
    assert await link.get_attribute("href") == "https://cards.example/check"


async def test_too_young_for_the_platform_today_stays_so(people: People) -> None:
    """Neither the back button helps, nor an older date, nor a second window."""
    young = await people.arrive()
    first, second = young.tab, await young.context.new_page()
    young.tab = second
    await young.open("/sign-up/platform")
    young.tab = first
    await answer_age(young, "platform", CHILD)
    await young.is_at("refusals.turned_away.title")
    assert "support@platform.example" in await young.tab.inner_text("main")

    await young.tab.go_back()
    if await young.control("year").count():  # an old page, kept by the browser
        await tell_age(young, "platform", GROWN_UP)
    await young.is_at("refusals.turned_away.title")

    young.tab = second
    await young.is_at("age.title")
    await tell_age(young, "platform", GROWN_UP)
    await young.is_at("refusals.turned_away.title")
    await second.close()

    young.tab = first
    await young.open("/sign-up/platform/form")
    await young.is_at("refusals.turned_away.title")
    assert await people.site.count("registration") == 0
    await answer_age(young, "plain", GROWN_UP)
    await young.is_at("form.title")
