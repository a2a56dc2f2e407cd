"""A child signs up on a phone; their guardian answers at a browser of their own."""

import pytest

from service.pages.words import EN, ZH, Language
from tests.browser.people import DESKTOP, PHONE, People, Person
from tests.browser.steps import (
    MOTHER,
    NUMBER_ON_PAGE,
    ask_guardian,
    grow_up_waiting,
    reply,
)

pytestmark = pytest.mark.browser

LOOKS_EVERY_MILLISECONDS = 10_000

LOOKS_OF_ANSWERS = """
() => [...document.getElementsByName("answer")].map((one) => {
  const [choice, label] = [one.parentElement, one.labels[0]];
  const box = choice.getBoundingClientRect();
  const looks = (part, ...names) => {
    const style = getComputedStyle(part);
    return [part.tagName, part.className, ...names.map((name) => style[name])];
  };
  return {
    value: one.value,
    chosen: one.checked,
    height: box.height,
    rest: [
      one.type, box.left, box.width,
      looks(choice, "backgroundColor", "border", "padding", "margin", "opacity"),
      looks(label, "font", "color", "opacity", "textDecoration"),
      looks(one, "width", "height", "accentColor", "opacity"),
    ],
  };
})
"""


async def at_the_link(people: People, language: Language = EN) -> Person:
    guardian = await people.arrive(size=DESKTOP, language=language)
    await guardian.open(await people.site.link_for(MOTHER))
    assert guardian.tab.url == f"{people.site.url}/guardian"
    return guardian


async def test_a_guardian_consents_and_the_childs_page_goes_on(people: People) -> None:
    child = await people.arrive(timed=True)
    code = await ask_guardian(child, "terra-maestro")
    guardian = await at_the_link(people)
    page = await guardian.tab.inner_text("main")
    assert "blue.fox" in page
    assert code not in page
    await reply(guardian, "give", code)
    await guardian.is_at("answered.give_title")
    async with child.tab.expect_navigation():
        await child.tab.clock.fast_forward(LOOKS_EVERY_MILLISECONDS)
    await child.is_at("completed.title")
    assert await people.site.count("account") == 1


async def test_a_family_without_scripts(people: People) -> None:
    child = await people.arrive(scripts=False)
    code = await ask_guardian(child, "terra-maestro")
    guardian = await people.arrive(scripts=False)
    await guardian.open(await people.site.link_for(MOTHER))
    await reply(guardian, "give", code)
    look = child.words("awaiting_guardian.look")
    await child.follow(child.tab.get_by_role("link", name=look))
    await child.is_at("completed.title")


@pytest.mark.parametrize(
    ("answer", "moves", "language"),
    [
        ("give", ["Space"], EN),
        ("refuse", ["ArrowDown"], EN),
        ("not_my_child", ["ArrowDown", "ArrowDown"], ZH),
    ],
)
async def test_a_guardian_answers_by_keyboard_alone(
    people: People, answer: str, moves: list[str], language: Language
) -> None:
    child = await people.arrive(language=language)
    code = await ask_guardian(child, "terra-maestro")
    guardian = await at_the_link(people, language)
    await guardian.is_at("guardian.title", name="Terra Maestro")
    await guardian.tab_to("answer")
    await guardian.hit(*moves)
    if answer == "give":
        await guardian.tab_to("adult")
        await guardian.hit("Space")
    else:
        code = await guardian.tab.inner_text(NUMBER_ON_PAGE)
    await guardian.tab_to("code")
    await guardian.tab.keyboard.type(code)
    await guardian.enter()
    await guardian.is_at(f"answered.{answer}_title")

    given = answer == "give"
    assert await people.site.count("registration") == 0
    assert await people.site.count("account") == int(given)
    assert await people.site.count("guardian") == int(given)
    assert await people.site.count("guardian_suppression") == int(
        answer == "not_my_child"
    )
    await child.open("/registration")
    await child.is_at("completed.title" if given else "ended.title")


async def test_who_is_old_enough_in_the_meantime_decides_alone(people: People) -> None:
    child = await people.arrive()
    await grow_up_waiting(child, "terra-maestro")
    await child.is_at("ask_acceptance.title")
    await child.press("ask_acceptance.accept")
    await child.is_at("completed.title")
    assert await people.site.count("guardian") == 0


async def test_a_page_can_be_read_in_another_language(people: People) -> None:
    """What was chosen on the page counts, whatever the browser speaks."""
    reader = await people.arrive()
    await reader.open("/sign-up/terra-maestro")
    await reader.follow(reader.tab.get_by_role("link", name="中文"))
    reader.language = ZH
    await reader.is_at("age.title")
    await reader.press("age.go_on")
    assert await reader.tab.inner_text("[role=alert] h2") == reader.words("page.check")


async def test_the_three_answers_are_equal(people: People) -> None:
    """Refusing takes as much as giving, looks the same, and nothing is chosen yet."""
    await ask_guardian(await people.arrive(), "terra-maestro")
    guardian = await at_the_link(people)
    assert await guardian.tab.locator("form button").count() == 1
    for size in (PHONE, DESKTOP):
        await guardian.tab.set_viewport_size(size)
        answers = await guardian.tab.evaluate(LOOKS_OF_ANSWERS)
        assert [one["value"] for one in answers] == ["give", "refuse", "not_my_child"]
        assert not any(one["chosen"] for one in answers)
        heights = [one["height"] for one in answers]
        assert max(heights) - min(heights) <= 1
        assert answers[0]["rest"] == answers[1]["rest"] == answers[2]["rest"]
