"""What can be seen of a page: by axe-core, by its measures, and by the focus."""

from functools import cache
from importlib.resources import files
from typing import Final, Literal

from playwright.async_api import Page, ViewportSize

from tests.browser.people import DESKTOP, PHONE

RULES: Final = {
    "runOnly": {
        "type": "tag",
        "values": [
            "wcag2a",
            "wcag2aa",
            "wcag21a",
            "wcag21aa",
            "wcag22aa",
            "best-practice",
        ],
    },
    "resultTypes": ["violations"],
    "preload": False,
}

Scheme = Literal["light", "dark"]

# No colour depends on the width, and no measure on the light.
LOOKS: Final[tuple[tuple[ViewportSize, Scheme], ...]] = (
    (PHONE, "light"),
    (DESKTOP, "dark"),
)
NARROW: Final[ViewportSize] = {"width": 320, "height": 640}

RUN_AXE: Final = """
async (rules) => (await axe.run(rules)).violations.flatMap(
  (rule) => rule.nodes.map((node) => `${rule.id}: ${node.html}`))
"""

# What reaches over the right edge, and so makes a page scroll sideways.
TOO_WIDE: Final = """
(width) => [...document.querySelectorAll("body, body *")]
  .filter((one) => one.getBoundingClientRect().right > width + 0.5)
  .map((one) => one.outerHTML.slice(0, 200))
"""

# A link within a sentence may be as high as its line (WCAG 2.2, 2.5.8).
TOO_SMALL: Final = """
() => [...document.querySelectorAll(
    "a, button, input:not([type=hidden], [hidden]), select")]
  .filter((one) => {
    const words = one.parentElement.textContent.trim();
    return one.tagName !== "A" || words === one.textContent.trim();
  })
  .filter((one) => {
    const box = one.getBoundingClientRect();
    return box.width < 24 || box.height < 24;
  })
  .map((one) => one.outerHTML)
"""

NAMELESS: Final = """
() => [...document.querySelectorAll(
    "button, input:not([type=hidden], [hidden]), select")]
  .filter((one) => {
    const named = one.tagName === "BUTTON" ? [one] : [...one.labels];
    return !named.some((label) => label.innerText.trim());
  })
  .map((one) => one.outerHTML)
"""

# Where the tab key should lead: everything that can be used, as it stands on the page;
# of radio buttons the chosen one, or the first. After a mistake one begins there.
STOPS: Final = """
() => {
  const every = [...document.querySelectorAll(
    "a[href], button, input:not([type=hidden], [hidden]), select")];
  const mistake = document.querySelector("[autofocus]");
  const after = (one) => !mistake
    || mistake.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING;
  const stands = (one) => {
    if (one.type !== "radio") return true;
    const group = [...document.getElementsByName(one.name)];
    return one === (group.find((each) => each.checked) ?? group[0]);
  };
  window.visited = [];
  document.addEventListener("focusin", (event) => {
    if (window.visited.at(-1) !== event.target) window.visited.push(event.target);
  });
  window.stops = every.filter((one) => stands(one) && after(one));
  const parts = window.stops.filter((one) => one.type === "date").length;
  return window.stops.length + 4 * parts;
}
"""
ASTRAY: Final = """
() => window.stops
  .map((one, place) => [one, window.visited[place]])
  .filter(([wanted, visited]) => wanted !== visited)
  .map(([wanted, visited]) => `${wanted.outerHTML} not ${visited?.outerHTML}`)
"""

# An outline can be seen that is two pixels wide, and three times as bright or dark as
# what is behind it (WCAG 2.2, 1.4.11 and 2.4.13).
UNSEEN: Final = """
() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const brightness = (colour) => channels(colour).slice(0, 3)
    .map((one) => one / 255)
    .map((one) => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
    .reduce((sum, one, place) => sum + one * [0.2126, 0.7152, 0.0722][place], 0);
  const behind = (one) => {
    const colour = getComputedStyle(one).backgroundColor;
    return channels(colour)[3] === 0 ? behind(one.parentElement) : colour;
  };
  const contrast = (left, right) => {
    const [low, high] = [brightness(left), brightness(right)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  return window.stops.filter((one) => {
    one.focus();
    const style = getComputedStyle(one);
    return style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2
      || contrast(style.outlineColor, behind(one.parentElement)) < 3;
  }).map((one) => one.outerHTML);
}
"""


@cache
def axe() -> str:
    """Return axe-core, as it is put into a page."""
    return (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


async def mistakes(tab: Page) -> list[str]:
    """Return all that is wrong with a page, in either light and at any width."""
    found = await _on_the_way(tab)
    await tab.evaluate(axe())
    for size, scheme in LOOKS:
        await tab.set_viewport_size(size)
        await tab.emulate_media(color_scheme=scheme)
        where = f"{scheme} at {size['width']}"
        found += await _told(tab, RUN_AXE, where, RULES)
        found += await _told(tab, TOO_SMALL, f"too small, {where}")
        found += await _told(tab, UNSEEN, f"the focus is unseen, {where}")
    await tab.set_viewport_size(NARROW)
    found += await _told(tab, TOO_WIDE, "too wide", NARROW["width"])
    await tab.set_viewport_size(PHONE)
    return found


async def _on_the_way(tab: Page) -> list[str]:
    """Go through a page with the tab key, from control to control."""
    for _ in range(await tab.evaluate(STOPS)):
        await tab.keyboard.press("Tab")
    return [
        *await _told(tab, NAMELESS, "nameless"),
        *await _told(tab, ASTRAY, "the tab key goes astray"),
    ]


async def _told(tab: Page, question: str, what: str, facts: object = None) -> list[str]:
    told: list[str] = await tab.evaluate(question, facts)
    return [f"{what}: {one}" for one in told]
