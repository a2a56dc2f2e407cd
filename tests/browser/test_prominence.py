"""Giving and refusing are asked for alike: same element, same size, no head start."""

from itertools import pairwise

import pytest

from service.pages.words import EN, ZH, Language
from tests.browser.people import DESKTOP, PHONE, People, Person
from tests.browser.steps import MOTHER, ask_guardian

pytestmark = pytest.mark.browser

LOOKS = """
(value) => {
  const control = document.querySelector(`input[name=answer][value=${value}]`);
  const label = control.labels[0];
  const style = getComputedStyle(label), box = control.getBoundingClientRect();
  return {
    element: [control.tagName, control.type, label.tagName],
    size: [Math.round(box.width), Math.round(box.height)],
    left: Math.round(box.left),
    font: [style.fontSize, style.fontWeight, style.fontFamily, style.fontStyle],
    colour: [style.color, style.backgroundColor, style.borderTopColor],
    shown: [style.visibility, style.opacity, style.textTransform],
    checked: control.checked,
    disabled: control.disabled,
    described: control.getAttribute("aria-describedby"),
    order: control.tabIndex,
  };
}
"""
TOPS = """
() => [...document.querySelectorAll("input[name=answer]")]
  .map((one) => one.getBoundingClientRect().top)
"""
ANSWERS = ("give", "refuse", "not_my_child")


async def at_the_question(people: People, language: Language) -> Person:
    child = await people.arrive(language=language)
    await ask_guardian(child, "terra-maestro")
    guardian = await people.arrive(language=language)
    await guardian.open(await people.site.link_for(MOTHER))
    return guardian


@pytest.mark.parametrize("language", [EN, ZH])
async def test_every_answer_looks_alike(people: People, language: Language) -> None:
    guardian = await at_the_question(people, language)
    for size in (PHONE, DESKTOP):
        await guardian.tab.set_viewport_size(size)
        looks = [await guardian.tab.evaluate(LOOKS, one) for one in ANSWERS]
        assert looks[0] == looks[1] == looks[2], size
        assert looks[0]["checked"] is False
        assert looks[0]["disabled"] is False


async def test_every_answer_stands_as_near_as_the_next(people: People) -> None:
    guardian = await at_the_question(people, EN)
    tops = await guardian.tab.evaluate(TOPS)
    steps = {round(below - above) for above, below in pairwise(tops)}
    assert len(tops) == len(ANSWERS)
    assert len(steps) == 1


async def test_one_button_sends_any_answer(people: People) -> None:
    guardian = await at_the_question(people, EN)
    buttons = guardian.tab.locator("form[action^='/guardian/answer'] button")
    assert await buttons.count() == 1
    words = (await buttons.inner_text()).casefold()
    assert not any(one in words for one in ("agree", "give", "yes", "refuse"))
