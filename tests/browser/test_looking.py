"""Whoever looks at pages for mistakes sees them."""

import pytest

from tests.browser.looking import mistakes
from tests.browser.people import People

pytestmark = pytest.mark.browser

ELSEWHERE = "https://elsewhere.example/picture.png"
GOOD = """
<!DOCTYPE html>
<html lang="en">
  <head>
    <meta name="viewport" content="width=device-width">
    <meta name="color-scheme" content="light dark">
    <title>Good</title>
    <style>body { background: Canvas } :focus-visible { outline: 3px solid }</style>
  </head>
  <body><main><h1>Good</h1><button style="min-height: 3rem">Go on</button></main></body>
</html>
"""
ROOM = "min-height: 24px; min-width: 24px; display: inline-block"
PLANTED = {
    "<p style='color: #999; background: #fff'>Pale</p>": "color-contrast",
    "<style>:focus { outline: none }</style>": "the focus is unseen, dark",
    "<style>:focus { outline: 3px solid #ddd; }</style>": "the focus is unseen, light",
    "<p style='width: 400px'>Wide</p>": "too wide",
    "<p><a href='/'>.</a></p>": "too small, light at 390",
    f"<input style='{ROOM}'>": "nameless",
    f"<button tabindex=1 style='{ROOM}'>First</button>": "the tab key goes astray",
}


async def test_mistakes_are_seen(people: People) -> None:
    person = await people.arrive()
    await person.tab.set_content(GOOD)
    assert await mistakes(person.tab) == []
    for planted, told in PLANTED.items():
        await person.tab.set_content(GOOD.replace("</main>", f"{planted}</main>"))
        found = await mistakes(person.tab)
        assert any(one.startswith(told) or told in one for one in found), (told, found)


async def test_what_leads_elsewhere_is_noticed(people: People) -> None:
    person = await people.arrive()
    await person.open("/sign-up/plain")
    await person.tab.evaluate(
        """(url) => new Promise((done) => {
          const picture = Object.assign(new Image(), {onerror: done});
          document.body.append(picture);
          picture.src = url;
        })""",
        ELSEWHERE,
    )
    assert person.strangers == [ELSEWHERE]
    assert "Content Security Policy" in person.complaints[0]
    person.complaints.clear()
    person.requests.clear()
