"""The ways of a guardian who signs by hand."""

from collections.abc import AsyncGenerator

from service.pages.words import Language
from tests.browser.people import People, Person
from tests.browser.steps import MOTHER, ask_guardian
from tests.pages.journeys import with_profile
from tests.support.scans import HTML, a_jpeg
from tests.support.signers import APP, signing

Seen = AsyncGenerator[tuple[str, Person]]


async def signing_by_hand(people: People, language: Language) -> Seen:
    site = people.site
    with_profile(site.parts.given, APP, consent=signing().consent)
    child = await people.arrive(language=language)
    code = await ask_guardian(child, APP)
    guardian = await people.arrive(language=language)
    link = await site.link_for(MOTHER)
    await guardian.open(link)
    await guardian.tab.get_by_label(guardian.words("guardian.give")).check()
    await guardian.control("adult").check()
    await guardian.fill(code=code)
    await guardian.press("guardian.send")
    yield "the ways", guardian
    await guardian.tab.get_by_label(guardian.words("consent_ways.signed_form")).check()
    await guardian.press("consent_ways.go_on")
    yield "the form", guardian
    await guardian.press("signed_form.send")
    yield "the form, nothing chosen", guardian
    await send(guardian, HTML)
    yield "the form, another file", guardian
    await send(guardian, a_jpeg())
    yield "the form, sent", guardian
    await guardian.open("/guardian")
    yield "the question, while the form waits", guardian


async def send(guardian: Person, file: bytes) -> None:
    """Choose a file, type the number, and send both."""
    number = await guardian.tab.inner_text("#form-code-hint strong")
    await guardian.control("form-code").fill(number)
    payload = {"name": "form.jpg", "mimeType": "image/jpeg", "buffer": file}
    await guardian.control("file").set_input_files(payload)  # type: ignore[arg-type]
    await guardian.press("signed_form.send")
